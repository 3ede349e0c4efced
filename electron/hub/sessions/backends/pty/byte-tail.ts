import { TerminalModes } from "../terminal-modes.ts";

/** More pieces than this are joined: keystroke echo comes in pieces of a few bytes. */
const mostPieces = 1024;

/** The last bytes a program printed, in bounded memory, and the modes set by what was dropped before them. */
export class ByteTail {
	readonly before = new TerminalModes();
	#mostBytes: number;
	#pieces: Buffer[] = [];
	#bytes = 0;
	#cut = false;

	constructor(mostBytes: number) {
		this.#mostBytes = mostBytes;
	}

	/** The first byte was dropped. */
	get cut(): boolean {
		return this.#cut;
	}

	push(piece: Buffer): void {
		this.#pieces.push(piece);
		this.#bytes += piece.length;
		this.#trim();
	}

	/** From now on keeps so much. */
	limit(mostBytes: number): void {
		this.#mostBytes = mostBytes;
		this.#trim();
	}

	#trim(): void {
		while (this.#bytes > this.#mostBytes && this.#pieces.length > 1) {
			const dropped = this.#pieces.shift();
			if (!dropped) break;
			this.#bytes -= dropped.length;
			this.#cut = true;
			this.before.feed(dropped);
		}
		if (this.#pieces.length > mostPieces) this.#pieces = [Buffer.concat(this.#pieces)];
	}

	/** From a line's start where the beginning was dropped: what precedes it may be half a sequence. */
	bytes(): Buffer {
		const all = Buffer.concat(this.#pieces);
		if (!this.#cut) return all;
		return all.subarray(all.indexOf(0x0a) + 1);
	}
}
