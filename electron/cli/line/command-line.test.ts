import { describe, expect, test } from "vitest";
import { UsageError } from "./command.ts";
import { parseCommandLine } from "./command-line.ts";
import { commands } from "./command-list.ts";
import { helpText } from "./help.ts";

const parse = (...line: string[]) => parseCommandLine(commands, line);

describe("a command line", () => {
	test("names a command of one word or two", () => {
		expect(parse("agents", "--json").command.name).toBe("agents");
		expect(parse("agents", "create", "x").command.name).toBe("agents create");
		expect(parse("project", "rename", "a", "b").given.args).toEqual(["a", "b"]);
	});

	test("has options before and after its arguments", () => {
		for (const line of [
			["assign", "sky", "--project", "p", "--role", "r"],
			["assign", "--project=p", "--role=r", "sky"],
		]) {
			const { given } = parse(...line);
			expect([given.args, given.text("project"), given.text("role"), given.text("area")]).toEqual([["sky"], "p", "r", undefined]);
		}
	});

	test("of spawn ends in another command line, left as it is", () => {
		const { given } = parse("spawn", "sky", "--backend", "pty", "--", "bash", "--json", "--", "-c");
		expect(given.argv).toEqual(["bash", "--json", "--", "-c"]);
		expect([given.args, given.has("json"), given.text("backend")]).toEqual([["sky"], false, "pty"]);
		expect(parse("spawn", "sky").given.argv).toBeNull();
	});

	test("of input may have a text that begins with a dash", () => {
		expect(parse("input", "sky", "-").given.args).toEqual(["sky", "-"]);
		expect(parse("input", "--no-submit", "sky", "--", "--help").given.args).toEqual(["sky", "--help"]);
	});

	test.each([
		[["frobnicate"], 'There is no command "frobnicate"'],
		[["statsu"], "did you mean `clawmux status`?"],
		[["project"], "`clawmux project create`"],
		[["status", "--frob"], "The option --frob is not known; see `clawmux help status`."],
		[["status", "--json=1"], "The option --json takes no value"],
		[["start", "--port"], "The option --port needs a value"],
		[["start", "--port", "--json"], "The option --port needs a value"],
		[["kill"], "`clawmux kill` needs AGENT"],
		[["agents", "rename", "sky"], "needs NAME"],
		[["kill", "a", "b"], '"b" is one argument too many'],
		[["spawn", "sky", "--"], "A command line must follow"],
	])("%j is wrong usage", (line, message) => {
		expect(() => parse(...line)).toThrow(UsageError);
		expect(() => parse(...line)).toThrow(message);
	});

	test("that asks for help need not be complete", () => {
		expect(parse("kill", "--help").help).toBe(true);
		expect(parse("kill", "-h").help).toBe(true);
	});
});

describe("the help", () => {
	test("names every command that is for people, and no other", () => {
		const text = helpText(commands, []);
		for (const { name, hidden } of commands)
			expect(text.includes(`clawmux ${name} `) || text.includes(`clawmux ${name}\n`)).toBe(!hidden);
	});

	test("of one command names its options; of a family, all its commands", () => {
		expect(helpText(commands, ["spawn"])).toMatch(/--backend B[\s\S]*--dir D/);
		expect(helpText(commands, ["project"])).toMatch(/project list[\s\S]*project create[\s\S]*project delete/);
		expect(() => helpText(commands, ["hook"])).toThrow(UsageError);
	});
});
