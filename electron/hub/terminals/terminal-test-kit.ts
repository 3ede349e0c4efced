import type { Terminal } from "@xterm/headless";
import {
	type AttachRequest,
	decodeFrame,
	type Ended,
	encodeFrame,
	encodeJsonFrame,
	type FrameLink,
	frameJson,
	type Refused,
	type Size,
} from "../../../shared/frames.ts";
import type { SessionTerminal, TerminalEvents, TerminalSource } from "../sessions/backends/session-backend.ts";
import { coreOf, createXterm } from "./screen/xterm-core.ts";

/** For tests: a session whose output is whatever the test says. */
export class MemorySession implements SessionTerminal {
	readonly written: string[] = [];
	readonly pasted: string[] = [];
	readonly sizes: string[] = [];
	snapshot = "";
	answersQueries = false;
	opened = 0;
	closed = 0;
	#events: TerminalEvents | undefined;

	async open(_sessionId: string, events: TerminalEvents): Promise<TerminalSource> {
		this.#events = events;
		this.opened++;
		return {
			snapshot: Buffer.from(this.snapshot),
			cols: 80,
			rows: 24,
			answersQueries: this.answersQueries,
			write: (bytes) => void this.written.push(Buffer.from(bytes).toString()),
			paste: async (text) => void this.pasted.push(text),
			resize: async (cols, rows) => void this.sizes.push(`${cols}x${rows}`),
			close: () => void this.closed++,
		};
	}

	output(bytes: string | Uint8Array): void {
		this.#events?.onData(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
	}

	end(exitCode = 0): void {
		this.#events?.onEnd({ exitCode, exitSignal: null, reason: `exited with ${exitCode}` });
	}
}

/** For tests: two ends of a link. Frames arrive in a later turn, as through any port. */
export function linkPair(): { hub: FrameLink; client: FrameLink; cut: () => void } {
	let open = true;
	const ends = [0, 1].map(() => ({ frames: [] as ((frame: Uint8Array) => void)[], closes: [] as (() => void)[] }));
	const cut = (): void => {
		if (!open) return;
		open = false;
		for (const end of ends) for (const listener of end.closes) listener();
	};
	const side = (index: number): FrameLink => ({
		send: (frame) => {
			setImmediate(() => {
				if (open) for (const listener of ends[1 - index]?.frames ?? []) listener(frame);
			});
		},
		bufferedBytes: 0,
		onFrame: (listener) => void ends[index]?.frames.push(listener),
		onClose: (listener) => void ends[index]?.closes.push(listener),
		close: cut,
	});
	return { hub: side(0), client: side(1), cut };
}

/** For tests: what a window does with a link. It checks that offsets follow each other, and draws into a terminal. */
export class TestViewer {
	readonly screen: Terminal;
	readonly kinds: string[] = [];
	readonly refusals: Refused[] = [];
	/** Output by offset, as far as it was sent as output. */
	readonly output: { offset: number; bytes: Buffer }[] = [];
	epoch = "";
	offset = 0;
	resets = 0;
	/** Largest number of bytes that were ever sent and not acknowledged. */
	mostUnacked = 0;
	ended: Ended | undefined;
	size: Size | undefined;
	/** False keeps acknowledgements back. */
	acks = true;
	readonly #link: FrameLink;
	readonly #number: number;
	#unacked = 0;
	#snapshotBytes = 0;
	#waiters: { test: () => boolean; resolve: () => void }[] = [];

	constructor(link: FrameLink, number = 1, screen: Terminal = createXterm(80, 24)) {
		this.#link = link;
		this.#number = number;
		this.screen = screen;
		link.onFrame((bytes) => this.#receive(bytes));
	}

	attach(request: Partial<AttachRequest> = {}): void {
		this.#link.send(encodeJsonFrame("attach", this.#number, { agentId: "af_sky", cols: 80, rows: 24, ...request }));
	}

	/** As after a lost connection: says what it has. */
	attachAgain(request: Partial<AttachRequest> = {}): void {
		this.attach({ have: { epoch: this.epoch, offset: this.offset }, ...request });
	}

	send(kind: Parameters<typeof encodeFrame>[0], payload = "", offset = 0): void {
		this.#link.send(encodeFrame(kind, this.#number, offset, Buffer.from(payload)));
	}

	resize(cols: number, rows: number): void {
		this.#link.send(encodeJsonFrame("resize", this.#number, { cols, rows }));
	}

	/** Acknowledges everything, and everything to come. */
	catchUp(): void {
		this.acks = true;
		this.#unacked = 0;
		this.send("ackSnapshot", "", this.#snapshotBytes);
		this.send("ack", "", this.offset);
	}

	async until(test: () => boolean): Promise<void> {
		if (!test()) await new Promise<void>((resolve) => this.#waiters.push({ test, resolve }));
	}

	#receive(bytes: Uint8Array): void {
		const frame = decodeFrame(bytes);
		if (frame.viewer !== this.#number) return;
		this.kinds.push(frame.kind);
		switch (frame.kind) {
			case "attached":
			case "reset": {
				const { epoch, cols, rows } = frameJson(frame) as { epoch: string } & Size;
				if (frame.kind === "attached" && (epoch !== this.epoch || frame.offset !== this.offset))
					throw new Error("attached elsewhere");
				this.epoch = epoch;
				this.offset = frame.offset;
				this.size = { cols, rows };
				if (frame.kind === "reset") {
					this.resets++;
					this.#unacked = 0;
					this.#snapshotBytes = 0;
					this.screen.reset();
					coreOf(this.screen).resize(cols, rows);
				}
				break;
			}
			case "snapshot":
				if (frame.offset !== this.#snapshotBytes) throw new Error(`snapshot at ${frame.offset}, not ${this.#snapshotBytes}`);
				this.#draw(frame.payload);
				this.#snapshotBytes += frame.payload.byteLength;
				if (this.acks) this.#ack("ackSnapshot", this.#snapshotBytes);
				break;
			case "snapshotEnd":
				if (this.acks) this.#ack("ackSnapshot", frame.offset);
				break;
			case "output":
				if (frame.offset !== this.offset) throw new Error(`output at ${frame.offset}, not ${this.offset}`);
				this.#draw(frame.payload);
				this.output.push({ offset: frame.offset, bytes: Buffer.from(frame.payload) });
				this.offset += frame.payload.byteLength;
				if (this.acks) this.#ack("ack", this.offset);
				break;
			case "resized":
				this.size = frameJson(frame) as Size;
				coreOf(this.screen).resize(this.size.cols, this.size.rows);
				break;
			case "ended":
				this.ended = frameJson(frame) as Ended;
				break;
			case "refused":
				this.refusals.push(frameJson(frame) as Refused);
				break;
			default:
				throw new Error(`unexpected ${frame.kind}`);
		}
		for (const waiter of this.#waiters.splice(0)) {
			if (waiter.test()) waiter.resolve();
			else this.#waiters.push(waiter);
		}
	}

	#ack(kind: "ack" | "ackSnapshot", offset: number): void {
		this.#unacked = 0;
		this.send(kind, "", offset);
	}

	#draw(bytes: Uint8Array): void {
		this.#unacked += bytes.byteLength;
		this.mostUnacked = Math.max(this.mostUnacked, this.#unacked);
		coreOf(this.screen)._inputHandler.parse(bytes);
	}
}
