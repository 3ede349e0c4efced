import type { Log } from "../../log.ts";

/** Refusals of one kind are logged once and then counted for this long, in ms. */
const windowMs = 60_000;

/** Kinds told apart within a window; the rest is counted together. */
const kindsKept = 50;

/**
 * Logs what the server refused. A flood of refusals writes two lines a minute and kind: the first as it comes, and how
 * many more there were.
 */
export class RefusalLog {
	readonly #log: Log;
	readonly #more = new Map<string, number>();
	#timer: NodeJS.Timeout | undefined;

	constructor(log: Log) {
		this.#log = log;
	}

	/** @param kind a sentence, one of few; text from outside goes into the fields */
	note(kind: string, fields: Record<string, unknown> = {}): void {
		const key = this.#more.has(kind) || this.#more.size < kindsKept ? kind : "Refused for other reasons.";
		const more = this.#more.get(key);
		this.#more.set(key, more === undefined ? 0 : more + 1);
		if (more === undefined) this.#log.warn(`Refused: ${key}`, fields);
		this.#timer ??= setTimeout(() => this.flush(), windowMs).unref();
	}

	/** Logs the counts so far and starts over. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		for (const [kind, more] of this.#more) if (more > 0) this.#log.warn(`Refused ${more} more: ${kind}`);
		this.#more.clear();
	}
}
