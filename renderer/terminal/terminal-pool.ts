import type { TerminalLook } from "./terminal-look.ts";
import type { TerminalRouter } from "./terminal-router.ts";
import { TerminalView, type WindowEvents } from "./terminal-view.ts";

/** Terminals kept out of sight. They stream nothing and come back at once; each holds up to 10,000 lines in memory. */
const keptTerminals = 4;

/** The terminals of this window: those on the screen, and the few that were there last. */
export class TerminalPool {
	readonly #router: TerminalRouter;
	readonly #events: WindowEvents;
	/** The least recently shown first. */
	readonly #views = new Map<string, TerminalView>();
	readonly #mounted = new Set<string>();
	#look: TerminalLook;

	constructor(router: TerminalRouter, look: TerminalLook, events: WindowEvents) {
		this.#router = router;
		this.#look = look;
		this.#events = events;
	}

	/** The agent's terminal, from before where it was kept. Every `show` is ended by a `hide`. */
	show(agentId: string): TerminalView {
		const view = this.#views.get(agentId) ?? new TerminalView(agentId, this.#router, this.#look, this.#events);
		this.#views.delete(agentId);
		this.#views.set(agentId, view);
		this.#mounted.add(agentId);
		return view;
	}

	hide(agentId: string): void {
		this.#views.get(agentId)?.unmount();
		this.#mounted.delete(agentId);
		const hidden = [...this.#views.keys()].filter((id) => !this.#mounted.has(id));
		for (const id of hidden.slice(0, Math.max(0, hidden.length - keptTerminals))) this.#forget(id);
	}

	setLook(look: TerminalLook): void {
		this.#look = look;
		for (const view of this.#views.values()) view.setLook(look);
	}

	/** The window has the attention of a person again. */
	lookedAt(): void {
		for (const id of this.#mounted) this.#views.get(id)?.lookedAt();
	}

	#forget(agentId: string): void {
		this.#views.get(agentId)?.dispose();
		this.#views.delete(agentId);
	}
}
