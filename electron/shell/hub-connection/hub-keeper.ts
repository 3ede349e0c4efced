import { setTimeout as delay } from "node:timers/promises";
import { ClawmuxError } from "../../../shared/errors.ts";
import type { HubConnection } from "./hub-connection.ts";

/** Between two tries to get a hub back. */
const retryMs = { first: 100, most: 5000 };

/**
 * Keeps this process connected to the hub of its home. When the hub it is attached to goes away it connects again, which
 * makes this process the host if nobody else is by then.
 */
export class HubKeeper {
	#connection: HubConnection | undefined;
	#closing = new AbortController();
	readonly #connect: () => Promise<HubConnection>;
	readonly #onConnected: (connection: HubConnection) => void;
	readonly #onLost: () => void;
	readonly #onError: (error: unknown) => void;

	constructor(options: {
		connect: () => Promise<HubConnection>;
		/** After each connect, the first included. */
		onConnected: (connection: HubConnection) => void;
		/** When the hub is gone; a connect follows by itself. */
		onLost: () => void;
		/** A try to get the hub back that failed; the next follows by itself. */
		onError: (error: unknown) => void;
	}) {
		this.#connect = options.connect;
		this.#onConnected = options.onConnected;
		this.#onLost = options.onLost;
		this.#onError = options.onError;
	}

	/** The hub, or undefined while there is none. */
	get connection(): HubConnection | undefined {
		return this.#connection;
	}

	/** Connects for the first time; rejects with what `connect` rejects with. */
	async start(): Promise<void> {
		this.#keep(await this.#connect());
	}

	/** Closes the hub (host) or leaves it (attach); nothing is tried again after. */
	async close(): Promise<void> {
		this.#closing.abort();
		const connection = this.#connection;
		this.#connection = undefined;
		await connection?.close();
	}

	#keep(connection: HubConnection): void {
		if (this.#closing.signal.aborted) {
			// The wish to close came while the connection was being made.
			void connection.close().catch(this.#onError);
			return;
		}
		this.#connection = connection;
		connection.onLost(() => {
			if (this.#connection !== connection) return;
			this.#connection = undefined;
			this.#onLost();
			void this.#reconnect();
		});
		this.#onConnected(connection);
	}

	async #reconnect(): Promise<void> {
		for (let waitMs = retryMs.first; !this.#closing.signal.aborted; waitMs = Math.min(waitMs * 2, retryMs.most)) {
			try {
				return this.#keep(await this.#connect());
			} catch (error) {
				this.#onError(new ClawmuxError("unavailable", "The hub is gone and could not be had back yet.", { cause: error }));
			}
			await this.#wait(waitMs);
		}
	}

	async #wait(waitMs: number): Promise<void> {
		try {
			await delay(waitMs, undefined, { signal: this.#closing.signal });
		} catch (error) {
			// Only an abort ends a wait early, and it means that nobody waits for the hub any more.
			if (!this.#closing.signal.aborted) throw error;
		}
	}
}
