import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Session } from "../../../shared/contract/sessions.ts";
import type { HubEvents } from "../hub-events.ts";
import type { SessionRecord } from "../state/session-repository.ts";
import type { State } from "../state/state.ts";

/** The sessions of all agents, live and ended: memory and database change in one step, then the change is announced. */
export class SessionStore {
	readonly #records = new Map<string, SessionRecord>();
	readonly #state: State;
	readonly #events: HubEvents;

	constructor(state: State, events: HubEvents) {
		this.#state = state;
		this.#events = events;
		for (const record of state.sessions.all()) this.#records.set(record.agentId, record);
	}

	list(): Session[] {
		return [...this.#records.values()].map(shown);
	}

	/** An agent's session as it is shown, live or ended; null when it has had none. */
	get(agentId: string): Session | null {
		const record = this.#records.get(agentId);
		return record ? shown(record) : null;
	}

	find(agentId: string): SessionRecord | undefined {
		return this.#records.get(agentId);
	}

	live(agentId: string): SessionRecord | undefined {
		const record = this.#records.get(agentId);
		return record?.live ? record : undefined;
	}

	save(record: SessionRecord): Session {
		this.#state.sessions.save(record);
		this.#records.set(record.agentId, record);
		const session = shown(record);
		this.#events.publish({ type: "sessions.changed", session });
		return session;
	}

	remove(agentId: string): void {
		if (!this.#records.delete(agentId)) return;
		this.#state.sessions.remove(agentId);
		this.#events.publish({ type: "sessions.removed", agentId });
	}

	/** Whether a hook that claims to come from an agent's live session has that session's secret. */
	hasSecret(agentId: string, secret: string): boolean {
		const expected = this.live(agentId)?.secret;
		if (expected === undefined) return false;
		const [a, b] = [Buffer.from(expected), Buffer.from(secret)];
		return a.byteLength === b.byteLength && timingSafeEqual(a, b);
	}
}

/** 256 random bits by which a session's hooks are recognised. */
export function newSecret(): string {
	return randomBytes(32).toString("hex");
}

function shown({ secret: _, ...session }: SessionRecord): Session {
	return session;
}
