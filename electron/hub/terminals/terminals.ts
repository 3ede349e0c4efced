import { EventEmitter } from "node:events";
import type { Terminal } from "../../../shared/contract/terminals.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import type { FrameLink } from "../../../shared/frames.ts";
import type { Log } from "../log.ts";
import type { Cancellable, SessionTerminal, TerminalSource } from "../sessions/backends/session-backend.ts";
import { AgentTerminal } from "./agent-terminal.ts";
import { ScreenScheduler } from "./screen/screen-scheduler.ts";
import { type SessionEnd, SessionStream } from "./session-stream.ts";
import { TerminalConnection } from "./viewers/terminal-connection.ts";
import { ViewerPump } from "./viewers/viewer-pump.ts";

/** `activity` is announced at most this often for each agent. */
const activityEveryMs = 1000;

export interface TerminalsEvents {
	/** The program has ended and all of its output has been read. */
	end: [agentId: string, end: SessionEnd];
	/** The program has written something; at most once a second. */
	activity: [agentId: string];
}

/**
 * The terminals of all agents: output in from the sessions' sources, frames out to viewers on any number of links, input
 * back. A program's queries (DA, DSR, ...) are answered by a person's terminal when one is attached; with none they go
 * unanswered, as in a terminal that does not know them: what the hub's own screen would say is never sent.
 */
export class Terminals {
	readonly events = new EventEmitter<TerminalsEvents>();
	readonly #log: Log;
	readonly #now: () => number;
	readonly #tailBytes: number | undefined;
	readonly #restAfterMs: number | undefined;
	readonly #terminals = new Map<string, AgentTerminal>();
	readonly #connections = new Set<TerminalConnection>();
	readonly #scheduler = new ScreenScheduler();
	readonly #pump = new ViewerPump();
	#disposed = false;

	/**
	 * @param options.tailBytes output kept of each session, 4 MiB unless told
	 * @param options.restAfterMs how long nobody has to look at a terminal until only its picture is kept, a minute unless told
	 */
	constructor(options: { log: Log; now?: () => number; tailBytes?: number; restAfterMs?: number }) {
		this.#log = options.log;
		this.#now = options.now ?? Date.now;
		this.#tailBytes = options.tailBytes;
		this.#restAfterMs = options.restAfterMs;
	}

