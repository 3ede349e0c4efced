import { decodeFrame, type Frame, type FrameLink } from "../../../shared/frames.ts";

/** What a terminal had received and drawn at some moment. */
export interface Drawn {
	/** Every byte of output before this offset is on the screen. */
	offset: number;
	/** Bytes of output that came as they were, since the link opened. */
	outputBytes: number;
	outputFrames: number;
	/** How often the terminal fell off the tail, or began, and was painted anew. */
	resets: number;
}

/**
 * A link that is listened to on its way: the viewer acknowledges what is drawn, so its own frames say how far the screen
 * is. Nothing in the viewer or the screen is changed to be measured.
 */
export class CountedLink implements FrameLink {
	readonly #link: FrameLink;
	readonly #listeners = new Set<(drawn: Drawn) => void>();
	readonly drawn: Drawn = { offset: 0, outputBytes: 0, outputFrames: 0, resets: 0 };
	/** Where output goes on once the picture on its way is drawn; null when none is. */
	#pictureAt: number | null = null;
	#pictureBytes = Number.POSITIVE_INFINITY;

	constructor(link: FrameLink) {
		this.#link = link;
	}

	get bufferedBytes(): number {
		return this.#link.bufferedBytes;
	}

	/** Calls the listener whenever more is drawn, until it is taken off by the function that this returns. */
	onDrawn(listener: (drawn: Drawn) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Resolves with the time, as `performance.now()`, when everything before `offset` is drawn. */
	reaches(offset: number): Promise<number> {
		return new Promise((resolve) => {
			const done = () => {
				if (this.drawn.offset < offset) return;
				end();
				resolve(performance.now());
			};
			const end = this.onDrawn(done);
			done();
		});
	}

	/** As `reaches`, in the next terminal that begins on this link. */
	reachesAfterReset(offset: number): Promise<number> {
		this.drawn.offset = 0;
		return this.reaches(offset);
	}

	send(frame: Uint8Array<ArrayBuffer>): void {
		this.#sent(decodeFrame(frame));
		this.#link.send(frame);
	}

	onFrame(listener: (frame: Uint8Array) => void): void {
		this.#link.onFrame((bytes) => {
			this.#received(decodeFrame(bytes));
			listener(bytes);
		});
	}

	onClose(listener: () => void): void {
		this.#link.onClose(listener);
	}

	close(): void {
		this.#link.close();
	}

	#received(frame: Frame): void {
		if (frame.kind === "output") {
			this.drawn.outputBytes += frame.payload.byteLength;
			this.drawn.outputFrames += 1;
		} else if (frame.kind === "reset") {
			this.drawn.resets += 1;
			this.#pictureAt = frame.offset;
			this.#pictureBytes = Number.POSITIVE_INFINITY;
		} else if (frame.kind === "snapshotEnd") this.#pictureBytes = frame.offset;
	}

	#sent(frame: Frame): void {
		if (frame.kind === "ack") this.#advance(frame.offset);
		else if (frame.kind === "ackSnapshot" && this.#pictureAt !== null && frame.offset >= this.#pictureBytes) {
			this.#advance(this.#pictureAt);
			this.#pictureAt = null;
		}
	}

	#advance(offset: number): void {
		this.drawn.offset = offset;
		for (const listener of this.#listeners) listener(this.drawn);
	}
}
