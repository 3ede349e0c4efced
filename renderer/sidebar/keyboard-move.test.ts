import { expect, test } from "vitest";
import { groupAgents } from "../store/groups.ts";
import { sampleAgent, sampleProject } from "../store/sample-data.ts";
import { type KeyboardMove, moveAfterKey, moveSpeech, pickUp, targetOf } from "./keyboard-move.ts";

const sky = sampleAgent({ id: "af_sky", name: "Sky", project: "web" });
const groups = groupAgents({ af_sky: sky }, { web: sampleProject("web", 0), ops: sampleProject("ops", 1) });

function keys(...pressed: string[]): KeyboardMove {
	let move = pickUp(sky, groups);
	for (const key of pressed) {
		const next = moveAfterKey(move, key);
		if (next === null || typeof next === "string") throw new Error(`${key} ended the move`);
		move = next;
	}
	return move;
}

test("arrows walk through the projects and Unassigned, and stop at the ends", () => {
	expect(targetOf(keys())).toMatchObject({ slug: "web" });
	expect(targetOf(keys("ArrowUp"))).toMatchObject({ slug: "web" });
	expect(targetOf(keys("ArrowDown"))).toMatchObject({ slug: "ops" });
	expect(targetOf(keys("ArrowDown", "ArrowDown", "ArrowDown"))).toMatchObject({ slug: null, name: "Unassigned" });
	expect(targetOf(keys("End", "Home"))).toMatchObject({ slug: "web" });
});

test("Enter and Space drop, Escape and Tab cancel, other keys mean nothing", () => {
	const move = keys("ArrowDown");
	expect(["Enter", " ", "Escape", "Tab", "x"].map((key) => moveAfterKey(move, key))).toEqual([
		"drop",
		"drop",
		"cancel",
		"cancel",
		null,
	]);
});

test("what is spoken names the agent, the project and the way out", () => {
	expect(moveSpeech.pickedUp(keys())).toBe("Sky picked up, in WEB. Arrow keys choose a project, Enter moves, Escape cancels.");
	expect(moveSpeech.at(keys("ArrowDown"))).toBe("OPS, 2 of 3.");
	expect(moveSpeech.dropped(keys("ArrowDown"))).toBe("Sky moves to OPS.");
	expect(moveSpeech.dropped(keys())).toBe("Sky stays in WEB.");
	expect(moveSpeech.cancelled(keys("ArrowDown"))).toBe("Cancelled. Sky stays in WEB.");
});

test("an agent whose project is not known is picked up from Unassigned", () => {
	expect(targetOf(pickUp({ ...sky, project: "gone" }, groups))).toMatchObject({ slug: null });
});
