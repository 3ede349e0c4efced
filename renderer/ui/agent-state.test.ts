import { expect, test } from "vitest";
import { sampleAgent } from "../store/sample-data.ts";
import { inkOn, stateWithEvidence } from "./agent-state.ts";

const at = new Date(2026, 10, 21, 12, 3, 11).getTime();
const agent = sampleAgent({ id: "a", state: "working", evidence: { source: "hook", at, reason: "UserPromptSubmit" } });

test("a state is shown with its evidence and the time of it", () => {
	expect(stateWithEvidence(agent, at)).toBe("working: UserPromptSubmit 12:03:11");
	expect(stateWithEvidence(agent, at + 86_400_000)).toMatch(/^working: UserPromptSubmit .*21.* 12:03:11$/);
	expect(stateWithEvidence({ ...agent, state: "stopped", evidence: { source: "user", at, reason: "stopped" } }, at)).toBe(
		"stopped 12:03:11",
	);
	expect(stateWithEvidence({ ...agent, evidence: { source: "screen", at, reason: "spinner" } }, at)).toMatch(/^likely working: /);
});

test("an initial can be read on the colour it stands on", () => {
	expect([inkOn("#ffd54f"), inkOn("#000080"), inkOn("#ffffff")]).toEqual(["#000000", "#ffffff", "#000000"]);
});
