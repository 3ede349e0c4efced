import { write } from "node:fs";

/** Waiting time for a program that does not read: short at first, then seldom enough to cost nothing. */
const firstWaitMs = 1;
const longestWaitMs = 50;

/**
 * Writes to a pty's master in order and completely. The master does not block: what the program does not take yet is
 * tried again after a pause (node-pty's own writer spins on it), and nothing is held in a thread.
 */
export class PtyWriter {
	readonly #fd: number;
	#queue: Uint8Array[] = [];
	#busy = false;
	#waitMs = firstWaitMs;
	#timer: NodeJS.Timeout | null = null;
	#closed = false;
	#idle: (() => void)[] = [];

	constructor(fd: number) {
		this.#fd = fd;
	}

	push(bytes: Uint8Array): void {
		if (this.#closed || bytes.byteLength === 0) return;
		// A copy: the caller may use its memory again.
		this.#queue.push(Uint8Array.from(bytes));
		this.#next();
	}

	/** Drops what was not taken; resolves when no write is under way, so that the descriptor may be closed. */
	async close(): Promise<void> {
		this.#closed = true;
		this.#queue = [];
		if (this.#timer) clearTimeout(this.#timer);
		if (this.#busy) await new Promise<void>((resolve) => this.#idle.push(resolve));
	}

	#next(): void {
		const bytes = this.#queue[0];
		if (this.#busy || this.#timer || this.#closed || !bytes) return;
		this.#busy = true;
		write(this.#fd, bytes, (error, written) => {
			this.#busy = false;
			for (const resolve of this.#idle.splice(0)) resolve();
			if (this.#closed) return;
			if (error && error.code !== "EAGAIN") {
				// The program is gone (EIO); its end is told by whoever reads.
				this.#queue = [];
				return;
			}
			if (error || written === 0) {
				this.#timer = setTimeout(() => {
					this.#timer = null;
					this.#next();
				}, this.#waitMs);
				this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
				return;
			}
			this.#waitMs = firstWaitMs;
			if (written === bytes.byteLength) this.#queue.shift();
			else this.#queue[0] = bytes.subarray(written);
			this.#next();
		});
	}
}
