import type { Log } from "../../../log.ts";
import { type TmuxControl, TmuxGone } from "./control.ts";
import type { TmuxServer } from "./server.ts";

export interface ConnectionEvents {
	/** Something about sessions changed: look again. */
	onChange(): void;
	/** There is no server any more. */
	onServerGone(reason: string): void;
}

/** Notices that can mean that a session appeared, vanished or that its program ended. */
const changes = /^%(sessions-changed|session-changed|(unlinked-)?window-(renamed|close))/;

/** Between two tries to reach a server that is there and does not take us. */
const retryMs = 250;

/** The one control client, made when it is first needed and again whenever it is lost. */
export class TmuxConnection {
	readonly #server: TmuxServer;
	readonly #log: Log;
	readonly #events: ConnectionEvents;
	#control: Promise<TmuxControl | null> | null = null;
	#starting: Promise<void> | null = null;
	#retry: NodeJS.Timeout | null = null;
	#disposed = false;

	constructor(server: TmuxServer, log: Log, events: ConnectionEvents) {
		this.#server = server;
		this.#log = log;
		this.#events = events;
	}

	/** The client, or null when no server runs. */
	get(): Promise<TmuxControl | null> {
		if (this.#disposed) return Promise.resolve(null);
		this.#control ??= this.#connect();
		return this.#control;
	}

	/** The client of a server that is started where there is none. */
	async getStarted(): Promise<TmuxControl> {
		const running = await this.get();
		if (running) return running;
		this.#starting ??= this.#server.start().finally(() => {
			this.#starting = null;
		});
		await this.#starting;
		const control = await this.get();
		if (!control) throw new TmuxGone("The tmux server was started and does not answer.");
		return control;
	}

	dispose(): void {
		this.#disposed = true;
		if (this.#retry) clearTimeout(this.#retry);
		const control = this.#control;
		this.#control = null;
		control?.then(
			(client) => client?.close(),
			(error: unknown) => this.#log.debug("The tmux connection was never made.", { error }),
		);
	}

	async #connect(): Promise<TmuxControl | null> {
		try {
			const control = await this.#server.connect({
				onNotice: (line) => {
					if (changes.test(line)) this.#events.onChange();
				},
				onClose: (reason) => this.#onClose(reason),
			});
			// None runs now; ask again the next time.
			if (!control) this.#control = null;
			return control;
		} catch (error) {
			this.#control = null;
			throw error;
		}
	}

	#onClose(reason: string): void {
		this.#control = null;
		if (this.#disposed) return;
		this.#log.info("The connection to the tmux server ended.", { reason });
		this.#reconnect(reason);
	}

	#reconnect(reason: string): void {
		this.get().then(
			(control) => {
				if (this.#disposed) return;
				if (control) this.#events.onChange();
				else this.#events.onServerGone(reason);
			},
			(error: unknown) => {
				// No answer is not death: keep asking.
				if (this.#disposed) return;
				this.#log.warn("The tmux server does not take a connection; trying again.", { error });
				this.#retry = setTimeout(() => this.#reconnect(reason), retryMs);
			},
		);
	}
}
