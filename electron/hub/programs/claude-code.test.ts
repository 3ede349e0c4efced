import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Agent } from "../../../shared/contract/agents.ts";
import { claudeCode } from "./claude-code.ts";
import type { LaunchRequest } from "./program.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const conversation = "78e17aba-16a8-4623-9e21-0f93fd3ac538";

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-claude-"));
});

afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

function request(changes: Partial<LaunchRequest> = {}, agent: Partial<Agent> = {}): LaunchRequest {
	return {
		agent: { id: "sky", model: null, effort: null, argv: null, ...agent } as Agent,
		workDir: folder,
		agentFolder: join(folder, "sessions", "sky"),
		binary: "/opt/claude",
		permissionMode: "default",
		resumeId: null,
		hookCommand: ["/bin/node", "/opt/clawmux.js", "hook"],
		...changes,
	};
}

describe("launch", () => {
	it("begins a fresh conversation under an id of its own each time", async () => {
		const first = await claudeCode.launch(request());
		const second = await claudeCode.launch(request());
		expect(first.resumeId).toMatch(uuid);
		expect(second.resumeId).not.toBe(first.resumeId);
		expect(first.argv).toEqual([
			"/opt/claude",
			"--session-id",
			first.resumeId,
			"--settings",
			join(folder, "sessions/sky/.clawmux/claude-settings.json"),
			"--permission-mode",
			"default",
		]);
	});

	it("goes on with a conversation, and passes model, effort and permission mode on", async () => {
		const agent = { model: "opus", effort: "xhigh" as const };
		const { argv, resumeId } = await claudeCode.launch(request({ resumeId: conversation, permissionMode: "plan" }, agent));
		expect(resumeId).toBe(conversation);
		expect(argv.slice(1, 3)).toEqual(["--resume", conversation]);
		expect(argv.slice(5)).toEqual(["--model", "opus", "--effort", "xhigh", "--permission-mode", "plan"]);
	});

	it("writes its settings into the agent's own folder, for the user alone, and leaves no other file", async () => {
		const { argv } = await claudeCode.launch(request());
		await claudeCode.launch(request());
		const file = argv[argv.indexOf("--settings") + 1] ?? "";
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(readFileSync(file, "utf8")).toContain("/opt/clawmux.js");
		expect(readdirSync(join(folder, "sessions/sky"))).toEqual([".clawmux"]);
		expect(readdirSync(join(folder, "sessions/sky/.clawmux"))).toEqual(["claude-settings.json"]);
	});
});

describe("canResume", () => {
	function transcript(config: string, content: string): void {
		mkdirSync(join(config, "projects", "-some-project"), { recursive: true });
		writeFileSync(join(config, "projects", "-some-project", `${conversation}.jsonl`), content);
	}

	it("asks for the transcript in the home's records, whichever project it is in", async () => {
		const env = { HOME: folder };
		expect(await claudeCode.canResume(conversation, env)).toBe(false);
		transcript(join(folder, ".claude"), '{"type":"user"}\n');
		expect(await claudeCode.canResume(conversation, env)).toBe(true);
		expect(await claudeCode.canResume("00000000-0000-4000-8000-000000000000", env)).toBe(false);
	});

	it("asks where CLAUDE_CONFIG_DIR points", async () => {
		transcript(join(folder, "elsewhere"), '{"type":"user"}\n');
		expect(await claudeCode.canResume(conversation, { HOME: folder, CLAUDE_CONFIG_DIR: join(folder, "elsewhere") })).toBe(true);
		expect(await claudeCode.canResume(conversation, { HOME: folder })).toBe(false);
	});

	it("takes an empty transcript and a hostile id for none", async () => {
		transcript(join(folder, ".claude"), "");
		writeFileSync(join(folder, ".claude", "secret.jsonl"), "x");
		expect(await claudeCode.canResume(conversation, { HOME: folder })).toBe(false);
		expect(await claudeCode.canResume("../secret", { HOME: folder })).toBe(false);
	});
});

describe("inspect", () => {
	/** Writes what Claude Code keeps of itself. This test's own process stands for one that runs. */
	function register(name: string, entry: unknown): void {
		mkdirSync(join(folder, ".claude", "sessions"), { recursive: true });
		writeFileSync(join(folder, ".claude", "sessions", name), typeof entry === "string" ? entry : JSON.stringify(entry));
	}

	function entry(status: string, statusUpdatedAt: number, changes: object = {}): object {
		return { pid: process.pid, sessionId: conversation, status, statusUpdatedAt, ...changes };
	}

	async function inspect(): Promise<string | null | undefined> {
		const found = await claudeCode.inspect?.({ resumeId: conversation, env: { HOME: folder } });
		return found && `${found.state} at ${found.at}: ${found.reason}`;
	}

	it("reads the state that the program keeps of itself, in whichever file that is", async () => {
		register("1.json", entry("idle", 4, { sessionId: "another" }));
		register("42.json", entry("busy", 5));
		expect(await inspect()).toBe("working at 5: Claude Code's session registry: busy");
		register("42.json", entry("waiting", 6, { waitingFor: "permission prompt" }));
		expect(await inspect()).toBe("waiting at 6: Claude Code's session registry: waiting for permission prompt");
		rmSync(join(folder, ".claude", "sessions", "42.json"));
		expect(await inspect()).toBeNull();
		register("43.json", entry("idle", 7));
		expect(await inspect()).toMatch(/^idle at 7/);
	});

	it("passes over the entry that a killed process left", async () => {
		const ended = spawnSync("/bin/true").pid;
		register(`${ended}.json`, entry("busy", 5, { pid: ended }));
		expect(await inspect()).toBeNull();
		register("zz.json", entry("idle", 4));
		expect(await inspect()).toMatch(/^idle at 4/);
	});

	it.each(['{"pid": 42, "stat', "[]", entry("dreaming", 5), entry("constructor", 5), entry("busy", 5, { pid: -1 })])(
		"knows nothing where the entry is %j",
		async (content) => {
			expect(await inspect()).toBeNull();
			register("42.json", content);
			expect(await inspect()).toBeNull();
		},
	);
});