	/**
	 * Follows a session from now on, in a new epoch. Viewers of the agent's former session see this one.
	 * @throws what the backend throws: `not_found`, `unavailable`.
	 */
	async open(agentId: string, sessionId: string, backend: SessionTerminal, options?: Cancellable): Promise<void> {
		const former = this.#terminals.get(agentId);
		const again = former?.stream.sessionId === sessionId && former.stream.end === null;
		if (again) former.stream.closeSource(); // a session has one open source at most
		const feed = new SourceFeed();
		let source: TerminalSource;
		try {
			source = await backend.open(sessionId, feed, options);
		} catch (error) {
			if (again) former.ended({ exitCode: null, exitSignal: null, reason: "its terminal could not be opened again" });
			throw error;
		}
		if (this.#disposed) {
			source.close();
			throw new ClawmuxError("closed", "The hub is stopping.");
		}
		const stream = new SessionStream({
			agentId,
			sessionId,
			source,
			scheduler: this.#scheduler,
			tailBytes: this.#tailBytes,
			restAfterMs: this.#restAfterMs,
		});
		const terminal = this.#terminals.get(agentId);
		if (terminal) terminal.replace(stream);
		else this.#terminals.set(agentId, this.#create(stream));
		feed.connect(this.#receiver(stream));
	}

	/** Serves a link until it closes. */
	serve(link: FrameLink): void {
		const connection = new TerminalConnection({
			link,
			pump: this.#pump,
			log: this.#log,
			find: (agentId) => this.#find(agentId),
			onClose: () => this.#connections.delete(connection),
		});
		this.#connections.add(connection);
	}

	get(agentId: string): Terminal | undefined {
		return this.#terminals.get(agentId)?.description;
	}

	list(): Terminal[] {
		return [...this.#terminals.values()].map((terminal) => terminal.description);
	}

	/** Lets go of an agent's terminal and its output. The session itself lives on. */
	forget(agentId: string): void {
		const terminal = this.#terminals.get(agentId);
		if (!terminal) return;
		this.#terminals.delete(agentId);
		for (const connection of this.#connections) connection.forget(terminal);
		terminal.dispose(`The terminal of ${agentId} is gone.`);
	}

	/** Types raw bytes. @throws ClawmuxError `not_found`, `closed`. */
	write(agentId: string, bytes: Uint8Array): void {
		this.#find(agentId).write(bytes);
	}

	/** Pastes text as one piece. @throws ClawmuxError `not_found`, `closed`. */
	async paste(agentId: string, text: string): Promise<void> {
		await this.#find(agentId).paste(text);
	}

	dispose(): void {
		this.#disposed = true;
		for (const connection of [...this.#connections]) connection.close();
		for (const terminal of this.#terminals.values()) terminal.dispose("The hub is stopping.");
		this.#terminals.clear();
		this.#pump.dispose();
		this.#scheduler.dispose();
		this.events.removeAllListeners();
	}

	/** A listener that throws must cost neither the others their news nor the session its output. */
	#tell<Name extends keyof TerminalsEvents>(name: Name, ...news: TerminalsEvents[Name]): void {
		for (const listener of this.events.listeners(name) as ((...news: TerminalsEvents[Name]) => unknown)[]) {
			try {
				listener(...news);
			} catch (error) {
				this.#log.error("A listener to a terminal failed.", { event: name, agentId: news[0], error });
			}
		}
	}

	#find(agentId: string): AgentTerminal {
		const terminal = this.#terminals.get(agentId);
		if (terminal) return terminal;
		throw new ClawmuxError("not_found", `Agent ${agentId} has no terminal. Start it first.`);
	}

	#create(stream: SessionStream): AgentTerminal {
		const { agentId } = stream;
		return new AgentTerminal({
			stream,
			pump: this.#pump,
			onResizeFailed: (error) => this.#log.warn("A session could not be resized.", { agentId, error }),
		});
	}

	/** Takes what a source delivers, as long as its stream is the agent's newest. */
	#receiver(stream: SessionStream): Receiver {
		const { agentId } = stream;
		let activityAt = Number.NEGATIVE_INFINITY;
		const current = (): AgentTerminal | undefined => {
			const terminal = this.#terminals.get(agentId);
			return terminal?.stream === stream ? terminal : undefined;
		};
		return {
			onData: (bytes) => {
				const terminal = current();
				if (!terminal) return;
				terminal.append(bytes);
				const now = this.#now();
				if (now - activityAt < activityEveryMs) return;
				activityAt = now;
				this.#tell("activity", agentId);
			},
			onEnd: (end) => {
				const terminal = current();
				if (!terminal) return;
				terminal.ended(end);
				this.#tell("end", agentId, end);
			},
		};
	}
}

interface Receiver {
	onData(bytes: Uint8Array): void;
	onEnd(end: SessionEnd): void;
}

/** Keeps what a source delivers before its opening is through. */
class SourceFeed implements Receiver {
	#early: ((to: Receiver) => void)[] = [];
	#to: Receiver | undefined;

	onData(bytes: Uint8Array): void {
		if (this.#to) this.#to.onData(bytes);
		else {
			const copy = bytes.slice();
			this.#early.push((to) => to.onData(copy));
		}
	}

	onEnd(end: SessionEnd): void {
		if (this.#to) this.#to.onEnd(end);
		else this.#early.push((to) => to.onEnd(end));
	}

	connect(to: Receiver): void {
		this.#to = to;
		for (const deliver of this.#early.splice(0)) deliver(to);
	}
}
