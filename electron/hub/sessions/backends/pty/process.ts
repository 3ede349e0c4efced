import { closeSync, constants, openSync } from "node:fs";
import type { Socket } from "node:net";
import { constants as osConstants } from "node:os";
import { type IPty, spawn } from "node-pty";
import type { Log } from "../../../log.ts";
import type { CreateSession } from "../session-backend.ts";
import { PtyWriter } from "./writer.ts";

/** The master counts as drained when nothing came for this long after the exit: 0 of 600 programs were cut short. */
const quietMs = 25;

/** Longest wait for quiet: a background job may go on printing on the terminal of a program that ended. */
const longestDrainMs = 1000;

/** What node-pty keeps to itself on Unix and the drain needs; fixed by the exact version in package.json and a test. */
interface UnixInternals {
	readonly fd: number;
	readonly ptsName: string;
	readonly _socket: Socket;
	/** Set, the exit is told at once instead of after the reader was destroyed 200 ms later with what it had not read. */
	_emittedClose: boolean;
}

export interface PtyProcessEvents {
	onData(bytes: Buffer): void;
	/** After the last byte. */
	onEnd(exitCode: number | null, exitSignal: string | null): void;
}

/**
 * One program in a pty of this process. On Linux the end of the last writer throws away what the reader has not fetched
 * yet, so the slave is held open here until the master has been quiet after the exit.
 */
export class PtyProcess {
	readonly pid: number;
	/** The terminal's device; null on Windows. */
	readonly tty: string | null;
	readonly #pty: IPty;
	readonly #unix: UnixInternals | null;
	readonly #writer: PtyWriter | null;
	readonly #events: PtyProcessEvents;
	readonly #log: Log;
	#slave: number | null = null;
	#quiet: NodeJS.Timeout | null = null;
	#exit: { code: number | null; signal: string | null; at: number } | null = null;
	#ended = false;

	/** @throws when no pseudo-terminal can be had; nothing runs then. */
	constructor(request: CreateSession, events: PtyProcessEvents, log: Log) {
		const { argv, workDir, env, cols, rows } = request;
		const [file = "", ...args] = argv;
		this.#events = events;
		this.#log = log;
		const name = env.TERM ?? "xterm-256color";
		// Raw buffers: UTF-8 is decoded by the terminal only. The type of `encoding` leaves out its documented null.
		this.#pty = spawn(file, args, { name, cols, rows, cwd: workDir, env: { ...env }, encoding: null });
		this.pid = this.#pty.pid;
		this.#unix = process.platform === "win32" ? null : (this.#pty as unknown as UnixInternals);
		this.tty = this.#unix?.ptsName ?? null;
		this.#writer = this.#unix && new PtyWriter(this.#unix.fd);
		if (this.#unix) {
			this.#unix._emittedClose = true;
			try {
				this.#slave = openSync(this.#unix.ptsName, constants.O_RDWR | constants.O_NOCTTY);
			} catch (error) {
				// Nobody would ever know of the program.
				this.#pty.kill("SIGKILL");
				this.#unix._socket.destroy();
				throw error;
			}
		}
		this.#pty.onData((data) => this.#onData(data as unknown as Buffer));
		this.#pty.onExit(({ exitCode, signal }) => this.#onExit(exitCode, signal ?? 0));
	}

	write(bytes: Uint8Array): void {
		if (this.#exit) return;
		if (this.#writer) this.#writer.push(bytes);
		else this.#pty.write(Buffer.from(bytes));
	}

	resize(cols: number, rows: number): void {
		if (!this.#exit) this.#pty.resize(cols, rows);
	}

	#onData(bytes: Buffer): void {
		this.#events.onData(bytes);
		this.#quiet?.refresh();
	}

	#onExit(exitCode: number, signal: number): void {
		const name = Object.entries(osConstants.signals).find(([, value]) => value === signal)?.[0];
		this.#exit = {
			code: signal > 0 ? null : exitCode,
			signal: signal > 0 ? (name ?? `signal ${signal}`) : null,
			at: performance.now(),
		};
		this.#quiet = setTimeout(() => this.#onQuiet(), quietMs);
		this.#stopAtLast = setTimeout(() => this.#end(), longestDrainMs);
	}
	#stopAtLast: NodeJS.Timeout | null = null;

	/** The loop may have been busy elsewhere, so it gets one more look at the master before silence is believed. */
	#onQuiet(): void {
		let heard = false;
		const listener = this.#pty.onData(() => {
			heard = true;
		});
		setImmediate(() =>
			setImmediate(() => {
				listener.dispose();
				if (!heard) this.#end();
				else if (!this.#ended) this.#quiet = setTimeout(() => this.#onQuiet(), quietMs);
			}),
		);
	}

	#end(): void {
		if (this.#ended) return;
		this.#ended = true;
		for (const timer of [this.#quiet, this.#stopAtLast]) if (timer) clearTimeout(timer);
		// The end is told whatever becomes of the terminal.
		this.#release()
			.catch((error: unknown) => this.#log.error("A pseudo-terminal could not be closed.", { pid: this.pid, error }))
			.then(() => this.#events.onEnd(this.#exit?.code ?? null, this.#exit?.signal ?? null))
			.catch((error: unknown) => this.#log.error("A program's end could not be told.", { pid: this.pid, error }));
	}

	async #release(): Promise<void> {
		await this.#writer?.close();
		if (this.#unix) {
			const closed = new Promise<void>((resolve) => this.#unix?._socket.once("close", () => resolve()));
			this.#unix._socket.destroy();
			if (this.#slave !== null) closeSync(this.#slave);
			await closed;
		}
	}
}
