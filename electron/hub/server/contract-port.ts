import type { WebSocket } from "ws";
import type { Log } from "../log.ts";
import { dataOf, type EventedPort } from "./evented-port.ts";

/** One end of a two-way line of whole oRPC messages. A browser's MessagePort is one as it stands. */
export interface ContractPort {
	postMessage(message: unknown): void;
	addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
	addEventListener(type: "close", listener: () => void): void;
	close(): void;
}

/**
 * Events a client may leave unread before its connection is given up. It reconnects and starts from a snapshot, so nothing
 * is lost; without a bound a sleeping client would grow the hub.
 */
const unreadBytes = 16 * 1024 * 1024;

/** WebSocket close codes (RFC 6455, 7.4.1). */
const policyViolation = 1008;
const tryAgainLater = 1013;

type Listeners = { message: Set<(event: { data: unknown }) => void>; close: Set<() => void> };

abstract class Port implements ContractPort {
	protected readonly listeners: Listeners = { message: new Set(), close: new Set() };

	abstract postMessage(message: unknown): void;
	abstract close(): void;

	addEventListener(type: "message" | "close", listener: (event: { data: unknown }) => void): void {
		this.listeners[type].add(listener as () => void);
	}

	protected received(data: unknown): void {
		for (const listener of this.listeners.message) listener({ data });
	}

	protected closed(): void {
		const told = [...this.listeners.close];
		this.listeners.close.clear();
		this.listeners.message.clear();
		for (const listener of told) listener();
	}
}

class WebSocketPort extends Port {
	readonly #socket: WebSocket;
	readonly #log: Log;

	constructor(socket: WebSocket, log: Log) {
		super();
		this.#socket = socket;
		this.#log = log;
		socket.on("message", (data: Buffer, isBinary) => this.received(isBinary ? data : data.toString("utf8")));
		socket.on("close", () => this.closed());
	}

	postMessage(message: unknown): void {
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		if (this.#socket.bufferedAmount > unreadBytes) {
			this.#log.warn("A contract client reads too slowly; its connection is closed.", { unread: this.#socket.bufferedAmount });
			this.#socket.close(tryAgainLater, "read too slowly");
			this.#socket.terminate();
			return;
		}
		this.#socket.send(message as string | Uint8Array);
	}

	close(): void {
		this.#socket.close(policyViolation);
	}
}

/**
 * A port does not tell what its other side has not read, so nothing bounds what a hung page leaves in it but the hub's own
 * announcements, a few hundred bytes each; Chromium ends a page that hangs, or a person does, and the port goes with it.
 */
class EventedContractPort extends Port {
	readonly #port: EventedPort;

	constructor(port: EventedPort) {
		super();
		this.#port = port;
		port.on("message", (event) => this.received(dataOf(event)));
		port.on("close", () => this.closed());
		port.start?.();
	}

	postMessage(message: unknown): void {
		this.#port.postMessage(message);
	}

	close(): void {
		this.#port.close();
	}
}

class MemoryPort extends Port {
	other: MemoryPort | undefined;

	postMessage(message: unknown): void {
		const other = this.other;
		queueMicrotask(() => other?.received(message));
	}

	close(): void {
		const other = this.other;
		if (!other) return;
		this.other = undefined;
		other.other = undefined;
		queueMicrotask(() => {
			this.closed();
			other.closed();
		});
	}
}

/** A server's WebSocket as a contract port. Messages to a socket that is no longer open go nowhere. */
export function webSocketContractPort(socket: WebSocket, log: Log): ContractPort {
	return new WebSocketPort(socket, log);
}

/** Electron's MessagePortMain, or Node's MessagePort, as a contract port; starts it. */
export function eventedContractPort(port: EventedPort): ContractPort {
	return new EventedContractPort(port);
}

/** Two ends of a line inside this process. */
export function contractPortPair(): [ContractPort, ContractPort] {
	const one = new MemoryPort();
	const two = new MemoryPort();
	one.other = two;
	two.other = one;
	return [one, two];
}
