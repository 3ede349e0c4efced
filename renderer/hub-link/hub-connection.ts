import type { HubClient } from "../../shared/contract/contract.ts";
import type { HubEvent } from "../../shared/contract/hub.ts";
import { ClawmuxError, toClawmuxError } from "../../shared/errors.ts";
import type { FrameLink } from "../../shared/frames.ts";
import { retryDelayMs } from "./backoff.ts";
import type { HubLine, OpenLine } from "./hub-line.ts";

/** How this window stands to its hub. `lost` means: known data is old, and it is being tried again. */
export type ConnectionState =
	| { phase: "connecting" }
	| { phase: "live" }
	| { phase: "lost"; since: number; reason: string }
	| { phase: "refused"; reason: string };

/** Who is told what comes over the connection. */
export interface ConnectionListener {
	state(state: ConnectionState): void;
	event(event: HubEvent): void;
	/** The terminal plane as it comes and goes. */
	terminals(link: FrameLink | null): void;
}

/** Keeps one line to the hub open for as long as the window lives: reads its events, and comes back with growing patience. */
export class HubConnection {
	readonly #open: OpenLine;
	readonly #listener: ConnectionListener;
	readonly #ending = new AbortController();
	#line: HubLine | null = null;
	#lostAt: number | null = null;
	#retryNow: (() => void) | null = null;

	constructor(open: OpenLine, listener: ConnectionListener) {
		this.#open = open;
		this.#listener = listener;
	}

	/** The contract. @throws ClawmuxError `unavailable` while there is no connection. */
	get client(): HubClient {
		if (!this.#line)
			throw new ClawmuxError(
				"unavailable",
				"Not connected to the hub. It is tried again all the time; try once more in a moment.",
			);
		return this.#line.client;
	}

	/** Runs until `stop`, or until the hub refuses this window for good. */
	async run(): Promise<void> {
		for (let attempt = 0; !this.#ending.signal.aborted; attempt++) {
			try {
				await this.#runLine(() => {
					attempt = 0;
				});
			} catch (thrown) {
				const error = toClawmuxError(thrown);
				if (this.#ending.signal.aborted) return;
				if (error.code === "denied") return this.#listener.state({ phase: "refused", reason: error.message });
				this.#lostAt ??= Date.now();
				this.#listener.state({ phase: "lost", since: this.#lostAt, reason: error.message });
			}
			await this.#wait(retryDelayMs(attempt, Math.random()));
		}
	}

	/** Tries at once instead of waiting: the machine woke, or a person asked. */
	retry(): void {
		this.#retryNow?.();
	}

	stop(): void {
		this.#ending.abort();
		this.#retryNow?.();
		this.#line?.close();
	}

	async #runLine(onLive: () => void): Promise<never> {
		const line = await this.#open(this.#ending.signal);
		this.#line = line;
		const closed = new Promise<never>((_, reject) => {
			line.onClose(() => reject(new ClawmuxError("closed", "The connection to the hub closed.")));
		});
		try {
			return await Promise.race([this.#readEvents(line, onLive), closed]);
		} finally {
			this.#line = null;
			this.#listener.terminals(null);
			line.close();
		}
	}

	async #readEvents(line: HubLine, onLive: () => void): Promise<never> {
		const events = await line.client.hub.events(undefined, { signal: this.#ending.signal });
		for await (const event of events) {
			this.#listener.event(event);
			if (event.type !== "hub.snapshot") continue;
			this.#lostAt = null;
			onLive();
			this.#listener.state({ phase: "live" });
			this.#listener.terminals(line.terminals);
		}
		throw new ClawmuxError("closed", "The hub ended its announcements.");
	}

	#wait(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(() => this.#retryNow?.(), ms);
			this.#retryNow = () => {
				clearTimeout(timer);
				this.#retryNow = null;
				resolve();
			};
		});
	}
}
