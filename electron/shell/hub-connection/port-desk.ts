import { MessageChannelMain, type MessagePortMain, type WebContents } from "electron";
import type { HubConnection } from "./hub-connection.ts";

/** Hands each page its pair of ports to the hub, now or as soon as there is a hub again. */
export class PortDesk {
	readonly #connection: () => HubConnection | undefined;
	readonly #open = new Map<WebContents, MessagePortMain[]>();
	readonly #waiting = new Set<WebContents>();

	/** @param connection what there is of a hub at the moment of asking */
	constructor(connection: () => HubConnection | undefined) {
		this.#connection = connection;
	}

	/** A page asks: what it had before is closed. */
	request(page: WebContents): void {
		this.#closePorts(page);
		const connection = this.#connection();
		if (!connection) {
			this.#waiting.add(page);
			return;
		}
		const contract = new MessageChannelMain();
		const terminals = new MessageChannelMain();
		this.#open.set(page, [contract.port1, terminals.port1]);
		connection.openContractPort(contract.port1);
		connection.openTerminalPort(terminals.port1);
		page.postMessage("clawmux:ports", null, [contract.port2, terminals.port2]);
	}

	/** There is a hub: serves the pages that wait for one. */
	serveWaiting(): void {
		const pages = [...this.#waiting];
		this.#waiting.clear();
		for (const page of pages) this.request(page);
	}

	/** The hub is gone. Pages notice by their ports' end, and ask again. */
	closeAll(): void {
		for (const page of [...this.#open.keys()]) this.#closePorts(page);
	}

	/** The page is gone, or is about to be another one. */
	forget(page: WebContents): void {
		this.#waiting.delete(page);
		this.#closePorts(page);
	}

	#closePorts(page: WebContents): void {
		const ports = this.#open.get(page) ?? [];
		this.#open.delete(page);
		for (const port of ports) port.close();
	}
}
