import { execFile } from "node:child_process";
import { constants, open } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { deferred } from "../deferred.ts";
import { plainShellWord } from "./format.ts";

/**
 * The reading end of a session's output: a FIFO that a `cat` started by pipe-pane writes to. The descriptor is opened
 * without blocking and handed to libuv's poller: an ordinary read would hold one of Node's four file threads for ever.
 */
export class OutputPipe {
	readonly #path: string;
	readonly #socket: Socket;
	readonly #ended = deferred<void>();

	private constructor(path: string, fd: number, onData: (bytes: Buffer) => void) {
		this.#path = path;
		this.#socket = new Socket({ fd, readable: true, writable: false });
		this.#socket.on("data", onData);
		this.#socket.on("error", () => this.#socket.destroy());
		this.#socket.on("close", () => this.#ended.resolve());
	}

	/** Makes the FIFO anew, mode 0600, and listens. */
	static async open(path: string, onData: (bytes: Buffer) => void): Promise<OutputPipe> {
		await mkdir(dirname(path), { recursive: true, mode: 0o700 });
		await rm(path, { force: true });
		await promisify(execFile)("mkfifo", ["-m", "600", path]);
		const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
		return new OutputPipe(path, fd, onData);
	}

	/** What pipe-pane runs. */
	get copyCommand(): string {
		return `exec cat > ${plainShellWord(this.#path)}`;
	}

	/** Resolves when the writer has closed its end and every byte has been handed over. */
	get ended(): Promise<void> {
		return this.#ended.promise;
	}

	async close(): Promise<void> {
		this.#socket.destroy();
		await rm(this.#path, { force: true });
	}
}
