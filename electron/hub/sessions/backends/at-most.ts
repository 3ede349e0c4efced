/** Lets so many pieces of work run at once; the others wait in the order they came. */
export class AtMost {
	readonly #most: number;
	readonly #waiting: (() => void)[] = [];
	#running = 0;

	constructor(most: number) {
		this.#most = most;
	}

	async run<T>(work: () => Promise<T>): Promise<T> {
		// Whoever ends hands its place on, so that nobody who comes meanwhile takes it.
		if (this.#running < this.#most) this.#running += 1;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.#waiting.shift();
			if (next) next();
			else this.#running -= 1;
		}
	}
}
