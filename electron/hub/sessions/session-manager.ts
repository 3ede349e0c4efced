import type { AgentState, Evidence } from "../../../shared/contract/agents.ts";
import type { Session } from "../../../shared/contract/sessions.ts";
import { ClawmuxError, toClawmuxError } from "../../../shared/errors.ts";
import type { AgentRegistry } from "../agents/agent-registry.ts";
import type { Log } from "../log.ts";
import type { ProgramRegistry } from "../programs/program-registry.ts";
import type { SessionRecord } from "../state/session-repository.ts";
import type { Terminals } from "../terminals/terminals.ts";
import type { BackendRegistry } from "./backends/backend-registry.ts";
import type { BackendSession, SendResult, SessionBackend } from "./backends/session-backend.ts";
import { adoptSession, readoptSession } from "./session-adoption.ts";
import type { PreparedLaunch } from "./session-launcher.ts";
import type { SessionStore } from "./session-store.ts";
import { typeText } from "./type-text.ts";

export interface SessionManagerParts {
	agents: AgentRegistry;
	sessions: SessionStore;
	backends: BackendRegistry;
	programs: ProgramRegistry;
	terminals: Terminals;
	prepare(agentId: string): Promise<PreparedLaunch>;
	log: Log;
}

interface Leaving {
	state: "stopped" | "dead";
	source: Evidence["source"];
	reason: string;
}

interface SessionEnd {
	exitCode: number | null;
	exitSignal: string | null;
	reason: string;
}

/** What a session starts with until a terminal says how large it is. */
const firstSize = { cols: 120, rows: 32 };

/** Between two tries to store what could not be stored. */
const retryMs = 5000;

/** How long a program may take to end by itself when it is stopped. */
const stopGraceMs = 5000;

/**
 * Starts and ends the sessions of all agents. An agent has none or one; whatever is asked of one agent is done in
 * turn, so that concurrent starts give one session and a stop never meets a half-made one.
 */
export class SessionManager {
	readonly #parts: SessionManagerParts;
	readonly #turns = new Map<string, Promise<unknown>>();
	/** Agents whose session is being ended on purpose, and what their state is to be then. */
	readonly #leaving = new Map<string, Leaving>();
	readonly #retries = new Set<NodeJS.Timeout>();

	constructor(parts: SessionManagerParts) {
		this.#parts = parts;
		parts.terminals.events.on("end", (agentId, end) => this.#ended(agentId, end));
		parts.terminals.events.on("activity", (agentId) => parts.agents.touch(agentId, Date.now()));
	}

	/**
	 * Starts an agent's session, or gives the live one. A conversation that can be resumed is.
	 * @throws ClawmuxError that names what is missing; nothing was started then.
	 */
	async start(agentId: string, size = firstSize): Promise<Session> {
		await this.#inTurn(agentId, async () => {
			const there = this.#parts.sessions.get(agentId);
			if (there?.live) {
				const isOpen = this.#parts.terminals.get(agentId) !== undefined;
				if (isOpen || (await readoptSession(this.#parts, there))) return;
			}
			await this.#startNow(agentId, size);
		});
		return this.#session(agentId);
	}

	/** Asks the program to end, and after a while ends it. The conversation is kept for the next start. Idempotent. */
	stop(agentId: string): Promise<Session | null> {
		return this.#leave(agentId, { state: "stopped", source: "user", reason: "stopped" }, async (record) => {
			await this.#backend(record).stop(record.sessionId, { graceMs: stopGraceMs });
			await this.#backend(record).kill(record.sessionId);
		});
	}

	/** Ends the program at once and forgets its conversation. Idempotent. */
	async kill(agentId: string): Promise<Session | null> {
		await this.#leave(agentId, { state: "dead", source: "user", reason: "terminated" }, (record) => this.#end(record));
		this.#parts.agents.setResumeId(agentId, null);
		return this.#parts.sessions.get(agentId);
	}

