import { describe, expect, test } from "vitest";
import type { Agent } from "../../../shared/contract/agents.ts";
import type { Project } from "../../../shared/contract/projects.ts";
import { editDistance, matchAgent, matchProject } from "./agent-match.ts";

const agents = [
	["af_sky", "Sky"],
	["am_adam", "Adam"],
	["bf_emma", "Emma"],
	["second", "Emma"],
	["emil", "Zoé"],
].map(([id, name]) => ({ id, name })) as Agent[];
const projects = [
	{ slug: "alpha-one", name: "Alpha One" },
	{ slug: "beta", name: "Gamma" },
	{ slug: "gamma", name: "Beta" },
] as Project[];

describe("an agent is meant by", () => {
	test.each([
		["af_sky", "af_sky"],
		["AF_SKY", "af_sky"],
		["sky", "af_sky"],
		[" SKY ", "af_sky"],
		["zoe\u0301", "emil"],
	])("%s: %s", (text, id) => {
		expect(matchAgent(agents, text).id).toBe(id);
	});

	test("its id rather than another's name", () => {
		const confusing = [
			{ id: "one", name: "two" },
			{ id: "two", name: "one" },
		] as Agent[];
		expect(matchAgent(confusing, "TWO").id).toBe("two");
		expect(matchProject(projects, "Gamma").slug).toBe("gamma");
	});

	test("no name that two have", () => {
		expect(() => matchAgent(agents, "emma")).toThrow('Several agents are named "emma": bf_emma, second. Say which by its id.');
	});

	test.each([
		["skyy", "Did you mean Sky (af_sky)?"],
		["sk", "Did you mean Sky (af_sky)?"],
		["amad_am", "Did you mean Adam (am_adam)?"],
		["nobody-at-all", "`clawmux agents` lists them."],
		["", "`clawmux agents` lists them."],
	])("nothing like %j, but near ones are named", (text, hint) => {
		expect(() => matchAgent(agents, text)).toThrow(hint);
	});
});

test("a project is meant by its slug or its name in any case", () => {
	expect(matchProject(projects, "ALPHA one").slug).toBe("alpha-one");
	expect(() => matchProject(projects, "alpha-on")).toThrow("Did you mean Alpha One (alpha-one)?");
});

test.each([
	["", "", 0],
	["abc", "abc", 0],
	["abc", "acb", 1],
	["abc", "ab", 1],
	["abc", "xyz", 3],
	["kitten", "sitting", 3],
])("from %j to %j it is %d edits", (a, b, edits) => {
	expect(editDistance(a, b)).toBe(edits);
	expect(editDistance(b, a)).toBe(edits);
});
