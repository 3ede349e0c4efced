import { readAttached, readEnded, readGivenSize, readRefused } from "../../shared/frame-payloads.ts";
import {
	type Attached,
	type AttachRequest,
	type Ended,
	encodeFrame,
	encodeJsonFrame,
	type Frame,
	type FrameLink,
	type Refused,
	type Size,
} from "../../shared/frames.ts";
import { QueryScanner } from "./query-scanner.ts";

/** Where output is drawn. Writes are drawn in order; `drawn` is called when one is, before the next begins. */
export interface Screen {
	write(bytes: Uint8Array, drawn: () => void): void;
	resize(size: Size): void;
}

export type ViewerStatus =
	| { phase: "detached" }
	| { phase: "attaching" }
	| { phase: "attached"; size: Size }
	| ({ phase: "ended" } & Ended)
	| ({ phase: "refused" } & Refused);

/** A piece of what is being drawn. `answerAt`: where a query in it ended; null for a snapshot, whose queries nobody asks now. */
interface Piece {
	epoch: string | undefined;
	answerAt: number | null;
}

/** CAN ends whatever sequence was cut off; RIS clears screen, history and modes. Through the stream, so it waits for its turn. */
const clearScreen = new Uint8Array([0x18, 0x1b, 0x63]);
const nothing = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * One terminal on this screen: asks the hub for output from where it stands, draws it, and gives credit for what is drawn.
 * Each attachment has a number of its own, so frames of an earlier one are told apart.
 */
export class TerminalViewer {
	readonly #agentId: string;
	readonly #screen: Screen;
	readonly #nextNumber: () => number;
	readonly #onStatus: (status: ViewerStatus) => void;
	readonly #scanner = new QueryScanner();
	/** Written and not drawn yet, in order; the first is the one being drawn. */
	readonly #pieces: Piece[] = [];
	#link: FrameLink | null = null;
	#shown: Size | null = null;
	/** Number of the attachment; 0: none. */
	#number = 0;
	/** What has been handed to the screen: drawn or about to be. */
	#have: { epoch: string; offset: number } | undefined;
	#status: ViewerStatus = { phase: "detached" };
	/** Whether this viewer was attended last: then its size is the one that counts, and the hub does not tell it what it knows. */
	#decides = false;

	constructor(agentId: string, screen: Screen, nextNumber: () => number, onStatus: (status: ViewerStatus) => void) {
		this.#agentId = agentId;
		this.#screen = screen;
		this.#nextNumber = nextNumber;
		this.#onStatus = onStatus;
	}

	get number(): number {
		return this.#number;
	}

	get status(): ViewerStatus {
		return this.#status;
	}