	/** Cancels the current work and keeps the session. @throws ClawmuxError `closed` when there is no live session. */
	async interrupt(agentId: string): Promise<Session> {
		const record = this.#mustLive(agentId);
		const program = this.#parts.programs.get(record.program);
		await this.#backend(record).interrupt(record.sessionId, { keys: program.interruptKeys });
		// An interrupted turn reports nothing more, so what was known of it holds no longer.
		if (program.reportsState && this.#parts.agents.record(agentId).state === "working") {
			this.#parts.agents.setState(agentId, "unknown", {
				source: "user",
				at: Date.now(),
				reason: "interrupted; the program has reported nothing since",
			});
		}
		return this.#session(agentId);
	}

	/** Types a text as one message; starts the agent first when it does not run. */
	async input(agentId: string, text: string, submit: boolean): Promise<SendResult> {
		await this.start(agentId);
		const record = this.#mustLive(agentId);
		return typeText(this.#parts, this.#backend(record), record, text, submit);
	}

	/** The last lines of an agent's terminal as text. @throws ClawmuxError `closed` when there is no live session. */
	async capture(agentId: string, lines: number): Promise<string> {
		const record = this.#mustLive(agentId);
		return this.#backend(record).capture(record.sessionId, { lines });
	}

	/** Whether any live session would end with this process. */
	endsWithHub(): Session[] {
		return this.#parts.sessions
			.list()
			.filter((session) => session.live && !this.#parts.backends.get(session.backend).capabilities.survivesHub);
	}

	/** Ends what cannot outlive the hub, and says so in its record. */
	async close(): Promise<void> {
		await Promise.all(this.#turns.values());
		const endings = this.endsWithHub().map((session) => {
			const reason = `ended with ClawMux: ${session.backend} sessions do not outlive it`;
			return this.#leave(session.agentId, { state: "dead", source: "process", reason }, (record) => this.#end(record));
		});
		await Promise.all(endings);
		for (const retry of this.#retries) clearTimeout(retry);
	}

	#leave(agentId: string, leaving: Leaving, end: (record: SessionRecord) => Promise<void>): Promise<Session | null> {
		return this.#inTurn(agentId, async () => {
			this.#parts.agents.record(agentId);
			const record = this.#live(agentId);
			if (!record) return this.#parts.sessions.get(agentId);
			this.#leaving.set(agentId, leaving);
			try {
				await end(record);
				// Most often the terminal has told the end by now; a backend that forgot the session at once may not have.
				this.#ended(agentId, { exitCode: null, exitSignal: null, reason: leaving.reason });
				return this.#parts.sessions.get(agentId);
			} finally {
				this.#leaving.delete(agentId);
			}
		});
	}

	async #startNow(agentId: string, size: { cols: number; rows: number }): Promise<void> {
		const { agents, sessions, terminals, log } = this.#parts;
		const record = agents.record(agentId);
		const launch = await this.#parts.prepare(agentId);
		const there = await this.#inTheWay(record.sessionName, launch.backend);
		// Its record was lost; it is this agent's, and it runs.
		if (there?.agentId === agentId) return adoptSession(this.#parts, agentId, { backend: launch.backend, session: there });
		if (there) {
			const whose = `A session named ${record.sessionName} that is not ${record.name}'s runs under ${launch.backend.name}`;
			throw new ClawmuxError("conflict", `${whose}. End it, then start ${record.name} again.`);
		}
		const startedAt = Date.now();
		const session: SessionRecord = {
			agentId,
			sessionId: record.sessionName,
			backend: launch.backend.name,
			program: launch.program.name,
			argv: launch.argv,
			workDir: launch.workDir,
			pid: null,
			resumeId: launch.resumeId,
			secret: launch.secret,
			live: true,
			startedAt,
			endedAt: null,
			exitCode: null,
			endReason: null,
		};
		// Stored before it exists, so that a hub that dies between the two finds it again and knows its secret.
		sessions.save(session);
		agents.setState(agentId, "starting", { source: "process", at: startedAt, reason: `started ${launch.program.displayName}` });
		let made: BackendSession | null = null;
		try {
			made = await launch.backend.create({
				sessionId: session.sessionId,
				agentId,
				argv: launch.argv,
				workDir: launch.workDir,
				env: launch.env,
				...size,
			});
			await terminals.open(agentId, session.sessionId, launch.backend);
			// Announced with its pid once it can be attached to; a program that was quick has ended by now.
			if (this.#live(agentId)) sessions.save({ ...session, pid: made.pid });
		} catch (thrown) {
			const error = toClawmuxError(thrown);
			log.error("a session could not be started", { agentId, error });
			// Only what this start has made: a session that was there before is somebody's.
			if (made)
				await launch.backend
					.kill(session.sessionId)
					.catch((cause) => log.warn("a half-made session could not be removed", { agentId, cause }));
			this.#finish(
				agentId,
				"dead",
				{ source: "process", reason: error.message },
				{ exitCode: null, exitSignal: null, reason: error.message },
			);
			throw error;
		}
		if (launch.resumeId !== null) agents.setResumeId(agentId, launch.resumeId);
		if (!launch.program.reportsState && this.#live(agentId)) {
			agents.setState(agentId, "running", {
				source: "process",
				at: Date.now(),
				reason: `${launch.program.displayName} runs; it reports no state`,
			});
		}
		agents.announce(agentId);
	}

	/** A running session of the name that a new one is to have. What an ended one left there is removed. */
	async #inTheWay(sessionId: string, backend: SessionBackend): Promise<BackendSession | undefined> {
		if (!(await backend.exists(sessionId))) return undefined;
		const there = (await backend.list()).find((session) => session.sessionId === sessionId);
		if (there?.live) return there;
		if (there) await backend.kill(sessionId);
		return undefined;
	}

	/** A session ended: by itself, from outside, or because it was told to. */
	#ended(agentId: string, end: SessionEnd): void {
		try {
			this.#recordEnd(agentId, end);
		} catch (error) {
			// A full disk, most likely: the end has to be told, if later.
			this.#parts.log.error("the end of a session could not be stored; trying again", { agentId, error });
			const retry = setTimeout(() => {
				this.#retries.delete(retry);
				this.#ended(agentId, end);
			}, retryMs);
			this.#retries.add(retry);
		}
	}

	#recordEnd(agentId: string, end: SessionEnd): void {
		const record = this.#live(agentId);
		if (!record) return;
		const leaving = this.#leaving.get(agentId);
		if (leaving) {
			this.#finish(
				agentId,
				leaving.state,
				{ source: leaving.source, reason: leaving.reason },
				{ ...end, reason: leaving.reason },
			);
			return;
		}
		this.#finish(agentId, end.exitCode === null ? "dead" : "exited", { source: "process", reason: end.reason }, end);
		void this.#inTurn(agentId, () => this.#clear(record)).catch((error) =>
			this.#parts.log.warn("an ended session could not be cleared away", { agentId, error }),
		);
	}

	/** Removes what the backend kept of an ended session, unless a new one has its name by now. */
	async #clear(record: Session): Promise<void> {
		const now = this.#live(record.agentId);
		if (now && now.startedAt !== record.startedAt) return;
		await this.#backend(record).kill(record.sessionId);
	}

	#finish(agentId: string, state: AgentState, evidence: Omit<Evidence, "at">, end: SessionEnd): Session | null {
		const record = this.#live(agentId);
		if (!record) return this.#parts.sessions.get(agentId);
		const at = Date.now();
		const session = this.#parts.sessions.save({
			...record,
			live: false,
			endedAt: at,
			exitCode: end.exitCode,
			endReason: end.reason,
		});
		this.#parts.agents.setState(agentId, state, { ...evidence, at });
		return session;
	}

	#live(agentId: string): SessionRecord | undefined {
		return this.#parts.sessions.live(agentId);
	}

	#mustLive(agentId: string): SessionRecord {
		const { name } = this.#parts.agents.record(agentId);
		const record = this.#live(agentId);
		if (!record) throw new ClawmuxError("closed", `${name} has no running session. Start it first.`);
		return record;
	}

	/** @throws ClawmuxError `not_found` when the agent was removed meanwhile. */
	#session(agentId: string): Session {
		const session = this.#parts.sessions.get(agentId);
		if (!session) throw new ClawmuxError("not_found", `The agent ${agentId} has no session any more.`);
		return session;
	}

	async #end(record: SessionRecord): Promise<void> {
		await this.#backend(record).kill(record.sessionId);
	}

	#backend(session: Pick<Session, "backend">): SessionBackend {
		return this.#parts.backends.get(session.backend);
	}

	/** Runs `work` after everything that was asked of this agent before. */
	#inTurn<T>(agentId: string, work: () => Promise<T>): Promise<T> {
		const before = this.#turns.get(agentId) ?? Promise.resolve();
		const turn = before.then(work, work);
		const settled = turn.catch(() => undefined);
		this.#turns.set(agentId, settled);
		void settled.then(() => {
			if (this.#turns.get(agentId) === settled) this.#turns.delete(agentId);
		});
		return turn;
	}
}
