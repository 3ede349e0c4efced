import type { Log } from "./log.ts";

/**
 * What has to be closed when the hub ends, or when it cannot start after all: each part in the reverse order of its making.
 * A part that fails to close is logged and keeps none of the others from closing.
 */
export class Closing {
	readonly #parts: { name: string; close: () => unknown }[] = [];
	readonly #log: Log;
	#closed: Promise<void> | null = null;

	constructor(log: Log) {
		this.#log = log;
	}

	add(name: string, close: () => unknown): void {
		this.#parts.push({ name, close });
	}

	/** Closes everything. Idempotent, and never rejects. */
	close(): Promise<void> {
		this.#closed ??= this.#closeAll();
		return this.#closed;
	}

	async #closeAll(): Promise<void> {
		for (const { name, close } of this.#parts.reverse()) {
			try {
				await close();
			} catch (error) {
				this.#log.error(`${name} did not close`, { error });
			}
		}
		this.#log.info("the hub has ended");
	}
}
