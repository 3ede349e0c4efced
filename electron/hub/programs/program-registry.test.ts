import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Agent } from "../../../shared/contract/agents.ts";
import { claudeCode } from "./claude-code.ts";
import { generic } from "./generic.ts";
import type { LaunchRequest } from "./program.ts";
import { ProgramRegistry } from "./program-registry.ts";

const programs = new ProgramRegistry([claudeCode, generic]);
let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-programs-"));
});

afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

function install(path: string, mode = 0o755): string {
	const file = join(folder, path);
	mkdirSync(join(file, ".."), { recursive: true });
	writeFileSync(file, "#!/bin/sh\n");
	chmodSync(file, mode);
	return file;
}

function env(...folders: string[]): NodeJS.ProcessEnv {
	return { HOME: join(folder, "home"), PATH: folders.map((name) => join(folder, name)).join(":") };
}

describe("get", () => {
	it("refuses an unknown program and names the known ones", () => {
		expect(() => programs.get("cobol")).toThrow(
			expect.objectContaining({
				code: "not_found",
				message: 'There is no program "cobol"; the programs are claude-code, generic.',
			}),
		);
		expect(() => programs.get("toString")).toThrow(expect.objectContaining({ code: "not_found" }));
	});
});

describe("findBinary", () => {
	it("takes the first executable file of that name on the PATH", () => {
		install("a/claude", 0o644);
		mkdirSync(join(folder, "b/claude"), { recursive: true });
		const wanted = install("c/claude");
		install("d/claude");
		expect(programs.findBinary(claudeCode, { env: env("missing", "a", "b", "c", "d"), paths: {} })).toBe(wanted);
	});

	it("follows links, and looks where installers put programs when the PATH is short", () => {
		const real = install("versions/claude-2");
		mkdirSync(join(folder, "home/.local/bin"), { recursive: true });
		symlinkSync(real, join(folder, "home/.local/bin/claude"));
		expect(programs.findBinary(claudeCode, { env: env(), paths: {} })).toBe(join(folder, "home/.local/bin/claude"));
	});

	it("never looks in the hub's own folder, which an empty or relative part of the PATH would mean", () => {
		install("claude");
		const before = process.cwd();
		process.chdir(folder);
		try {
			const find = () => programs.findBinary(claudeCode, { env: { HOME: "/none", PATH: ":.:" }, paths: {} });
			expect(find).toThrow(expect.objectContaining({ code: "unavailable" }));
		} finally {
			process.chdir(before);
		}
	});

	it("says what is missing and how to get it", () => {
		expect(() => programs.findBinary(claudeCode, { env: env("a"), paths: {} })).toThrow(
			expect.objectContaining({
				code: "unavailable",
				message:
					"Claude Code (`claude`) is not installed here or is not on the PATH. Install it with `npm install -g @anthropic-ai/claude-code`.",
			}),
		);
	});

	it("takes the settings' path before the PATH, and never falls back from a wrong one", () => {
		install("a/claude");
		const own = install("own/claude");
		expect(programs.findBinary(claudeCode, { env: env("a"), paths: { "claude-code": own } })).toBe(own);
		expect(() => programs.findBinary(claudeCode, { env: env("a"), paths: { "claude-code": "/gone/claude" } })).toThrow(
			"/gone/claude",
		);
	});

	it("finds a generic agent's own command: bare, absolute, and relative to its folder", () => {
		const tool = install("a/tool");
		const relative = install("work/run.sh");
		const agent = (command: string) => ({ argv: [command], workDir: join(folder, "work") });
		expect(programs.findBinary(generic, { env: env("a"), paths: {}, ...agent("tool") })).toBe(tool);
		expect(programs.findBinary(generic, { env: env(), paths: {}, ...agent(tool) })).toBe(tool);
		expect(programs.findBinary(generic, { env: env(), paths: {}, ...agent("./run.sh") })).toBe(relative);
		expect(() => programs.findBinary(generic, { env: env("a"), paths: {}, ...agent("run.sh") })).toThrow('"run.sh"');
		expect(() => programs.findBinary(generic, { env: env("a"), paths: {}, argv: ["./run.sh"] })).toThrow('"./run.sh"');
		expect(() => programs.findBinary(generic, { env: env("a"), paths: {}, ...agent("") })).toThrow(
			expect.objectContaining({ code: "unavailable" }),
		);
	});

	it("gives a generic agent without a command the user's shell", () => {
		const shell = install("shells/myshell");
		expect(programs.findBinary(generic, { env: { ...env(), SHELL: shell }, paths: {} })).toBe(shell);
		expect(programs.findBinary(generic, { env: env(), paths: {} })).toMatch(/^\/.*sh$/);
	});
});

describe("statuses", () => {
	it("tells of each program whether it is here, and else why not", () => {
		const claude = install("a/claude");
		const [here] = programs.statuses(env("a"), {});
		expect(here).toEqual({ name: "claude-code", displayName: "Claude Code", available: true, detail: claude });
		const [missing] = programs.statuses(env(), {});
		expect(missing).toMatchObject({ available: false, detail: expect.stringContaining("npm install") });
	});
});

describe("generic", () => {
	it("passes the command line on as it is, with the executable that was found", async () => {
		const argv = ["tool", "-x", "a b", "$HOME"];
		const launch = await generic.launch({ agent: { argv } as Agent, binary: "/a/tool" } as LaunchRequest);
		expect(launch).toEqual({ argv: ["/a/tool", "-x", "a b", "$HOME"], env: {}, resumeId: null });
	});

	it("starts the shell alone when there is no command line", async () => {
		const launch = await generic.launch({ agent: { argv: null } as Agent, binary: "/bin/sh" } as LaunchRequest);
		expect(launch.argv).toEqual(["/bin/sh"]);
	});
});
