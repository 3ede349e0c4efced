import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { claudeCode } from "../../electron/hub/programs/claude-code.ts";
import type { LaunchRequest } from "../../electron/hub/programs/program.ts";
import { claudeHome } from "../fixtures/claude/claude-home.ts";
import { installClaude } from "../fixtures/claude/install-claude.ts";
import { ModelServer } from "../fixtures/claude/model-server.ts";
import { ProgramTerminal } from "../fixtures/claude/program-terminal.ts";

/** The real Claude Code as `claude-code.ts` starts it, without a hub: that its flags, hooks and records are what we take them for. */
const enter = "\r";
const escapeKey = "\u001b";
const waitMs = 30_000;

let folder: string;
let model: ModelServer;
let env: NodeJS.ProcessEnv;
let terminal: ProgramTerminal | undefined;

test.beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "clawmux-claude-"));
	model = await ModelServer.start([
		{ when: /colour of the sky/, steps: [{ text: "The sky is blue today." }] },
		{
			when: /make a file/,
			steps: [{ tool: "Bash", input: { command: "touch made", description: "Make it" } }, { text: "It is made." }],
		},
	]);
	const home = await claudeHome({ home: join(folder, "home"), folders: [join(folder, "work")], modelUrl: model.url });
	env = { ...process.env, ...home };
	await writeFile(join(folder, "hooks.log"), "");
});

test.afterEach(async () => {
	await terminal?.kill();
	await model.close();
	await rm(folder, { recursive: true, force: true });
});

async function start(resumeId: string | null): Promise<string> {
	// Appends each event to a file, as one line.
	const recorder = 'require("fs").appendFileSync(process.argv[1], require("fs").readFileSync(0, "utf8").trim() + "\\n")';
	const launch = await claudeCode.launch({
		agent: { id: "sky", model: null, effort: "low" },
		workDir: join(folder, "work"),
		agentFolder: join(folder, "agent's own $folder"),
		binary: join(await installClaude(), "claude"),
		permissionMode: "default",
		resumeId,
		hookCommand: [process.execPath, "-e", recorder, join(folder, "hooks.log")],
	} as unknown as LaunchRequest);
	terminal = new ProgramTerminal({ argv: launch.argv, workDir: join(folder, "work"), env: { ...env, ...launch.env } });
	await expect.poll(() => terminal?.text(), { timeout: waitMs }).toContain("manual mode on");
	return launch.resumeId ?? "";
}

/** What the hub would have made of the events so far. */
async function readings(): Promise<string[]> {
	const lines = (await readFile(join(folder, "hooks.log"), "utf8")).split("\n").filter((line) => line !== "");
	return lines.flatMap((line) => {
		const reading = claudeCode.readHook(JSON.parse(line));
		return reading ? [`${reading.state}: ${reading.reason}`] : [];
	});
}

async function prompt(text: string): Promise<void> {
	terminal?.type(text);
	await expect.poll(() => terminal?.text(), { timeout: waitMs }).toContain(`❯\u00a0${text}`);
	terminal?.type(enter);
}

/** Presses a key until the question is gone: Claude Code passes over one that comes right after its question. */
async function answer(key: string): Promise<void> {
	const asked = () => terminal?.text().includes("Do you want to proceed?");
	const stillAsked = () => {
		if (!asked()) return false;
		terminal?.type(key);
		return true;
	};
	await expect.poll(asked, { timeout: waitMs }).toBe(true);
	await expect.poll(stillAsked, { timeout: waitMs, intervals: [1000] }).toBe(false);
}

test("a turn, a permission and an end are told by hooks, and the conversation goes on in another process", async () => {
	const conversation = await start(null);
	expect(await claudeCode.canResume(conversation, env)).toBe(false);
	await expect.poll(readings, { timeout: waitMs }).toEqual(["idle: SessionStart: startup"]);

	await prompt("What is the colour of the sky?");
	await expect.poll(() => terminal?.text(), { timeout: waitMs }).toContain("The sky is blue today.");
	await expect
		.poll(readings, { timeout: waitMs })
		.toEqual(["idle: SessionStart: startup", "working: UserPromptSubmit", "idle: Stop"]);

	await prompt("Please make a file");
	await expect.poll(async () => (await readings()).at(-1), { timeout: waitMs }).toBe("waiting: PermissionRequest: Bash");
	await answer("1");
	await expect.poll(() => terminal?.text(), { timeout: waitMs }).toContain("It is made.");
	await expect
		.poll(async () => (await readings()).slice(-2), { timeout: waitMs })
		.toEqual(["working: PostToolUse: Bash", "idle: Stop"]);

	await prompt("/exit");
	await terminal?.ended;
	expect((await readings()).at(-1)).toBe("exited: SessionEnd: prompt_input_exit");

	expect(await claudeCode.canResume(conversation, env)).toBe(true);
	await start(conversation);
	expect(terminal?.text()).toContain("The sky is blue today.");
	await prompt("And the colour of the sky again?");
	await expect.poll(() => model.requests.at(-1)?.userText, { timeout: waitMs }).toContain("again?");
	expect(model.requests.at(-1)?.messageCount).toBeGreaterThan(model.requests[0]?.messageCount ?? 0);
});

test("a question that is cancelled with Escape fires no hook, and the program's own records tell it", async () => {
	const conversation = await start(null);
	const inspect = async () => (await claudeCode.inspect?.({ resumeId: conversation, env }))?.state;
	await expect.poll(inspect, { timeout: waitMs }).toBe("idle");
	await prompt("Please make a file");
	await expect.poll(inspect, { timeout: waitMs }).toBe("waiting");
	await expect.poll(async () => (await readings()).at(-1), { timeout: waitMs }).toBe("waiting: PermissionRequest: Bash");
	await answer(escapeKey);
	await expect.poll(inspect, { timeout: waitMs }).toBe("idle");
	expect((await readings()).at(-1)).toBe("waiting: PermissionRequest: Bash");
});
