import { expect, test } from "vitest";
import { groupAgents, sidebarRows, unassignedKey } from "./groups.ts";
import { sampleAgent, sampleProject } from "./sample-data.ts";

const projects = { beta: sampleProject("beta", 0), alpha: sampleProject("alpha", 1) };
const agents = Object.fromEntries(
	[
		sampleAgent({ id: "c", project: "alpha", order: 2, state: "working" }),
		sampleAgent({ id: "b", project: "alpha", order: 1, state: "exited" }),
		sampleAgent({ id: "a", order: 3, state: "waiting" }),
		sampleAgent({ id: "h", project: "beta", hidden: true }),
		sampleAgent({ id: "g", project: "gone", order: 0 }),
	].map((agent) => [agent.id, agent]),
);

test("groups follow the projects' order, count live agents, leave hidden ones out and end with Unassigned", () => {
	const groups = groupAgents(agents, projects).map(({ slug, agents, live }) => [slug, agents.map(({ id }) => id), live]);
	expect(groups).toEqual([
		["beta", [], 0],
		["alpha", ["b", "c"], 1],
		[null, ["g", "a"], 1],
	]);
});

test("a collapsed group keeps its head only", () => {
	const keys = sidebarRows(groupAgents(agents, projects), new Set(["alpha"])).map(({ key }) => key);
	expect(keys).toEqual(["project:beta", "project:alpha", "project:", "agent:g", "agent:a"]);
	const closed = sidebarRows(groupAgents(agents, projects), new Set([unassignedKey]));
	expect(closed.at(-1)).toMatchObject({ kind: "group", expanded: false, position: 3, siblings: 3 });
});
