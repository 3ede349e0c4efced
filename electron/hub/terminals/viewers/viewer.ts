import { performance } from "node:perf_hooks";
import {
	encodeFrame,
	encodeJsonFrame,
	type FrameKind,
	type FrameLink,
	type Size,
	viewerCreditBytes,
} from "../../../../shared/frames.ts";
import type { Snapshot } from "../screen/snapshot-job.ts";
import type { SessionStream } from "../session-stream.ts";
import { wholeCharacters } from "../whole-characters.ts";

/** The largest payload of an output or snapshot frame. */
export const framePayloadBytes = 64 * 1024;

/** Bytes in a link's own buffer above which output waits: what is in there is ahead of every keystroke's echo. */
const linkBufferBytes = 256 * 1024;

/** A viewer that keeps falling off gets a new picture no more often than this. */
const pictureEveryMs = 250;

/** With less credit than this left, a long frame waits: a viewer that acknowledges in crumbs is not sent crumbs. */
const leastCreditBytes = 16 * 1024;

/** `more`: call again; `later`: call again in a few milliseconds; `done`: nothing until `onReady` is called. */
export type PumpResult = "more" | "later" | "done";

export interface ViewerOptions {
	number: number;
	link: FrameLink;
	/** The size its own window would like. */
	wanted: Size;
	/** Whether it may decide the session's size. */
	sizes: boolean;
	/** Asks for `pump` to be called. */
	onReady: (viewer: Viewer) => void;
	onError: (error: unknown) => void;
}

/**
 * One terminal on a screen somewhere. It pulls from its session's stream by credit, so that a slow one holds up nobody;
 * one that falls off the tail is painted anew and goes on from there. The first view is the same.
 */
export class Viewer {
	readonly number: number;
	readonly sizes: boolean;
	wanted: Size;
	/** When the last frame of output went out. */
	lastSentAt = Number.NEGATIVE_INFINITY;
	readonly #options: ViewerOptions;
	#stream: SessionStream;
	/** Output before this has been sent, drawn. */
	#sent = 0;
	#acked = 0;
	/** The picture on its way; null while it is being made. */
	#picture: Snapshot | null | undefined;
	#pictureSent = 0;
	#pictureAcked = 0;
	#pictureAt = Number.NEGATIVE_INFINITY;
	/** False until the picture is drawn: until then, what is acknowledged as output belongs to what was there before it. */
	#painted = true;
	/** Queries in output before this were asked when another viewer, or nobody, was there to answer. */
	#answersFrom = 0;
	#endSent = false;
	#closed = false;

	constructor(options: ViewerOptions, stream: SessionStream) {
		this.#options = options;
		this.number = options.number;
		this.sizes = options.sizes;
		this.wanted = options.wanted;
		this.#stream = stream;
	}

	/** Begins, or begins again with another stream. */
	attach(stream: SessionStream, have?: { epoch: string; offset: number }): void {
		this.#stream = stream;
		this.#picture = undefined;
		this.#pictureAt = Number.NEGATIVE_INFINITY;
		this.#endSent = false;
		this.#answersFrom = stream.delivered;
		const { tail, size } = stream;
		if (have?.epoch === stream.epoch && have.offset >= tail.start && have.offset <= tail.end) {
			this.#sent = this.#acked = have.offset;
			this.#painted = true;
			this.json("attached", { ...stream.identity, ...size }, have.offset);
			this.#options.onReady(this);
		} else if (stream.isUnseen) {
			// As it came, it lets this viewer's terminal answer what the program asked at its start.
			this.#begin({ offset: 0, ...size, bytes: new Uint8Array(0) });
		} else this.#askForPicture();
	}

