import type { Session } from "../../../shared/contract/sessions.ts";
import { toClawmuxError } from "../../../shared/errors.ts";
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
 * the reason. Done once, before anybody can ask for anything.
 */
export async function adoptSessions(parts: AdoptionParts): Promise<{ adopted: number; lost: number }> {
	const found = await survivors(parts);
	await Promise.all([...found].map(([agentId, survivor]) => adoptOne(parts, agentId, survivor)));
	const lost = parts.sessions.list().filter((session) => session.live && !found.has(session.agentId));
	for (const session of lost) markLost(parts, session);
	return { adopted: [...found.values()].filter(({ session }) => session.live).length, lost: lost.length };
}

/** By agent, every session that a backend still holds and that belongs to an agent of this home. */
async function survivors(parts: AdoptionParts): Promise<Map<string, Found>> {
	const known = new Set(parts.agents.records().map((record) => record.id));
	const found = new Map<string, Found>();
	for (const backend of parts.backends.all()) {
		if (!backend.capabilities.survivesHub || !(await backend.available()).available) continue;
		for (const session of await backend.list()) {
			if (session.agentId !== null && known.has(session.agentId)) found.set(session.agentId, { backend, session });
			else
				parts.log.warn("a session belongs to no agent here and was left alone", {
					backend: backend.name,
					sessionId: session.sessionId,
				});
		}
	}
	return found;
}

async function adoptOne(parts: AdoptionParts, agentId: string, { backend, session }: Found): Promise<void> {
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
