import { wholeCharacters } from "./whole-characters.ts";

const smallestBytes = 64 * 1024;

/** The recent output of one session, addressed by absolute offset. */
export class Tail {
	readonly capacity: number;
	/** Bytes of output so far: the offset of the next byte. */
	end = 0;
	#ring: Uint8Array;
	#dropped = false;
	#from = 0;

	/** @param capacity bytes kept at most. Memory grows to it by doubling, so that a quiet session stays small. */
	constructor(capacity = 4 * 1024 * 1024) {
		this.capacity = capacity;
		this.#ring = new Uint8Array(Math.min(capacity, smallestBytes));
	}

	/** The oldest byte that can still be read. */
	get start(): number {
		return Math.max(this.#from, this.end - this.#ring.byteLength);
	}

	/** Lets go of everything so far, and of the memory: for output that nothing follows and that is kept otherwise. */
	drop(): void {
		this.#from = this.end;
		this.#dropped = true;
		this.#ring = new Uint8Array(Math.min(this.capacity, smallestBytes));
	}

	/** Copies the bytes in; the caller may reuse its buffer. */
	append(bytes: Uint8Array): void {
		if (bytes.byteLength === 0) return;
		this.#growFor(bytes.byteLength);
		const ring = this.#ring;
		const size = ring.byteLength;
		const kept = bytes.byteLength > size ? bytes.subarray(bytes.byteLength - size) : bytes;
		const at = (this.end + bytes.byteLength - kept.byteLength) % size;
		const first = Math.min(kept.byteLength, size - at);
		ring.set(first === kept.byteLength ? kept : kept.subarray(0, first), at);
		if (first < kept.byteLength) ring.set(kept.subarray(first), 0);
		this.end += bytes.byteLength;
	}

	/**
	 * Bytes from `from` on, at least one unless `from` is the end: a view that the next append may overwrite, so it is to be
	 * used or copied at once. It is shorter than asked for where the ring turns over: ask again from where it stopped.
	 * @throws RangeError when `from` is not between `start` and `end`: the caller has fallen off and must not go on.
	 */
	slice(from: number, maxBytes: number): Uint8Array {
		if (from < this.start || from > this.end)
			throw new RangeError(`Offset ${from} is outside the tail, which has ${this.start} to ${this.end}.`);
		const size = this.#ring.byteLength;
		const at = from % size;
		return this.#ring.subarray(at, at + Math.min(maxBytes, this.end - from, size - at));
	}

	/**
	 * As `slice`, but cuts no UTF-8 character: a character of which a part is still to come is left for later, so that the
	 * answer may be empty before the end. `final` says that nothing is to come. `maxBytes` is at least 8.
	 */
	characters(from: number, maxBytes: number, final = false): Uint8Array {
		let bytes = this.slice(from, maxBytes);
		if (bytes.byteLength < 4 && from + bytes.byteLength < this.end)
			bytes = Buffer.concat([bytes, this.slice(from + bytes.byteLength, maxBytes - bytes.byteLength)]); // where the ring turns over
		if (final && from + bytes.byteLength === this.end) return bytes;
		return bytes.subarray(0, wholeCharacters(bytes));
	}

	/** While the ring has not turned over, the end is where its free space begins, so growing is one copy. */
	#growFor(more: number): void {
		const size = this.#ring.byteLength;
		if (this.#dropped || size === this.capacity || this.end + more <= size) return;
		let wanted = size;
		while (wanted < this.end + more && wanted < this.capacity) wanted *= 2;
		const larger = new Uint8Array(Math.min(wanted, this.capacity));
		larger.set(this.#ring.subarray(0, this.end));
		this.#ring = larger;
	}
}
