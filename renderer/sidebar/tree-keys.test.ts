import { expect, test } from "vitest";
import { groupAgents, sidebarRows } from "../store/groups.ts";
import { sampleAgent, sampleProject } from "../store/sample-data.ts";
import { rowAfterKey, TypeAhead } from "./tree-keys.ts";

const agents = Object.fromEntries(
	["Sky", "Sarah", "Echo"].map((name, order) => [
		name,
		sampleAgent({ id: name.toLowerCase(), name, order, project: name === "Echo" ? null : "web" }),
	]),
);
const rows = sidebarRows(groupAgents(agents, { web: sampleProject("web", 0) }), new Set());
// project:web, agent:sky, agent:sarah, project:, agent:echo

test.each([
	["project:web", "ArrowDown", "agent:sky"],
	["agent:echo", "ArrowDown", null],
	["agent:sky", "ArrowUp", "project:web"],
	["agent:sarah", "ArrowLeft", "project:web"],
	["project:web", "ArrowRight", "agent:sky"],
	["agent:sky", "ArrowRight", null],
	["agent:sky", "End", "agent:echo"],
	["agent:echo", "Home", "project:web"],
	["agent:sky", "x", null],
])("%s %s -> %s", (focused, key, target) => {
	expect(rowAfterKey(rows, focused, key)).toBe(target);
});

test("typing finds names: one letter walks through the matches, more letters narrow them, a pause begins anew", () => {
	const search = new TypeAhead();
	expect(search.find(rows, "project:web", "s", 0)).toBe("agent:sky");
	expect(search.find(rows, "agent:sky", "s", 100)).toBe("agent:sarah");
	expect(search.find(rows, "agent:sarah", "s", 2000)).toBe("agent:sky");
	expect(search.find(rows, "agent:sky", "a", 2100)).toBe("agent:sarah");
	expect(search.find(rows, "agent:sarah", "e", 4000)).toBe("agent:echo");
	expect(search.find(rows, "agent:echo", "q", 6000)).toBe(null);
});
