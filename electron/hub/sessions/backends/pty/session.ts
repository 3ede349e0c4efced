import { ClawmuxError } from "../../../../../shared/errors.ts";
import type { Log } from "../../../log.ts";
import { deferred } from "../deferred.ts";
import { guardedEvents } from "../guarded-events.ts";
import type { BackendSession, CreateSession, TerminalEvents, TerminalSource } from "../session-backend.ts";
import { bracketedPaste, TerminalModes } from "../terminal-modes.ts";
import { pastedText } from "../typed-text.ts";
import { ByteTail } from "./byte-tail.ts";
import { PtyProcess } from "./process.ts";
import { drawSnapshot, drawText } from "./screen.ts";

/** Enough for about 10,000 lines of ordinary text. */
const tailBytes = 1024 * 1024;

/** What a program may print before anybody opens its session; it is handed over byte for byte. */
const unopenedBytes = 8 * 1024 * 1024;

type SessionEnd = Parameters<TerminalEvents["onEnd"]>[0];

/** One program in a pty, what it last printed, and who watches. */
export class PtySession {
	readonly env: Readonly<Record<string, string>>;
	readonly #request: CreateSession;
	readonly #log: Log;
	readonly #process: PtyProcess;
	readonly #startedAt = Date.now();
	readonly #tail = new ByteTail(unopenedBytes);
	readonly #modes = new TerminalModes();
	readonly #ended = deferred<void>();
	#cols: number;
	#rows: number;
	#events: TerminalEvents | null = null;
	/** A watcher that has not got its snapshot yet: what is printed meanwhile. */
	#waiting: Buffer[] | null = null;
	#opened = false;
	#end: SessionEnd | null = null;

	/** @throws when no pseudo-terminal can be had. */
	constructor(request: CreateSession, log: Log) {
		this.#request = request;
		this.#log = log;
		this.env = request.env;
		this.#cols = request.cols;
		this.#rows = request.rows;
		const events = {
			onData: (bytes: Buffer) => this.#onData(bytes),
			onEnd: (exitCode: number | null, exitSignal: string | null) => this.#onEnd(exitCode, exitSignal),
		};
		this.#process = new PtyProcess(request, events, log);
	}

	get pid(): number {
		return this.#process.pid;
	}

	get tty(): string | null {
		return this.#process.tty;
	}

	get live(): boolean {
		return this.#end === null;
	}

	/** Resolves when the program has ended and its last byte has been handed over. */
	get ended(): Promise<void> {
		return this.#ended.promise;
	}

	describe(): BackendSession {
		const { sessionId, agentId, workDir } = this.#request;
		const end = this.#end;
		return {
			sessionId,
			agentId,
			workDir,
			pid: end ? null : this.pid,
			startedAt: this.#startedAt,
			live: end === null,
			exitCode: end?.exitCode ?? null,
			exitSignal: end?.exitSignal ?? null,
		};
	}

	text(lines: number): Promise<string> {
		return drawText(this.#tail, this.#cols, this.#rows, lines);
	}

	write(bytes: Uint8Array): void {
		this.#process.write(bytes);
	}

	/** One piece, bracketed where the program asked for that, and then Enter. */
	type(text: string, submit: boolean): void {
		const piece = text !== "" && this.#modes.has(bracketedPaste) ? `\x1b[200~${text}\x1b[201~` : text;
		this.write(Buffer.from(submit ? `${piece}\r` : piece));
	}

	async open(listener: TerminalEvents, signal?: AbortSignal): Promise<TerminalSource> {
		const { sessionId } = this.#request;
		const events = guardedEvents(listener, sessionId, this.#log);
		if (this.#events || this.#waiting) throw new ClawmuxError("conflict", `Session ${sessionId} is open already.`);
		const waiting: Buffer[] = [];
		this.#waiting = waiting;
		const [cols, rows] = [this.#cols, this.#rows];
		let snapshot: Uint8Array;
		try {
			if (this.#opened || this.#tail.cut) snapshot = Buffer.from(await drawSnapshot(this.#tail, cols, rows));
			else {
				waiting.push(this.#tail.bytes());
				snapshot = new Uint8Array(0);
			}
			signal?.throwIfAborted();
			this.#opened = true;
			this.#tail.limit(tailBytes);
		} catch (error) {
			this.#waiting = null;
			throw error;
		}
		// After the caller has the snapshot, so that nothing comes before it.
		setImmediate(() => {
			if (this.#waiting !== waiting) return;
			this.#waiting = null;
			this.#events = events;
			for (const bytes of waiting) if (bytes.length > 0) events.onData(bytes);
			if (this.#end) events.onEnd(this.#end);
		});
		return {
			snapshot,
			cols,
			rows,
			answersQueries: false,
			write: (bytes) => this.write(bytes),
			paste: async (text) => this.type(pastedText(text), false),
			resize: async (wide, high) => this.#resize(wide, high),
			close: () => {
				if (this.#events === events) this.#events = null;
				if (this.#waiting === waiting) this.#waiting = null;
			},
		};
	}

	#resize(cols: number, rows: number): void {
		this.#cols = cols;
		this.#rows = rows;
		this.#process.resize(cols, rows);
	}

	#onData(bytes: Buffer): void {
		this.#tail.push(bytes);
		this.#modes.feed(bytes);
		if (this.#waiting) this.#waiting.push(bytes);
		else this.#events?.onData(bytes);
	}

	#onEnd(exitCode: number | null, exitSignal: string | null): void {
		const reason = exitSignal
			? `The program was ended by ${exitSignal}.`
			: `The program ended with exit code ${exitCode ?? "unknown"}.`;
		this.#end = { exitCode, exitSignal, reason };
		this.#events?.onEnd(this.#end);
		this.#ended.resolve();
	}
}
