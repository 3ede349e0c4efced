import { performance } from "node:perf_hooks";

/** Anything that works in small steps. A step takes about a millisecond and says whether there is more to do. */
export interface Steps {
	step(): boolean;
}

/** How long steps may hold the event loop. */
const sliceMs = 4;
/** How long background work pauses after a slice: 4 of 20 ms, a fifth of the loop, whatever the number of sessions. */
const pauseMs = 16;

/**
 * Shares the event loop's time among all screens: round robin, in slices of a few milliseconds, so that parsing never holds
 * up the reading of output. What somebody waits for goes first and pauses only for whatever else is due.
 */
export class ScreenScheduler {
	readonly #wanted = new Set<Steps>();
	readonly #background = new Set<Steps>();
	#timer: NodeJS.Timeout | undefined;
	#immediate: NodeJS.Immediate | undefined;

	/** Does the work when there is time. Calling it again changes nothing. */
	later(steps: Steps): void {
		this.#background.add(steps);
		if (!this.#immediate && !this.#timer) this.#timer = setTimeout(() => this.#slice(), pauseMs);
	}

	/** Does the work as soon as the event loop has served whatever is due. */
	soon(steps: Steps): void {
		this.#wanted.add(steps);
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#immediate ??= setImmediate(() => this.#slice());
	}

	remove(steps: Steps): void {
		this.#wanted.delete(steps);
		this.#background.delete(steps);
	}

	dispose(): void {
		this.#wanted.clear();
		this.#background.clear();
		clearTimeout(this.#timer);
		clearImmediate(this.#immediate);
	}

	#slice(): void {
		this.#timer = this.#immediate = undefined;
		const until = performance.now() + sliceMs;
		do {
			const queue = this.#wanted.size > 0 ? this.#wanted : this.#background;
			const [next] = queue;
			if (!next) break;
			queue.delete(next);
			if (next.step()) queue.add(next); // at the end: the others come first
		} while (performance.now() < until);
		if (this.#wanted.size > 0) this.#immediate = setImmediate(() => this.#slice());
		else if (this.#background.size > 0) this.#timer = setTimeout(() => this.#slice(), pauseMs);
	}
}
