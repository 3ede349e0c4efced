import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentState } from "../../../shared/contract/agents.ts";
import { AgentRegistry } from "../agents/agent-registry.ts";
import { homePaths } from "../home.ts";
import { HubEvents } from "../hub-events.ts";
import { silentLog } from "../log.ts";
import { claudeCode } from "../programs/claude-code.ts";
import { generic } from "../programs/generic.ts";
import { ProgramRegistry } from "../programs/program-registry.ts";
import { openState, type State } from "../state/state.ts";
import { SessionInspector } from "./session-inspector.ts";
import { SessionStore } from "./session-store.ts";

const agentId = "af_sky";
const conversation = "78e17aba-16a8-4623-9e21-0f93fd3ac538";
let folder: string;
let state: State;
let agents: AgentRegistry;
let sessions: SessionStore;
let inspector: SessionInspector;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-inspector-"));
	state = openState(homePaths(folder), silentLog);
	const events = new HubEvents();
	sessions = new SessionStore(state, events);
	agents = new AgentRegistry(state, events, {
		sessionsFolder: join(folder, "sessions"),
		project: () => undefined,
		session: () => undefined,
		knownBackends: () => [],
		knownPrograms: () => [],
		defaults: () => ({ defaultProgram: "claude-code" }),
		changed: () => undefined,
	});
	const programs = new ProgramRegistry([claudeCode, generic]);
	inspector = new SessionInspector({ agents, sessions, programs, env: { HOME: folder }, log: silentLog });
	saveSession("claude-code", true);
});

afterEach(() => {
	vi.useRealTimers();
	inspector.close();
	state.close();
	rmSync(folder, { recursive: true, force: true });
});

function saveSession(program: string, live: boolean): void {
	sessions.save({
		agentId,
		sessionId: "sky",
		backend: "pty",
		program,
		argv: [],
		workDir: folder,
		pid: 42,
		resumeId: conversation,
		secret: "secret",
		live,
		startedAt: 1,
		endedAt: null,
		exitCode: null,
		endReason: null,
	});
}

function hookSaid(known: AgentState, at: number): void {
	agents.setState(agentId, known, { source: "hook", at, reason: "a hook" });
}

/** What Claude Code wrote of itself. */
function registrySays(status: string, at: number): void {
	mkdirSync(join(folder, ".claude", "sessions"), { recursive: true });
	const entry = { pid: process.pid, sessionId: conversation, status, statusUpdatedAt: at };
	writeFileSync(join(folder, ".claude", "sessions", "1.json"), JSON.stringify(entry));
}

async function inspected(): Promise<string> {
	await inspector.inspect();
	const { state: known, evidence } = agents.record(agentId);
	return `${known}, ${evidence.source}`;
}

describe("SessionInspector", () => {
	it("learns of a turn that ended without a hook", async () => {
		hookSaid("waiting", 1000);
		registrySays("idle", 2000);
		expect(await inspected()).toBe("idle, registry");
		expect(agents.record(agentId).evidence).toMatchObject({ at: 2000, reason: "Claude Code's session registry: idle" });
	});

	it("learns that a question was answered and the work goes on", async () => {
		hookSaid("waiting", 1000);
		registrySays("busy", 2000);
		expect(await inspected()).toBe("working, registry");
	});

	it("believes a hook over an older record", async () => {
		hookSaid("working", 2000);
		registrySays("idle", 1000);
		expect(await inspected()).toBe("working, hook");
	});

	it.each(["unknown", "starting"] as const)("takes any record where the state is %s", async (known) => {
		hookSaid(known, 2000);
		registrySays("idle", 1000);
		expect(await inspected()).toBe("idle, registry");
	});

	it("leaves an idle agent, an ended session and a program without records alone", async () => {
		registrySays("busy", 9000);
		hookSaid("idle", 1000);
		expect(await inspected()).toBe("idle, hook");
		hookSaid("waiting", 1000);
		saveSession("claude-code", false);
		expect(await inspected()).toBe("waiting, hook");
		saveSession("generic", true);
		expect(await inspected()).toBe("waiting, hook");
	});

	it("looks again every second while there is something to look at, and has no timer otherwise", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		hookSaid("idle", 1000);
		inspector.wake();
		expect(vi.getTimerCount()).toBe(0);

		hookSaid("working", 2000);
		registrySays("busy", 2000);
		inspector.wake();
		inspector.wake();
		expect(vi.getTimerCount()).toBe(1);
		await vi.advanceTimersByTimeAsync(1000);
		await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));

		registrySays("idle", 3000);
		await vi.advanceTimersByTimeAsync(1000);
		await vi.waitFor(() => expect(agents.record(agentId).state).toBe("idle"));
		await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));

		hookSaid("working", 4000);
		inspector.wake();
		inspector.close();
		inspector.wake();
		expect(vi.getTimerCount()).toBe(0);
	});
});
