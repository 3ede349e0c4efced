import type { HubEvent } from "../../shared/contract/hub.ts";

/**
 * Announces changes to any number of subscribers. Each event carries a whole object, so a subscriber that falls behind
 * needs only the newest one of each object: its queue is bounded by the number of objects, and nothing is lost.
 */
export class HubEvents {
	readonly #subscribers = new Set<Subscriber>();

	publish(event: HubEvent): void {
		for (const subscriber of this.#subscribers) subscriber.push(event);
	}

	/**
	 * Yields what `first` returns, then every later event, until the signal aborts. No event between the two is missed:
	 * the queue exists before `first` is called.
	 */
	async *subscribe(first: () => HubEvent, signal?: AbortSignal): AsyncGenerator<HubEvent, void, void> {
		const subscriber = new Subscriber();
		const stop = () => subscriber.end();
		this.#subscribers.add(subscriber);
		signal?.addEventListener("abort", stop, { once: true });
		try {
			yield first();
			if (signal?.aborted) return;
			for (let event = await subscriber.next(); event && !signal?.aborted; event = await subscriber.next()) yield event;
		} finally {
			signal?.removeEventListener("abort", stop);
			this.#subscribers.delete(subscriber);
		}
	}

	/** Ends every subscription. */
	close(): void {
		for (const subscriber of this.#subscribers) subscriber.end();
	}
}

/** The object an event is about; a removal and a change of the same object replace each other. */
function subjectOf(event: HubEvent): string {
	switch (event.type) {
		case "agents.changed":
			return `agent ${event.agent.id}`;
		case "agents.removed":
			return `agent ${event.id}`;
		case "projects.changed":
			return `project ${event.project.slug}`;
		case "projects.removed":
			return `project ${event.slug}`;
		case "sessions.changed":
			return `session ${event.session.agentId}`;
		case "sessions.removed":
			return `session ${event.agentId}`;
		default:
			return event.type;
	}
}

class Subscriber {
	readonly #waiting = new Map<string, HubEvent>();
	#wake: (() => void) | null = null;
	#ended = false;

	push(event: HubEvent): void {
		const subject = subjectOf(event);
		this.#waiting.delete(subject);
		this.#waiting.set(subject, event);
		this.#wake?.();
	}

	end(): void {
		this.#ended = true;
		this.#wake?.();
	}

	async next(): Promise<HubEvent | null> {
		while (!this.#ended) {
			const first = this.#waiting.entries().next();
			if (!first.done) {
				const [subject, event] = first.value;
				this.#waiting.delete(subject);
				return event;
			}
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
			this.#wake = null;
		}
		return null;
	}
}
