import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Size } from "../../../shared/frames.ts";
import type { TerminalSource } from "../sessions/backends/session-backend.ts";
import { Screen } from "./screen/screen.ts";
import type { ScreenScheduler } from "./screen/screen-scheduler.ts";
import { Tail } from "./tail.ts";

export interface SessionEnd {
	exitCode: number | null;
	exitSignal: string | null;
	reason: string;
}

/** Output so short and so young that a first viewer gets it as it came: whoever started it waits for its first questions. */
const unseenBytes = 64 * 1024;
const unseenMs = 3000;

/** One stream of output, from the opening of a source to its end and beyond: its output stays readable, in the end as a picture. */
export class SessionStream {
	readonly epoch = randomUUID();
	readonly agentId: string;
	readonly sessionId: string;
	readonly source: TerminalSource;
	readonly tail: Tail;
	readonly screen: Screen;
	size: Size;
	/** Output before this has been sent to some viewer. */
	delivered = 0;
	readonly #openedAt = performance.now();
	#closed = false;
	#end: SessionEnd | null = null;

	constructor(options: {
		agentId: string;
		sessionId: string;
		source: TerminalSource;
		scheduler: ScreenScheduler;
		tailBytes?: number | undefined;
		/** How long nobody has to look until only a picture of the screen is kept, in ms. */
		restAfterMs?: number | undefined;
	}) {
		const { agentId, sessionId, source, scheduler } = options;
		this.agentId = agentId;
		this.sessionId = sessionId;
		this.source = source;
		this.size = { cols: source.cols, rows: source.rows };
		this.tail = new Tail(options.tailBytes);
		this.screen = new Screen({
			tail: this.tail,
			scheduler,
			...this.size,
			lead: source.snapshot,
			restAfterMs: options.restAfterMs,
			onRest: () => {
				// A session that has ended is its last picture from then on, unless a cut-off character still waits for its rest.
				if (this.#end && this.screen.offset === this.tail.end) this.tail.drop();
			},
		});
	}

	/** How the session ended; null while it lives. */
	get end(): SessionEnd | null {
		return this.#end;
	}

	ended(end: SessionEnd): void {
		this.#end = end;
		this.screen.finish();
	}

	get identity(): { agentId: string; sessionId: string; epoch: string } {
		return { agentId: this.agentId, sessionId: this.sessionId, epoch: this.epoch };
	}

	/** All of the session's output is here, it is new, and nobody has seen any of it. */
	get isUnseen(): boolean {
		if (this.source.snapshot.byteLength > 0 || performance.now() - this.#openedAt > unseenMs) return false;
		return this.delivered === 0 && this.tail.end <= unseenBytes && this.tail.start === 0;
	}

	append(bytes: Uint8Array): void {
		this.tail.append(bytes);
		this.screen.appended();
	}

	/** Stops listening; what was read stays. */
	closeSource(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.source.close();
	}

	dispose(): void {
		this.closeSource();
		this.screen.dispose();
	}
}
