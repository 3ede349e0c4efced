/** A page that crashes is loaded again so many times within so long; one that crashes at every start must not spin. */
const reloads = 3;
const withinMs = 10 * 60_000;

/** Counts the automatic reloads of one window. */
export class ReloadBudget {
	readonly #now: () => number;
	#spentAt: number[] = [];

	/** @param now a clock in ms that never goes back */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** Takes one reload; false when there is none left. */
	take(): boolean {
		const now = this.#now();
		this.#spentAt = this.#spentAt.filter((at) => now - at < withinMs);
		if (this.#spentAt.length >= reloads) return false;
		this.#spentAt.push(now);
		return true;
	}

	/** A person asked for the reload: the count begins anew. */
	reset(): void {
		this.#spentAt = [];
	}
}
