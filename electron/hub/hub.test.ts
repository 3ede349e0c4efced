import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HubClient } from "../../shared/contract/contract.ts";
import type { HubEvent } from "../../shared/contract/hub.ts";
import { homePaths } from "./home.ts";
import { createHub, type Hub } from "./hub.ts";
import { silentLog } from "./log.ts";

let home: string;
let hub: Hub;

const open = () => createHub({ home, version: "test", cliCommand: ["false"], log: silentLog });

beforeEach(async () => {
	home = mkdtempSync(join(tmpdir(), "clawmux-hub-"));
	hub = await open();
});

afterEach(async () => {
	for (const session of await hub.client.sessions.list()) await hub.client.sessions.kill({ id: session.agentId });
	await hub.close();
	endServer();
	rmSync(home, { recursive: true, force: true });
});

/** Ends the session server of this test's home, as nothing may be left of it. */
function endServer(): void {
	spawnSync("tmux", ["-L", `clawmux-${homePaths(home).key}`, "kill-server"]);
}

/** Makes an agent that runs a command line. */
const worker = (client: HubClient, id: string, backend: string, script: string) =>
	client.agents.create({ id, backend, program: "generic", argv: ["sh", "-c", script] });

async function until<T>(what: () => Promise<T | undefined | false>): Promise<T> {
	for (;;) {
		const found = await what();
		if (found) return found;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

const stateOf = async (id: string) => (await hub.client.agents.get({ id })).state;

describe.each(["tmux", "pty"])("a session under %s", (backend) => {
	test("starts, runs in the agent's own folder under the agent's name, and exits with its code", async () => {
		await worker(hub.client, "bot", backend, "pwd; read line; exit 7");
		const session = await hub.client.sessions.start({ id: "bot" });
		expect(session).toMatchObject({
			agentId: "bot",
			sessionId: "bot",
			backend,
			live: true,
			workDir: join(home, "sessions", "bot"),
		});
		expect(statSync(session.workDir).mode & 0o777).toBe(0o700);
		await until(async () => (await hub.client.sessions.capture({ id: "bot" })).text.includes(session.workDir));
		expect(await stateOf("bot")).toBe("running");
		await hub.client.sessions.input({ id: "bot", text: "go" });
		await until(async () => (await stateOf("bot")) === "exited");
		const [ended] = await hub.client.sessions.list();
		expect(ended).toMatchObject({ live: false, exitCode: 7 });
		expect((await hub.client.agents.get({ id: "bot" })).sessionId).toBeNull();
	});

	test("eight starts at once give one session", async () => {
		await worker(hub.client, "bot", backend, "echo started >> starts; sleep 600");
		const sessions = await Promise.all(Array.from({ length: 8 }, () => hub.client.sessions.start({ id: "bot" })));
		expect(new Set(sessions.map((session) => session.pid)).size).toBe(1);
		const starts = join(home, "sessions", "bot", "starts");
		await until(async () => existsSync(starts) && readFileSync(starts, "utf8").endsWith("\n"));
		expect(readFileSync(starts, "utf8")).toBe("started\n");
	});

	test("interrupt keeps the session, stop and kill end it, each in its own way, and twice is no error", async () => {
		await worker(
			hub.client,
			"bot",
			backend,
			"trap 'echo interrupted' INT; trap 'echo asked >> end; exit 0' TERM; echo ready; while :; do sleep 0.1; done",
		);
		await hub.client.sessions.start({ id: "bot" });
		await until(async () => (await hub.client.sessions.capture({ id: "bot" })).text.includes("ready"));
		await hub.client.sessions.interrupt({ id: "bot" });
		await until(async () => (await hub.client.sessions.capture({ id: "bot" })).text.includes("interrupted"));
		expect(await stateOf("bot")).toBe("running");

		await hub.client.sessions.stop({ id: "bot" });
		expect(await stateOf("bot")).toBe("stopped");
		expect(readFileSync(join(home, "sessions", "bot", "end"), "utf8")).toBe("asked\n");
		await hub.client.sessions.stop({ id: "bot" });

		await hub.client.sessions.start({ id: "bot" });
		await hub.client.sessions.kill({ id: "bot" });
		expect(await hub.client.agents.get({ id: "bot" })).toMatchObject({
			state: "dead",
			evidence: { source: "user", reason: "terminated" },
		});
		await hub.client.sessions.kill({ id: "bot" });
		await expect(hub.client.sessions.interrupt({ id: "bot" })).rejects.toThrow(/no running session/);
	});

	test("an agent that exited starts again", async () => {
		await worker(hub.client, "bot", backend, "exit 0");
		await hub.client.sessions.start({ id: "bot" });
		await until(async () => (await stateOf("bot")) === "exited");
		await hub.client.agents.update({ id: "bot", argv: ["sh", "-c", "sleep 600"] });
		expect((await hub.client.sessions.start({ id: "bot" })).live).toBe(true);
	});
});

describe("a start that cannot be", () => {
	const refused = async (changes: Parameters<HubClient["agents"]["update"]>[0], message: RegExp) => {
		await worker(hub.client, "bot", "pty", "sleep 600");
		await hub.client.agents.update(changes);
		await expect(hub.client.sessions.start({ id: "bot" })).rejects.toThrow(message);
		expect(await hub.client.sessions.list()).toEqual([]);
		expect(await stateOf("bot")).toBe("stopped");
	};

	test("names a missing folder", () =>
		refused({ id: "bot", folder: "/no/such/folder" }, /working folder \/no\/such\/folder does not exist/));

	test("names a folder that is a file", () => {
		const file = join(home, "file");
		writeFileSync(file, "");
		return refused({ id: "bot", folder: file }, /file is not a folder/);
	});

	test("names a missing program", () => refused({ id: "bot", argv: ["no-such-program"] }, /no-such-program/));

	test("names a missing project folder", () => refused({ id: "bot", folder: "project" }, /is in no project/));

	test("names an unknown backend and program", async () => {
		await expect(hub.client.agents.create({ id: "bot", backend: "screen" })).rejects.toThrow(/no backend screen/);
		await expect(hub.client.agents.create({ id: "bot", program: "cobol" })).rejects.toThrow(/no program cobol/);
	});
});

describe("a session that is there already", () => {
	const forget = async (id: string) => {
		await hub.close();
		const database = new Database(homePaths(home).database);
		database.prepare("DELETE FROM sessions WHERE agent_id = ?").run(id);
		database.close();
	};

	test("and is the agent's own is taken up, not killed and not doubled", async () => {
		await worker(hub.client, "keeper", "tmux", "exec cat");
		const { pid } = await hub.client.sessions.start({ id: "keeper" });
		await forget("keeper");
		hub = await open();
		expect(await hub.client.sessions.start({ id: "keeper" })).toMatchObject({ pid, live: true });
	});

	test("and is another's is refused by name and lives on", async () => {
		await worker(hub.client, "keeper", "tmux", "exec cat");
		const { pid } = await hub.client.sessions.start({ id: "keeper" });
		await hub.close();
		const database = new Database(homePaths(home).database);
		database.prepare("DELETE FROM agents WHERE id = 'keeper'").run();
		database.close();
		hub = await open();
		spawnSync("tmux", ["-L", `clawmux-${homePaths(home).key}`, "set-option", "-t", "=keeper:", "@clawmux-agent", "stranger"]);
		await worker(hub.client, "keeper", "tmux", "exec cat");
		await expect(hub.client.sessions.start({ id: "keeper" })).rejects.toMatchObject({ code: "conflict" });
		expect(() => process.kill(pid ?? 0, 0)).not.toThrow();
		expect(await stateOf("keeper")).toBe("stopped");
	});
});

describe("settings", () => {
	test("name backends and programs that there are", async () => {
		await expect(hub.client.settings.update({ defaultBackend: "nope" })).rejects.toMatchObject({ code: "invalid_input" });
		await expect(hub.client.settings.update({ defaultProgram: "nope" })).rejects.toMatchObject({ code: "invalid_input" });
		expect((await hub.client.settings.update({ defaultBackend: "pty" })).defaultBackend).toBe("pty");
	});
});

describe("the port", () => {
	test("is that of the hub before, so that an open browser tab finds the new one", async () => {
		const { url } = hub.info;
		await hub.close();
		hub = await open();
		expect(hub.info.url).toBe(url);
	});
});

describe("an end of the hub", () => {
	test("ends what cannot outlive it, all at once, and says why", async () => {
		for (const id of ["one", "two", "three"]) {
			await worker(hub.client, id, "pty", "exec cat");
			await hub.client.sessions.start({ id });
		}
		await hub.close();
		hub = await open();
		for (const id of ["one", "two", "three"]) {
			expect((await hub.client.agents.get({ id })).evidence.reason).toContain("ended with ClawMux");
		}
	});
});

describe("a restart of the hub", () => {
	test("adopts live sessions with their scrollback and marks the lost ones", async () => {
		await worker(hub.client, "keeper", "tmux", "seq 1 500; exec cat");
		await worker(hub.client, "goner", "pty", "exec cat");
		const before = await hub.client.sessions.start({ id: "keeper" });
		await hub.client.sessions.start({ id: "goner" });
		await until(async () => (await hub.client.sessions.capture({ id: "keeper" })).text.includes("500"));
		await hub.close();

		hub = await open();
		const after = (await hub.client.sessions.list()).find(({ agentId }) => agentId === "keeper");
		expect(after).toEqual(before);
		expect(await stateOf("keeper")).toBe("running");
		expect((await hub.client.sessions.capture({ id: "keeper", lines: 1000 })).text.split("\n")).toContain("17");
		expect(await hub.client.agents.get({ id: "goner" })).toMatchObject({ state: "dead", sessionId: null });
		await hub.client.sessions.input({ id: "keeper", text: "still here" });
		await until(async () => (await hub.client.sessions.capture({ id: "keeper" })).text.includes("still here"));
	});

	test("after SIGKILL the home is free at once and the sessions are adopted", async () => {
		await hub.close();
		const script = `
			import { createHub } from ${JSON.stringify(new URL("./hub.ts", import.meta.url).href)};
			const hub = await createHub({ home: ${JSON.stringify(home)}, version: "test", cliCommand: ["false"] });
			await hub.client.agents.create({ id: "keeper", backend: "tmux", program: "generic", argv: ["cat"] });
			console.log(JSON.stringify(await hub.client.sessions.start({ id: "keeper" })));`;
		const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
		const [line] = await once(child.stdout, "data");
		const before = JSON.parse(String(line));
		await expect(open()).rejects.toMatchObject({ code: "conflict" });
		const gone = once(child, "exit");
		child.kill("SIGKILL");
		await gone;

		hub = await open();
		const [after] = await hub.client.sessions.list();
		expect(after).toEqual(before);
		expect(await stateOf("keeper")).toBe("running");
	});

	test("a session that ended while no hub ran is marked dead, with the reason", async () => {
		await worker(hub.client, "keeper", "tmux", "exec cat");
		const { pid } = await hub.client.sessions.start({ id: "keeper" });
		await hub.close();
		process.kill(pid ?? 0, "SIGKILL");
		hub = await open();
		const agent = await until(async () => {
			const found = await hub.client.agents.get({ id: "keeper" });
			return found.state === "dead" && found;
		});
		expect(agent.evidence.reason).not.toBe("");
		expect(agent.sessionId).toBeNull();
	});
});

describe("hooks", () => {
	/** Posts one hook event as `clawmux hook` does; resolves with the status code. */
	const hook = (secret: string, event: object) =>
		new Promise<number | undefined>((resolve, reject) => {
			const headers = { "content-type": "application/json", "clawmux-agent": "bot", "clawmux-session": secret };
			request({ socketPath: hub.info.socket, path: "/hooks", method: "POST", headers }, (response) => {
				response.resume();
				resolve(response.statusCode);
			})
				.on("error", reject)
				.end(JSON.stringify({ session_id: "11111111-2222-3333-4444-555555555555", ...event }));
		});

	/** Starts an agent whose program says nothing by itself; resolves with its session's secret. */
	const startSilent = async () => {
		const program = join(home, "silent");
		writeFileSync(program, '#!/bin/sh\necho "$CLAWMUX_SESSION_SECRET" > secret\nexec cat\n', { mode: 0o755 });
		await hub.client.settings.update({ programPaths: { "claude-code": program } });
		await hub.client.agents.create({ id: "bot", backend: "pty", program: "claude-code" });
		await hub.client.sessions.start({ id: "bot" });
		const file = join(home, "sessions", "bot", "secret");
		await until(async () => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
		return readFileSync(file, "utf8").trim();
	};

	test("change the state only with the secret of the agent's running session, which is shown to nobody", async () => {
		const secret = await startSilent();
		expect(secret).toMatch(/^[0-9a-f]{64}$/);
		expect(await stateOf("bot")).toBe("starting");
		expect(await hook("0".repeat(64), { hook_event_name: "UserPromptSubmit", prompt: "x" })).toBe(403);
		expect(await stateOf("bot")).toBe("starting");
		expect(await hook(secret, { hook_event_name: "UserPromptSubmit", prompt: "x" })).toBe(204);
		expect(await hub.client.agents.get({ id: "bot" })).toMatchObject({
			state: "working",
			evidence: { source: "hook", reason: "UserPromptSubmit" },
		});
		expect(JSON.stringify(await hub.client.sessions.list())).not.toContain(secret);
		await hub.client.sessions.kill({ id: "bot" });
		expect(await hook(secret, { hook_event_name: "UserPromptSubmit", prompt: "x" })).toBe(403);
	});

	test("that tell of a question keep a text from being typed as its answer", async () => {
		const secret = await startSilent();
		const typed = hub.client.sessions.input({ id: "bot", text: "too early" });
		await hook(secret, { hook_event_name: "PermissionRequest", tool_name: "Bash", tool_input: { command: "ls" } });
		expect(await typed).toMatchObject({ accepted: false, note: expect.stringContaining("waits for an answer") });
		await hook(secret, { hook_event_name: "Stop" });
		expect(await hub.client.sessions.input({ id: "bot", text: "now" })).toMatchObject({ accepted: true });
		await until(async () => (await hub.client.sessions.capture({ id: "bot" })).text.includes("now"));
		expect((await hub.client.sessions.capture({ id: "bot" })).text).not.toContain("too early");
	});
});

describe("events", () => {
	test("begin with a snapshot and carry whole objects", async () => {
		const stream = await hub.client.hub.events();
		const seen: HubEvent[] = [];
		const first = await stream.next();
		if (!first.done) seen.push(first.value);
		expect(seen[0]).toMatchObject({ type: "hub.snapshot", hub: { pid: process.pid, home } });
		await hub.client.projects.create({ name: "Web" });
		expect((await stream.next()).value).toMatchObject({ type: "projects.changed", project: { slug: "web" } });
		await stream.return();
	});
});
