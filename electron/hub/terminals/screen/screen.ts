import type { Tail } from "../tail.ts";
import { wholeCharacters } from "../whole-characters.ts";
import { scanModes } from "./mode-scan.ts";
import { ScreenModel } from "./screen-model.ts";
import type { ScreenScheduler } from "./screen-scheduler.ts";
import { type Snapshot, SnapshotJob } from "./snapshot-job.ts";

/** One step of parsing: a millisecond or two. */
const stepBytes = 32 * 1024;

/** A screen at which nobody has looked for so long rests. */
const restAfterMs = 60_000;

/** A picture larger than this saves too little over the terminal it is of. Full histories have 1 MB, coloured ones 3. */
const largestPictureBytes = 8 * 1024 * 1024;

/** How far a resting screen lets the output run ahead of its picture, of the tail's capacity: well before it must jump. */
const restingLag = 0.5;

const encoder = new TextEncoder();

/** What a resting screen is made from again: the picture, and what the next character may combine with. */
interface Rest {
	readonly picture: Snapshot;
	readonly joining: number;
}

/** What one step parses of these bytes. */
function firstOf(bytes: Uint8Array): Uint8Array {
	return bytes.subarray(0, wholeCharacters(bytes.subarray(0, stepBytes)) || stepBytes);
}

/**
 * What a session's terminal shows, followed lazily behind the tail. When output comes faster than there is time to parse
 * it, the screen jumps to the last half of the tail: it keeps the modes, and everything shown after the jump is right once
 * that half held a full history or a full redraw.
 *
 * When nobody has looked for a while it rests: only its picture is kept, a twentieth of the memory, and the output that
 * follows stays in the tail until somebody looks or it has become much.
 */
export class Screen {
	readonly #tail: Tail;
	readonly #scheduler: ScreenScheduler;
	readonly #restAfterMs: number;
	readonly #onRest: () => void;
	/** Undefined while the screen rests. */
	#model: ScreenModel | undefined;
	#rest: Rest | undefined;
	/** What is left of the picture that the terminal is being made from, when it is. */
	#repaint: Uint8Array | undefined;
	/** What comes before the next output: the source's own first picture, or the modes after a jump. */
	#lead: Uint8Array;
	#resizes: { at: number; cols: number; rows: number }[] = [];
	#offset = 0;
	#job: SnapshotJob | undefined;
	#watched = false;
	#finished = false;
	/** Nobody has looked for long enough. */
	#mayRest = false;
	#restTimer: NodeJS.Timeout | undefined;
	#disposed = false;

