import type { Session } from "../../../shared/contract/sessions.ts";
import { ClawmuxError, toClawmuxError } from "../../../shared/errors.ts";
import type { AgentRegistry } from "../agents/agent-registry.ts";
import type { Log } from "../log.ts";
import type { ProgramRegistry } from "../programs/program-registry.ts";
import type { SessionRecord } from "../state/session-repository.ts";
import type { Terminals } from "../terminals/terminals.ts";
import type { BackendRegistry } from "./backends/backend-registry.ts";
import type { BackendSession, SessionBackend } from "./backends/session-backend.ts";
import { newSecret, type SessionStore } from "./session-store.ts";

export interface AdoptionParts {
	agents: AgentRegistry;
	sessions: SessionStore;
	backends: BackendRegistry;
	programs: ProgramRegistry;
	terminals: Terminals;
	log: Log;
}

interface Found {
	backend: SessionBackend;
	session: BackendSession;
}

/**
 * Takes up every session that outlived the hub before, with its scrollback, and marks those that did not as dead, with
 * the reason. Where a backend cannot be asked, nothing is known, and that is said. Done once, before anybody can ask for
 * anything.
 */
export async function adoptSessions(parts: AdoptionParts): Promise<{ adopted: number; lost: number }> {
	const { found, unreachable } = await survivors(parts);
	await Promise.all([...found].map(([agentId, survivor]) => adoptSession(parts, agentId, survivor)));
	const missing = parts.sessions.list().filter((session) => session.live && !found.has(session.agentId));
	let lost = 0;
	for (const session of missing) {
		const problem = unreachable.get(session.backend);
		if (problem === undefined) {
			markLost(parts, session);
			lost += 1;
		} else {
			const reason = `it may still be running: ${session.backend} cannot be asked (${problem})`;
			parts.agents.setState(session.agentId, "unknown", { source: "process", at: Date.now(), reason });
		}
	}
	return { adopted: [...found.values()].filter(({ session }) => session.live).length, lost };
}

/** By agent, every session that a backend still holds and that belongs to an agent of this home; and who could not be asked. */
async function survivors(parts: AdoptionParts): Promise<{ found: Map<string, Found>; unreachable: Map<string, string> }> {
	const known = new Set(parts.agents.records().map((record) => record.id));
	const found = new Map<string, Found>();
	const unreachable = new Map<string, string>();
	for (const backend of parts.backends.all().filter(({ capabilities }) => capabilities.survivesHub)) {
		try {
			for (const session of await heldBy(backend)) {
				if (session.agentId !== null && known.has(session.agentId)) found.set(session.agentId, { backend, session });
				else
					parts.log.warn("a session belongs to no agent here and was left alone", {
						backend: backend.name,
						sessionId: session.sessionId,
					});
			}
		} catch (error) {
			unreachable.set(backend.name, toClawmuxError(error).message);
			parts.log.error("a backend's sessions could not be asked for", { backend: backend.name, error });
		}
	}
	return { found, unreachable };
}

/** @throws ClawmuxError `unavailable` when the backend cannot be asked, which says nothing about its sessions. */
async function heldBy(backend: SessionBackend): Promise<BackendSession[]> {
	const { available, detail } = await backend.available();
	if (!available) throw new ClawmuxError("unavailable", detail);
	return backend.list();
}

/**
 * Takes up again a session that is stored as running but has no terminal in this hub, because its backend could not be
 * asked before. Says whether it is there; one that is not is marked as lost.
 * @throws ClawmuxError `unavailable` when the backend still cannot be asked.
 */
export async function readoptSession(parts: AdoptionParts, stored: Session): Promise<boolean> {
	const backend = parts.backends.get(stored.backend);
	const session = (await heldBy(backend)).find((one) => one.sessionId === stored.sessionId && one.agentId === stored.agentId);
	if (session) await adoptSession(parts, stored.agentId, { backend, session });
	else markLost(parts, stored);
	return session?.live === true;
}

/** Makes a session that a backend holds an agent's, and opens its terminal. */
export async function adoptSession(parts: AdoptionParts, agentId: string, { backend, session }: Found): Promise<void> {
	const { agents, sessions, terminals, log } = parts;
	const stored = sessions.find(agentId);
	const isStored = stored?.sessionId === session.sessionId && stored.backend === backend.name;
	const record = isStored ? { ...stored, pid: session.pid ?? stored.pid } : recordOf(parts, agentId, backend, session);
	if (!session.live && isStored && !stored.live) return;
	sessions.save({ ...record, live: true });
	try {
		// One that has ended meanwhile is opened too: its last screen can be read then, and its end arrives as any other.
		await terminals.open(agentId, session.sessionId, backend);
		if (session.live) restoreState(parts, agentId, record.program);
	} catch (error) {
		log.error("a session could not be adopted", { agentId, error });
		agents.setState(agentId, "unknown", {
			source: "process",
			at: Date.now(),
			reason: `found running, but its terminal could not be opened: ${toClawmuxError(error).message}`,
		});
	}
}

/** What a program reported last still holds, unless it was in the middle of starting. */
function restoreState({ agents, programs }: AdoptionParts, agentId: string, programName: string): void {
	const { state } = agents.record(agentId);
	const { reportsState } = programs.get(programName);
	if (reportsState && (state === "working" || state === "waiting" || state === "idle")) agents.announce(agentId);
	else
		agents.setState(agentId, reportsState ? "unknown" : "running", {
			source: "process",
			at: Date.now(),
			reason: "found running when the hub started",
		});
}

/** The record of a session that the database does not know, from what the backend knows of it. */
function recordOf({ agents }: AdoptionParts, agentId: string, backend: SessionBackend, found: BackendSession): SessionRecord {
	const agent = agents.record(agentId);
	return {
		agentId,
		sessionId: found.sessionId,
		backend: backend.name,
		program: agent.program,
		argv: [],
		workDir: found.workDir ?? agents.ownFolder(agentId),
		pid: found.pid,
		resumeId: agent.resumeId,
		secret: newSecret(),
		live: true,
		startedAt: found.startedAt ?? Date.now(),
		endedAt: null,
		exitCode: null,
		endReason: null,
	};
}

function markLost({ agents, sessions, backends }: AdoptionParts, session: Session): void {
	const record = sessions.find(session.agentId);
	if (!record) return;
	const at = Date.now();
	const survives = backends.all().some((backend) => backend.name === session.backend && backend.capabilities.survivesHub);
	const reason = survives
		? "its session was gone when the hub started"
		: `ended with the hub: ${session.backend} sessions do not outlive it`;
	sessions.save({ ...record, live: false, endedAt: at, endReason: reason });
	agents.setState(session.agentId, "dead", { source: "process", at, reason });
}
