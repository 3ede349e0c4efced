import { createHash, timingSafeEqual } from "node:crypto";

/** Something that has to be known to be let in; comparing takes the same time whatever is offered, and of any length. */
export class Secret {
	readonly #hash: Buffer;

	constructor(value: string) {
		this.#hash = hash(value);
	}

	matches(offered: string): boolean {
		return timingSafeEqual(this.#hash, hash(offered));
	}
}

function hash(value: string): Buffer {
	return createHash("sha256").update(value).digest();
}
