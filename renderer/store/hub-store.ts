import { create } from "zustand";
import type { HubEvent } from "../../shared/contract/hub.ts";
import type { ConnectionState } from "../hub-link/hub-connection.ts";
import { applyEvent, type HubData, noHubData } from "./hub-data.ts";

interface HubStore extends HubData {
	connection: ConnectionState;
}

/** What is known of the hub. Written by the connection alone, from events; never by a call's answer. */
export const useHub = create<HubStore>()(() => ({ ...noHubData, connection: { phase: "connecting" } }));

/** The connection's way into the store. */
export const hubWriter = {
	event: (event: HubEvent): void => useHub.setState((state) => applyEvent(state, event)),
	state: (connection: ConnectionState): void => useHub.setState({ connection }),
};