	/** The terminal plane came or went. What was drawn stays; a new link goes on from there. */
	connect(link: FrameLink | null): void {
		this.#link = link;
		this.#number = 0;
		if (link && this.#shown) this.#attach(this.#shown);
		else if (this.#status.phase !== "ended") this.#setStatus({ phase: "detached" });
	}

	/** Streams from now on, for a pane of this size. Shown again, it attaches again: a new session begins that way. */
	show(size: Size): void {
		this.#detach();
		this.#shown = size;
		if (this.#link) this.#attach(size);
	}

	/** Stops streaming; the screen keeps what it has. */
	hide(): void {
		this.#shown = null;
		this.#detach();
		if (this.#status.phase !== "ended") this.#setStatus({ phase: "detached" });
	}

	/** The pane has room for this size now. Whether it becomes the session's is for the viewer to say that was attended last. */
	resize(size: Size): void {
		if (!this.#shown || (this.#shown.cols === size.cols && this.#shown.rows === size.rows)) return;
		this.#shown = size;
		this.#sendJson("resize", size);
		if (this.#decides && this.#status.phase === "attached") this.#resized(size);
	}

	type(bytes: Uint8Array): void {
		this.#decides = true;
		this.#send("input", 0, bytes);
	}

	paste(text: string): void {
		this.#decides = true;
		this.#send("paste", 0, encoder.encode(text));
	}

	/** A person looks at this terminal now. */
	focus(): void {
		this.#decides = true;
		this.#send("focus");
	}

	/** What the screen itself answers to a query, while it draws the piece the query is in. */
	answer(bytes: Uint8Array): void {
		const piece = this.#pieces[0];
		if (piece && piece.answerAt !== null && piece.epoch === this.#have?.epoch) this.#send("answer", piece.answerAt, bytes);
	}

	receive(frame: Frame): void {
		if (frame.viewer !== this.#number) return;
		switch (frame.kind) {
			case "attached":
				this.#attached(frame, readAttached(frame));
				break;
			case "reset":
				this.#reset(frame, readAttached(frame));
				break;
			case "snapshot":
				this.#write(frame.payload, null, () => this.#ack("ackSnapshot", frame, frame.offset + frame.payload.byteLength));
				break;
			case "snapshotEnd":
				this.#write(nothing, null, () => this.#ack("ackSnapshot", frame, frame.offset));
				break;
			case "output":
				this.#output(frame);
				break;
			case "resized":
				this.#resized(readGivenSize(frame));
				break;
			case "ended":
				this.#setStatus({ phase: "ended", ...readEnded(frame) });
				break;
			case "refused":
				this.#refused(readRefused(frame));
				break;
			default:
				// What viewers send, or what a newer hub may send.
				break;
		}
	}

	#attach(size: Size): void {
		this.#decides = true;
		this.#number = this.#nextNumber();
		this.#setStatus({ phase: "attaching" });
		const request: AttachRequest = { agentId: this.#agentId, ...size, ...(this.#have ? { have: this.#have } : {}) };
		this.#sendJson("attach", request);
	}

	#detach(): void {
		if (this.#number !== 0) this.#send("detach");
		this.#number = 0;
	}

	#attached(frame: Frame, { epoch, cols, rows }: Attached): void {
		// Only a reset may leave out or repeat output.
		if (this.#have?.epoch !== epoch || this.#have.offset !== frame.offset) this.#startOver();
		else this.#resized({ cols, rows });
	}

	#reset(frame: Frame, { epoch, cols, rows }: Attached): void {
		this.#have = { epoch, offset: frame.offset };
		this.#scanner.reset();
		this.#write(clearScreen, null);
		this.#resized({ cols, rows });
	}

	#resized(size: Size): void {
		// In its place in the stream: what was printed before the change was printed for the old size.
		this.#write(nothing, null, () => this.#screen.resize(size));
		this.#decides &&= size.cols === this.#shown?.cols && size.rows === this.#shown.rows;
		this.#setStatus({ phase: "attached", size });
	}

	#output(frame: Frame): void {
		if (!this.#have || frame.offset > this.#have.offset) {
			this.#startOver();
			return;
		}
		const bytes = frame.payload.subarray(this.#have.offset - frame.offset);
		const start = this.#have.offset;
		const end = start + bytes.byteLength;
		this.#have = { ...this.#have, offset: end };
		let from = 0;
		for (const to of this.#scanner.ends(bytes)) {
			if (to < bytes.byteLength) this.#write(bytes.subarray(from, to), start + to);
			else break;
			from = to;
		}
		this.#write(bytes.subarray(from), end, () => this.#ack("ack", frame, end));
	}

	#refused(refused: Refused): void {
		if (refused.of !== undefined && refused.of !== "attach") return;
		this.#number = 0;
		this.#setStatus({ phase: "refused", ...refused });
	}

	/** The stream does not go on where this viewer stands: forgets it and asks for a fresh picture. */
	#startOver(): void {
		this.#have = undefined;
		this.#detach();
		if (this.#link && this.#shown) this.#attach(this.#shown);
	}

	#write(bytes: Uint8Array, answerAt: number | null, drawn?: () => void): void {
		this.#pieces.push({ epoch: this.#have?.epoch, answerAt });
		this.#screen.write(bytes, () => {
			this.#pieces.shift();
			drawn?.();
		});
	}

	/** Credit belongs to the attachment that sent the bytes; another one counts from elsewhere. */
	#ack(kind: "ack" | "ackSnapshot", of: Frame, offset: number): void {
		if (of.viewer === this.#number) this.#send(kind, offset);
	}

	#send(kind: Frame["kind"], offset = 0, payload: Uint8Array = nothing): void {
		if (this.#link && this.#number !== 0) this.#link.send(encodeFrame(kind, this.#number, offset, payload));
	}

	#sendJson(kind: Frame["kind"], value: unknown): void {
		if (this.#link && this.#number !== 0) this.#link.send(encodeJsonFrame(kind, this.#number, value));
	}

	#setStatus(status: ViewerStatus): void {
		this.#status = status;
		this.#onStatus(status);
	}
}
