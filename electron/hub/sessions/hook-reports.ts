import { ClawmuxError } from "../../../shared/errors.ts";
import type { AgentRegistry } from "../agents/agent-registry.ts";
import type { ProgramRegistry } from "../programs/program-registry.ts";
import type { SessionStore } from "./session-store.ts";

export interface HookRequest {
	agentId: string;
	secret: string;
	/** The program's own JSON, parsed and not yet trusted. */
	event: unknown;
}

/** Turns what programs report through their hooks into agents' states. */
export class HookReports {
	readonly #agents: AgentRegistry;
	readonly #sessions: SessionStore;
	readonly #programs: ProgramRegistry;

	constructor(agents: AgentRegistry, sessions: SessionStore, programs: ProgramRegistry) {
		this.#agents = agents;
		this.#sessions = sessions;
		this.#programs = programs;
	}

	/** @throws ClawmuxError `denied` when the secret is not that of the agent's live session. */
	receive({ agentId, secret, event }: HookRequest): void {
		const session = this.#sessions.live(agentId);
		if (!session || !this.#sessions.hasSecret(agentId, secret)) {
			throw new ClawmuxError("denied", "This hook does not belong to a running session of that agent.");
		}
		const reading = this.#programs.get(session.program).readHook(event);
		if (!reading) return;
		if (reading.resumeId !== undefined && reading.resumeId !== session.resumeId) {
			this.#sessions.save({ ...session, resumeId: reading.resumeId });
			this.#agents.setResumeId(agentId, reading.resumeId);
		}
		this.#agents.setState(agentId, reading.state, { source: "hook", at: Date.now(), reason: reading.reason });
	}
}