	/** Bytes that wait to be sent. */
	get pendingBytes(): number {
		if (this.#picture) return framePayloadBytes;
		return this.#picture === null ? 0 : this.#stream.tail.end - this.#sent;
	}

	/** Sends at most one frame of what waits. */
	pump(): PumpResult {
		if (this.#closed || this.#picture === null) return "done";
		if (this.#options.link.bufferedBytes > linkBufferBytes) return "later";
		return this.#picture ? this.#pumpPicture(this.#picture) : this.#pumpOutput();
	}

	ack(offset: number): void {
		if (!this.#painted || offset <= this.#acked) return;
		this.#acked = Math.min(offset, this.#sent);
		this.#options.onReady(this);
	}

	ackSnapshot(offset: number): void {
		if (this.#painted || this.#picture === null) return;
		this.#pictureAcked = Math.max(this.#pictureAcked, Math.min(offset, this.#pictureSent));
		if (this.#picture === undefined && this.#pictureAcked === this.#pictureSent) this.#painted = true;
		this.#options.onReady(this);
	}

	/** Says whether an answer to a query in the output before `offset` is still wanted, and wanted of this viewer. */
	mayAnswer(offset: number): boolean {
		return offset > this.#answersFrom && offset <= this.#sent;
	}

	/** While a picture is on its way, the size follows it. */
	resized(size: Size): void {
		if (this.#picture === undefined) this.json("resized", size, this.#stream.tail.end);
	}

	json(kind: FrameKind, value: unknown, offset = 0): void {
		if (!this.#closed) this.#options.link.send(encodeJsonFrame(kind, this.number, value, offset));
	}

	close(): void {
		this.#closed = true;
		this.#picture = undefined;
	}

	get #credit(): number {
		return viewerCreditBytes - (this.#pictureSent - this.#pictureAcked) - (this.#sent - this.#acked);
	}

	#askForPicture(): void {
		const stream = this.#stream;
		this.#picture = null;
		const isWanted = (): boolean => !this.#closed && this.#stream === stream && this.#picture === null;
		stream.screen.snapshot().then(
			(snapshot) => isWanted() && this.#begin(snapshot),
			(error) => isWanted() && this.#options.onError(error),
		);
	}

	#begin(snapshot: Snapshot): void {
		this.#picture = snapshot;
		this.#pictureSent = this.#pictureAcked = 0;
		this.#pictureAt = performance.now();
		this.#painted = false;
		this.#sent = this.#acked = snapshot.offset;
		this.json("reset", { ...this.#stream.identity, cols: snapshot.cols, rows: snapshot.rows }, snapshot.offset);
		this.#options.onReady(this);
	}

	#pumpPicture(picture: Snapshot): PumpResult {
		const { bytes, cols, rows } = picture;
		const left = bytes.byteLength - this.#pictureSent;
		if (left > 0) {
			const room = this.#credit;
			if (room < Math.min(left, leastCreditBytes)) return "done";
			const piece = bytes.subarray(this.#pictureSent, this.#pictureSent + Math.min(left, room, framePayloadBytes));
			this.#send("snapshot", this.#pictureSent, piece.subarray(0, wholeCharacters(piece)));
			this.#pictureSent += wholeCharacters(piece);
			return "more";
		}
		this.#send("snapshotEnd", bytes.byteLength);
		this.#picture = undefined;
		const { size } = this.#stream;
		if (size.cols !== cols || size.rows !== rows) this.resized(size);
		return "more";
	}

	#pumpOutput(): PumpResult {
		const stream = this.#stream;
		const { tail } = stream;
		if (this.#sent < tail.start) {
			if (this.#credit < leastCreditBytes) return "done"; // it draws nothing now; a picture is for when it does
			if (performance.now() - this.#pictureAt < pictureEveryMs) return "later";
			this.#askForPicture();
			return "done";
		}
		const left = tail.end - this.#sent;
		if (left > 0) {
			const room = this.#credit;
			if (room < Math.min(left, leastCreditBytes)) return "done";
			const bytes = tail.characters(this.#sent, Math.max(8, Math.min(room, framePayloadBytes)), stream.end !== null);
			if (bytes.byteLength === 0) return "done";
			this.#send("output", this.#sent, bytes);
			this.#sent += bytes.byteLength;
			stream.delivered = Math.max(stream.delivered, this.#sent);
			return this.#sent < tail.end || stream.end ? "more" : "done";
		}
		if (stream.end && !this.#endSent) {
			this.#endSent = true;
			this.json("ended", { exitCode: stream.end.exitCode, reason: stream.end.reason }, tail.end);
		}
		return "done";
	}

	#send(kind: FrameKind, offset: number, payload?: Uint8Array): void {
		this.lastSentAt = performance.now();
		this.#options.link.send(encodeFrame(kind, this.number, offset, payload));
	}
}
