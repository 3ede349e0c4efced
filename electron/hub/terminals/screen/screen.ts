import type { Terminal } from "@xterm/headless";
import type { Tail } from "../tail.ts";
import { wholeCharacters } from "../whole-characters.ts";
import { KeyboardModes } from "./keyboard-modes.ts";
import { scanModes } from "./mode-scan.ts";
import { paint } from "./paint.ts";
import type { ScreenScheduler } from "./screen-scheduler.ts";
import { type Cell, coreOf, createXterm, emptyCell, type XtermCore } from "./xterm-core.ts";

/** What a viewer's empty terminal of this size is to be painted with, and the offset from which output goes on. */
export interface Snapshot {
	readonly offset: number;
	readonly cols: number;
	readonly rows: number;
	readonly bytes: Uint8Array;
}

/** One step of parsing: a millisecond or two. */
const stepBytes = 32 * 1024;

const encoder = new TextEncoder();

/**
 * What a session's terminal shows, followed lazily behind the tail. When output comes faster than there is time to parse
 * it, the screen jumps to the last half of the tail: it keeps the modes, and everything shown after the jump is right once
 * that half held a full history or a full redraw.
 */
export class Screen {
	readonly #tail: Tail;
	readonly #scheduler: ScreenScheduler;
	readonly #terminal: Terminal;
	readonly #core: XtermCore;
	readonly #cell: Cell;
	readonly #keyboard: KeyboardModes;
	/** What comes before the next output: the source's own first picture, or the modes after a jump. */
	#lead: Uint8Array;
	#resizes: { at: number; cols: number; rows: number }[] = [];
	#offset = 0;
	#job: SnapshotJob | undefined;
	#disposed = false;

	/** @param lead bytes that belong before offset 0. */
	constructor(options: { tail: Tail; scheduler: ScreenScheduler; cols: number; rows: number; lead: Uint8Array }) {
		this.#tail = options.tail;
		this.#scheduler = options.scheduler;
		this.#terminal = createXterm(options.cols, options.rows);
		this.#core = coreOf(this.#terminal);
		this.#cell = emptyCell(this.#terminal);
		this.#keyboard = new KeyboardModes(this.#terminal);
		this.#lead = options.lead;
		if (this.#lead.byteLength > 0) this.#scheduler.later(this);
	}

	/** The output that the screen has parsed. */
	get offset(): number {
		return this.#offset;
	}

	/** To be called after each append to the tail, whose next append must not drop what this screen has yet to parse. */
	appended(): void {
		const behind = this.#tail.end - this.#offset;
		if (behind > this.#tail.capacity * 0.75) this.#jump(this.#tail.end - this.#tail.capacity / 2);
		if (!this.#job) this.#scheduler.later(this);
	}

	/** Takes effect between the output so far and the output to come. */
	resize(cols: number, rows: number): void {
		this.#resizes.push({ at: this.#tail.end, cols, rows });
		if (!this.#job) this.#scheduler.later(this);
	}

	/** Paints the screen as it is after the output so far. Whoever asks meanwhile gets the same picture. */
	snapshot(): Promise<Snapshot> {
		if (!this.#job) {
			this.#scheduler.remove(this);
			this.#job = new SnapshotJob(this, this.#tail.end, () => {
				this.#job = undefined;
				if (!this.#disposed) this.#scheduler.later(this);
			});
			this.#scheduler.soon(this.#job);
		}
		return this.#job.done;
	}

	/** Parses one piece. True while there is more. */
	step(): boolean {
		return !this.#disposed && this.advance(this.#tail.end);
	}

	/** Parses one piece, not beyond `target`. True while there is more before it. */
	advance(target: number): boolean {
		if (this.#lead.byteLength > 0) {
			const piece = this.#lead.subarray(0, wholeCharacters(this.#lead.subarray(0, stepBytes)) || stepBytes);
			this.#lead = this.#lead.subarray(piece.byteLength);
			this.#parse(piece);
			return true;
		}
		const [resize] = this.#resizes;
		if (resize && resize.at <= this.#offset) {
			this.#resizes.shift();
			this.#core.resize(resize.cols, resize.rows);
			return true;
		}
		const until = Math.min(target, resize?.at ?? target, this.#offset + stepBytes);
		if (until <= this.#offset) return false;
		const piece = this.#tail.characters(this.#offset, Math.max(8, until - this.#offset));
		if (piece.byteLength === 0) return false;
		this.#offset += piece.byteLength;
		this.#parse(piece);
		return this.#offset < target || this.#lead.byteLength > 0 || this.#resizes.length > 0;
	}

	paint(): { size: { cols: number; rows: number }; pieces: Generator<string, void> } {
		return {
			size: { cols: this.#core.cols, rows: this.#core.rows },
			pieces: paint(this.#core, this.#cell, this.#keyboard.sequences),
		};
	}

	dispose(): void {
		this.#disposed = true;
		this.#scheduler.remove(this);
		if (this.#job) this.#scheduler.remove(this.#job);
		this.#terminal.dispose();
	}

	#parse(bytes: Uint8Array): void {
		try {
			this.#core._inputHandler.parse(bytes);
		} catch {
			// Output is hostile input, and xterm.js throws on some (paint.test.ts). CAN ends whatever sequence it was in; the rest of
			// the piece, 32 KB at most, is missing from this picture and from nothing else.
			this.#core._inputHandler.parse("\x18");
		}
	}

	#jump(target: number): void {
		const to = this.#lineStart(Math.floor(target));
		// CAN and the resets end what the skipped output left open: a sequence, a style, a scroll region, a character set.
		const modes = scanModes(this.#tail, Math.max(this.#offset, this.#tail.start), to);
		const resets = encoder.encode(`\x18\x0f\x1b(B\x1b[0m\x1b[r\x1b[999;1H${modes}\r\n`);
		this.#lead = Buffer.concat([this.#lead, resets]);
		this.#offset = to;
	}

	/** A place near `from` where neither a character nor a sequence is likely to be cut. */
	#lineStart(from: number): number {
		const view = this.#tail.slice(from, 64 * 1024);
		return from + view.indexOf(10) + 1;
	}
}

/** Brings the screen up to the output there was, holds it there, and paints it, a step at a time. */
class SnapshotJob {
	readonly done: Promise<Snapshot>;
	readonly #screen: Screen;
	readonly #target: number;
	readonly #finished: () => void;
	#resolve: (snapshot: Snapshot) => void = () => undefined;
	#reject: (error: unknown) => void = () => undefined;
	#painting: ReturnType<Screen["paint"]> | undefined;
	#offset = 0;
	readonly #bytes: Uint8Array[] = [];

	constructor(screen: Screen, target: number, finished: () => void) {
		this.#screen = screen;
		this.#target = target;
		this.#finished = finished;
		this.done = new Promise((resolve, reject) => {
			this.#resolve = resolve;
			this.#reject = reject;
		});
	}

	step(): boolean {
		try {
			return this.#step();
		} catch (error) {
			this.#finished();
			this.#reject(error);
			return false;
		}
	}

	#step(): boolean {
		if (!this.#painting) {
			if (this.#screen.advance(this.#target)) return true;
			this.#painting = this.#screen.paint();
			this.#offset = this.#screen.offset;
		}
		const piece = this.#painting.pieces.next();
		if (!piece.done) {
			if (piece.value) this.#bytes.push(encoder.encode(piece.value));
			return true;
		}
		this.#finished();
		this.#resolve({ offset: this.#offset, ...this.#painting.size, bytes: Buffer.concat(this.#bytes) });
		return false;
	}
}
