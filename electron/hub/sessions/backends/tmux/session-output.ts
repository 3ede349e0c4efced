import { deferred } from "../deferred.ts";
import type { TerminalEvents } from "../session-backend.ts";
import { TerminalModes } from "../terminal-modes.ts";
import type { OutputPipe } from "./output.ts";

export type SessionEnd = Parameters<TerminalEvents["onEnd"]>[0];

/** What a session may print before somebody opens it; more, and its first picture comes from tmux instead. */
const mostHeldBytes = 8 * 1024 * 1024;

/** After its pipe was closed the last bytes are a matter of milliseconds; a copier that hangs longer is broken. */
const longestDrainMs = 2000;

/** One session's output in this process, from the moment its pipe exists until its end has been told. */
export class SessionOutput {
	readonly modes = new TerminalModes();
	/** The leader's process id. */
	pid: number | null = null;
	pipe: OutputPipe | null = null;
	/** Set once its end is known, so that it is told once. */
	ending: Promise<void> | null = null;
	#events: TerminalEvents | null = null;
	#held: Buffer[] = [];
	#heldBytes = 0;
	#complete = true;
	#end: SessionEnd | null = null;

	/** Everything since the program's first byte is still here. */
	get complete(): boolean {
		return this.#complete;
	}

	get opened(): boolean {
		return this.#events !== null;
	}

	readonly push = (bytes: Buffer): void => {
		this.modes.feed(bytes);
		if (this.#events) {
			this.#events.onData(bytes);
			return;
		}
		this.#heldBytes += bytes.length;
		if (this.#heldBytes <= mostHeldBytes) this.#held.push(bytes);
		else {
			this.#held = [];
			this.#complete = false;
		}
	};

	/** Hands over what was held, then all that follows. */
	start(events: TerminalEvents): void {
		const held = this.#held;
		this.#held = [];
		this.#events = events;
		for (const bytes of held) events.onData(bytes);
		if (this.#end) events.onEnd(this.#end);
	}

	/**
	 * Tells the end once everything that was written before has been handed over.
	 * @throws when the pipe cannot be read or closed; the end is told all the same.
	 */
	async finish(end: SessionEnd): Promise<void> {
		try {
			if (this.pipe) await drain(this.pipe);
		} finally {
			this.#end = end;
			this.#events?.onEnd(end);
		}
	}

	/** Stops listening without an end. */
	async close(): Promise<void> {
		this.#events = null;
		this.#held = [];
		this.#complete = false;
		await this.pipe?.close();
		this.pipe = null;
	}
}

async function drain(pipe: OutputPipe): Promise<void> {
	const { promise: late, resolve } = deferred<void>();
	const timer = setTimeout(resolve, longestDrainMs);
	try {
		await Promise.race([pipe.drained(), late]);
	} finally {
		clearTimeout(timer);
		await pipe.close();
	}
}
