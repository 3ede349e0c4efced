import { setTimeout as delay } from "node:timers/promises";
import type { MessagePortMain } from "electron";
import type { HubClient } from "../../../shared/contract/contract.ts";
import { ClawmuxError } from "../../../shared/errors.ts";

/** The hub as the shell and its windows see it, whether it runs in this process or in another. */
export interface HubConnection {
	readonly mode: "host" | "attach";
	/** For the shell's own questions and its own subscription. */
	readonly client: HubClient;
	/** Gives one window's contract port to the hub, which serves it until either side closes it. */
	openContractPort(port: MessagePortMain): void;
	/** Gives one window's terminal port to the hub. */
	openTerminalPort(port: MessagePortMain): void;
	/** Called once when the hub is gone without `close` having been called. */
	onLost(listener: () => void): void;
	/** Host: closes the hub. Attach: leaves it running. */
	close(): Promise<void>;
}

export interface ConnectOptions {
	/** Makes this process the owner. Rejects with `conflict` when another process is. */
	host: () => Promise<HubConnection>;
	/** Becomes a client of the owner. Rejects when there is none, or it does not answer yet. */
	attach: () => Promise<HubConnection>;
	/** How long a hub that owns the home may take to answer. Default 15 s: one that adopts many sessions is slow to begin. */
	patienceMs?: number;
}

/** A hub that is just starting holds its lock before it listens, one that stops listens no more before it lets go. */
const retryMs = { first: 50, most: 1000 };

/**
 * Hosts the hub, or attaches to the one that owns the home already.
 * @throws whatever `host` rejects with; that is `conflict` only when the owner has not answered in time.
 */
export async function connectHub(options: ConnectOptions): Promise<HubConnection> {
	const giveUpAt = Date.now() + (options.patienceMs ?? 15_000);
	for (let waitMs = retryMs.first; ; waitMs = Math.min(waitMs * 2, retryMs.most)) {
		const conflict = await options.host().catch(conflictOnly);
		if (!(conflict instanceof ClawmuxError)) return conflict;
		try {
			return await options.attach();
		} catch (error) {
			if (Date.now() + waitMs > giveUpAt) throw new ClawmuxError("conflict", conflict.message, { cause: error });
		}
		await delay(waitMs);
	}
}

/** Another hub owning the home is an answer here; everything else is an error. */
function conflictOnly(thrown: unknown): ClawmuxError {
	if (thrown instanceof ClawmuxError && thrown.code === "conflict") return thrown;
	throw thrown;
}
