/** What a viewer's empty terminal of this size is to be painted with, and the offset from which output goes on. */
export interface Snapshot {
	readonly offset: number;
	readonly cols: number;
	readonly rows: number;
	readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** The screen as its painting needs it. */
interface PaintedScreen {
	readonly offset: number;
	/** True while there is more to do before a picture of the output before `target` can be painted. */
	advance(target: number): boolean;
	paint(): { size: { cols: number; rows: number }; pieces: Generator<string, void> };
}

/** Brings the screen up to the output there was, holds it there, and paints it, a step at a time. */
export class SnapshotJob {
	readonly done: Promise<Snapshot>;
	readonly #screen: PaintedScreen;
	readonly #target: number;
	readonly #finished: () => void;
	#resolve: (snapshot: Snapshot) => void = () => undefined;
	#reject: (error: unknown) => void = () => undefined;
	#painting: ReturnType<PaintedScreen["paint"]> | undefined;
	#offset = 0;
	readonly #bytes: Uint8Array[] = [];

	constructor(screen: PaintedScreen, target: number, finished: () => void) {
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
