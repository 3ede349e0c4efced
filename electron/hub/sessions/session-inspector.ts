import type { AgentState } from "../../../shared/contract/agents.ts";
import type { AgentRegistry } from "../agents/agent-registry.ts";
import type { Log } from "../log.ts";
import type { Program } from "../programs/program.ts";
import type { ProgramRegistry } from "../programs/program-registry.ts";
import type { SessionRecord } from "../state/session-repository.ts";
import type { SessionStore } from "./session-store.ts";

export interface InspectorParts {
	agents: AgentRegistry;
	sessions: SessionStore;
	programs: ProgramRegistry;
	/** The environment that sessions inherit; it says where programs keep their records. */
	env: NodeJS.ProcessEnv;
	log: Log;
}

const intervalMs = 1000;

/** An idle agent leaves that state by a prompt, which is a hook; all others may end without one. */
const watchedStates: ReadonlySet<AgentState> = new Set(["starting", "working", "waiting", "unknown"]);

/** In these states nothing is known that an older record could contradict. */
const blankStates: ReadonlySet<AgentState> = new Set(["starting", "unknown"]);

/**
 * Asks programs' own records about what hooks do not tell: a turn cancelled by Escape, a question answered with yes, and
 * whatever happened while no hub ran. Its timer runs only while some agent is in a state that may end so.
 */
export class SessionInspector {
	readonly #parts: InspectorParts;
	#timer: NodeJS.Timeout | null = null;
	#closed = false;

	constructor(parts: InspectorParts) {
		this.#parts = parts;
	}

	/** To be called after any agent's change, and once after the sessions were adopted. */
	wake(): void {
		if (this.#closed || this.#timer !== null || this.#watched().length === 0) return;
		this.#timer = setTimeout(() => {
			this.inspect()
				.catch((error) => this.#parts.log.warn("programs' own records could not be read", { error }))
				.finally(() => {
					this.#timer = null;
					this.wake();
				});
		}, intervalMs);
		this.#timer.unref();
	}

	/** Looks at every watched session once. */
	async inspect(): Promise<void> {
		await Promise.all(this.#watched().map(({ session, program }) => this.#inspectOne(session, program)));
	}

	close(): void {
		this.#closed = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
	}

	#watched(): { session: SessionRecord; program: Program }[] {
		const { agents, sessions, programs } = this.#parts;
		return agents.records().flatMap(({ id, state }) => {
			const session = watchedStates.has(state) ? sessions.live(id) : undefined;
			const program = session && programs.get(session.program);
			return session?.resumeId != null && program?.inspect ? [{ session, program }] : [];
		});
	}

	async #inspectOne(session: SessionRecord, program: Program): Promise<void> {
		const { agents, sessions, env } = this.#parts;
		const { agentId, resumeId } = session;
		if (resumeId === null) return;
		const found = await program.inspect?.({ resumeId, env });
		// Meanwhile the session may have ended, and the hooks may have told more.
		if (!found || this.#closed || sessions.live(agentId)?.resumeId !== resumeId) return;
		const { state, evidence } = agents.record(agentId);
		if (found.state === state || !watchedStates.has(state)) return;
		if (!blankStates.has(state) && found.at <= evidence.at) return;
		agents.setState(agentId, found.state, { source: "registry", at: found.at, reason: found.reason });
	}
}
