import fc from "fast-check";
import { expect, test } from "vitest";
import { agentId } from "../../shared/contract/agents.ts";
import { agentIdOf } from "./agent-id.ts";

test.each([
	["Build Bot", "build-bot"],
	["Zoë", "zoe"],
	["  --x  ", "x"],
	["名前", ""],
])("%j -> %j", (name, id) => {
	expect(agentIdOf(name)).toBe(id);
});

test("every id made from a name is one, or nothing", () => {
	fc.assert(fc.property(fc.string(), (name) => agentIdOf(name) === "" || agentId.safeParse(agentIdOf(name)).success));
});
