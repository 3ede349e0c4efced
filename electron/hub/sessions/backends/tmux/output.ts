import { constants, open } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { deferred } from "../deferred.ts";
import { waitsForInput } from "../processes/process-rows.ts";
import { plainShellWord } from "./format.ts";
import { makeFifo } from "./make-fifo.ts";

/** How often a copier that still has work is looked at. */
const pollMs = 5;

/**
 * The reading end of a session's output: a FIFO that a `cat` started by pipe-pane writes to. The descriptor is opened
 * without blocking and handed to libuv's poller: an ordinary read would hold one of Node's four file threads for ever.
 */
export class OutputPipe {
	readonly #path: string;
	readonly #socket: Socket;
	readonly #ended = deferred<void>();
	readonly #onData: (bytes: Buffer) => void;
	/** The copier's first line until it is complete: its process id. */
	#header: string | null = "";
	#copier = 0;
	/** Grows with every chunk. */
	#chunks = 0;

	private constructor(path: string, fd: number, onData: (bytes: Buffer) => void) {
		this.#path = path;
		this.#onData = onData;
		this.#socket = new Socket({ fd, readable: true, writable: false });
		this.#socket.on("data", (bytes: Buffer) => this.#take(bytes));
		this.#socket.on("error", () => this.#socket.destroy());
		this.#socket.on("close", () => this.#ended.resolve());
	}

	/** Makes the FIFO anew, mode 0600, and listens. */
	static async open(path: string, onData: (bytes: Buffer) => void): Promise<OutputPipe> {
		await mkdir(dirname(path), { recursive: true, mode: 0o700 });
		await rm(path, { force: true });
		await makeFifo(path);
		const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
		return new OutputPipe(path, fd, onData);
	}

	/** What pipe-pane runs: a copier that says who it is first. */
	get copyCommand(): string {
		return `exec > ${plainShellWord(this.#path)}; echo $$; exec cat`;
	}

	/**
	 * Resolves when every byte has been handed over, once tmux has given its last to the copier. tmux does not close the
	 * pipe of a program that ended, so there is no end of file to wait for (it comes only with the session's end). But a
	 * copier that sleeps has nothing to read, or no room to write; and in the second case there is something here to read.
	 */
	async drained(): Promise<void> {
		let ended = false;
		this.#ended.promise.then(() => {
			ended = true;
		});
		while (!ended) {
			const chunks = this.#chunks;
			const idle = this.#copier > 0 && (await waitsForInput(this.#copier, "cat"));
			// Two turns of the loop: the poller has looked at the FIFO after the copier was seen asleep.
			await nextTurn();
			await nextTurn();
			if (idle && chunks === this.#chunks) return;
			await delay(pollMs);
		}
	}

	/** Stops listening and ends the copier. */
	async close(): Promise<void> {
		this.#socket.destroy();
		await rm(this.#path, { force: true });
	}

	#take(bytes: Buffer): void {
		this.#chunks += 1;
		if (this.#header === null) {
			this.#onData(bytes);
			return;
		}
		const end = bytes.indexOf(0x0a);
		this.#header += bytes.toString("latin1", 0, end < 0 ? bytes.length : end);
		if (end < 0) return;
		this.#copier = Number(this.#header);
		this.#header = null;
		if (end + 1 < bytes.length) this.#onData(bytes.subarray(end + 1));
	}
}