	/**
	 * @param options.lead bytes that belong before offset 0
	 * @param options.restAfterMs how long nobody has to look; a minute unless told
	 * @param options.onRest called each time the screen has come to rest
	 */
	constructor(options: {
		tail: Tail;
		scheduler: ScreenScheduler;
		cols: number;
		rows: number;
		lead: Uint8Array;
		restAfterMs?: number | undefined;
		onRest?: () => void;
	}) {
		this.#tail = options.tail;
		this.#scheduler = options.scheduler;
		this.#restAfterMs = options.restAfterMs ?? restAfterMs;
		this.#onRest = options.onRest ?? (() => undefined);
		this.#model = new ScreenModel(options.cols, options.rows);
		this.#lead = options.lead;
		if (this.#lead.byteLength > 0) this.#scheduler.later(this);
		this.unwatch();
	}

	/** Somebody looks: the screen stays awake. */
	watch(): void {
		this.#watched = true;
		this.#mayRest = false;
		clearTimeout(this.#restTimer);
	}

	/** Nobody looks any more. */
	unwatch(): void {
		this.#watched = false;
		this.#restSoon();
	}

	/** No output follows: what is still in the tail goes into the picture when the screen rests. */
	finish(): void {
		this.#finished = true;
		if (!this.#watched) this.#restSoon();
	}

	get isResting(): boolean {
		return this.#model === undefined;
	}

	/** The output that the screen has parsed. */
	get offset(): number {
		return this.#offset;
	}

	/** To be called after each append to the tail, whose next append must not drop what this screen has yet to parse. */
	appended(): void {
		const behind = this.#tail.end - this.#offset;
		if (behind > this.#tail.capacity * 0.75) this.#jump(this.#tail.end - this.#tail.capacity / 2);
		if (!this.#job && (this.#model || behind > this.#tail.capacity * restingLag)) this.#scheduler.later(this);
	}

	/**
	 * Takes effect between the output so far and the output to come, when that comes or a picture is asked for: a full history
	 * takes up to a quarter of a second, and while somebody drags a window's edge only the last size counts.
	 */
	resize(cols: number, rows: number): void {
		const at = this.#tail.end;
		if (this.#resizes.at(-1)?.at === at) this.#resizes.pop();
		this.#resizes.push({ at, cols, rows });
	}

	/** Paints the screen as it is after the output so far. Whoever asks meanwhile gets the same picture. */
	snapshot(): Promise<Snapshot> {
		if (!this.#job) {
			const rest = this.#model ? undefined : this.#rest;
			if (rest && this.#offset === this.#tail.end && rest.picture.offset === this.#offset && this.#resizes.length === 0)
				return Promise.resolve(rest.picture);
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
		if (this.#disposed) return false;
		if (this.#advance(this.#tail.end, false)) return true;
		if (this.#mayRest && this.#model?.isPaintable) this.#goToRest();
		return false;
	}

	/** Parses one piece, not beyond `target`, or resizes. True while there is more to do before a picture can be painted. */
	advance(target: number): boolean {
		return this.#advance(target, true);
	}

	paint(): { size: { cols: number; rows: number }; pieces: Generator<string, void> } {
		const model = this.#awake();
		return { size: model.size, pieces: model.paint() };
	}

	dispose(): void {
		this.#disposed = true;
		this.#scheduler.remove(this);
		if (this.#job) this.#scheduler.remove(this.#job);
		clearTimeout(this.#restTimer);
		this.#model?.dispose();
	}

	#advance(target: number, forPicture: boolean): boolean {
		const model = this.#awake();
		if (this.#repaint) {
			const piece = firstOf(this.#repaint);
			model.parse(piece);
			this.#repaint = this.#repaint.subarray(piece.byteLength);
			if (this.#repaint.byteLength === 0) {
				this.#repaint = undefined;
				model.joining = this.#rest?.joining ?? 0;
				this.#rest = undefined;
			}
			return true;
		}
		if (this.#lead.byteLength > 0) {
			const piece = firstOf(this.#lead);
			model.parse(piece);
			this.#lead = this.#lead.subarray(piece.byteLength);
			return true;
		}
		const [resize] = this.#resizes;
		if (resize && resize.at <= this.#offset && (forPicture || target > this.#offset)) {
			this.#resizes.shift();
			model.resize(resize.cols, resize.rows);
			return true;
		}
		const until = Math.min(target, resize?.at ?? target, this.#offset + stepBytes);
		if (until <= this.#offset) return false;
		const piece = this.#tail.characters(this.#offset, Math.max(8, until - this.#offset));
		if (piece.byteLength === 0) return false;
		this.#offset += piece.byteLength;
		model.parse(piece);
		return this.#offset < target || (forPicture && this.#resizes.length > 0);
	}

	#awake(): ScreenModel {
		if (!this.#model) {
			const { cols, rows, bytes } = (this.#rest as Rest).picture;
			this.#model = new ScreenModel(cols, rows);
			this.#repaint = bytes;
		}
		return this.#model;
	}

	#restSoon(): void {
		clearTimeout(this.#restTimer);
		if (this.#disposed) return;
		this.#restTimer = setTimeout(() => {
			this.#mayRest = true;
			const hasWork = this.#model || (this.#finished && this.#offset < this.#tail.end);
			if (hasWork && !this.#job) this.#scheduler.later(this);
		}, this.#restAfterMs).unref();
	}

	#goToRest(): void {
		this.snapshot().then(
			(picture) => this.#keepOnly(picture),
			// The terminal stays, and whoever looks is told what is wrong with it.
			() => this.#restSoon(),
		);
	}

	#keepOnly(picture: Snapshot): void {
		const model = this.#model;
		if (!model || this.#watched || this.#disposed || this.#job) return;
		this.#mayRest = false;
		const { cols, rows } = model.size;
		const isWhole = picture.offset === this.#offset && picture.cols === cols && picture.rows === rows && model.isPaintable;
		if (!isWhole || picture.bytes.byteLength > largestPictureBytes) {
			this.#restSoon();
			return;
		}
		this.#mayRest = true;
		this.#rest = { picture, joining: model.joining };
		this.#model = undefined;
		this.#scheduler.remove(this);
		model.dispose();
		this.#onRest();
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
