import { setTimeout as delay } from "node:timers/promises";
import type { HubConnection } from "../hub-connection/hub-connection.ts";
import type { Log } from "../shell-log.ts";
import { applyHubEvent, type Fleet } from "./fleet.ts";

/** Before a subscription that broke while the hub is still there is made anew. It begins with a snapshot, so nothing is lost. */
const againAfterMs = 1000;

/**
 * Keeps the fleet as the hub announces it, as long as `isCurrent` says that this connection is the one.
 * @param changed called after each event
 */
export async function followFleet(
	connection: HubConnection,
	fleet: Fleet,
	options: { isCurrent: () => boolean; changed: () => void; log: Log },
): Promise<void> {
	while (options.isCurrent()) {
		try {
			for await (const event of await connection.client.hub.events()) {
				applyHubEvent(fleet, event);
				options.changed();
			}
		} catch (error) {
			if (options.isCurrent()) options.log.warn("The tray's subscription broke; it is made anew.", { error });
		}
		if (options.isCurrent()) await delay(againAfterMs);
	}
}
