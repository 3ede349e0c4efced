import type { WebSocket } from "ws";
import { toClawmuxError } from "../../../shared/errors.ts";
import type { FrameLink } from "../../../shared/frames.ts";
import type { Log } from "../log.ts";
import { dataOf, type EventedPort } from "./evented-port.ts";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const normalClosure = 1000;
const unsupportedData = 1003;
const policyViolation = 1008;

abstract class Link implements FrameLink {
	readonly #frames = new Set<(frame: Uint8Array) => void>();
	readonly #closes = new Set<() => void>();
	#closed = false;
	/** Frames that came before anybody listened. */
	#early: Uint8Array[] = [];

	abstract send(frame: Uint8Array<ArrayBuffer>): void;
	abstract readonly bufferedBytes: number;
	abstract close(): void;

	onFrame(listener: (frame: Uint8Array) => void): void {
		this.#frames.add(listener);
		const early = this.#early;
		this.#early = [];
		for (const frame of early) listener(frame);
	}

	onClose(listener: () => void): void {
		if (this.#closed) queueMicrotask(listener);
		else this.#closes.add(listener);
	}

	protected received(frame: Uint8Array): void {
		if (this.#closed) return;
		if (this.#frames.size === 0) this.#early.push(frame);
		for (const listener of this.#frames) listener(frame);
	}

	protected closed(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#early = [];
		for (const listener of this.#closes) listener();
		this.#closes.clear();
		this.#frames.clear();
	}
}

class WebSocketLink extends Link {
	readonly #socket: WebSocket;

	constructor(socket: WebSocket, log: Log) {
		super();
		this.#socket = socket;
		socket.on("message", (data: Buffer, isBinary) => {
			if (!isBinary) return socket.close(unsupportedData, "terminal frames are binary");
			try {
				this.received(data);
			} catch (thrown) {
				// A frame that cannot be read means both sides no longer agree where frames begin and end.
				const error = toClawmuxError(thrown);
				log.warn("A terminal link sent a frame that was refused; it is closed.", { code: error.code, message: error.message });
				socket.close(policyViolation, "frame refused");
			}
		});
		socket.on("close", () => this.closed());
	}

	get bufferedBytes(): number {
		return this.#socket.bufferedAmount;
	}

	send(frame: Uint8Array<ArrayBuffer>): void {
		if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame);
	}

	close(): void {
		this.#socket.close(normalClosure);
	}
}

class EventedLink extends Link {
	readonly #port: EventedPort;
	/** A port does not tell what it still holds; viewers are held back by their credit alone, 128 KB each. */
	readonly bufferedBytes = 0;

	constructor(port: EventedPort, log: Log) {
		super();
		this.#port = port;
		port.on("message", (event) => {
			const frame = dataOf(event);
			try {
				if (frame instanceof Uint8Array) this.received(frame);
				else if (frame instanceof ArrayBuffer) this.received(new Uint8Array(frame));
				else throw new TypeError("A terminal port carries bytes only.");
			} catch (thrown) {
				const error = toClawmuxError(thrown);
				log.warn("A terminal port sent a frame that was refused; it is closed.", { code: error.code, message: error.message });
				this.close();
			}
		});
		port.on("close", () => this.closed());
		port.start?.();
	}

	send(frame: Uint8Array<ArrayBuffer>): void {
		this.#port.postMessage(frame);
	}

	close(): void {
		this.#port.close();
		this.closed();
	}
}

class MemoryLink extends Link {
	other: MemoryLink | undefined;
	bufferedBytes = 0;

	send(frame: Uint8Array<ArrayBuffer>): void {
		const other = this.other;
		if (!other) return;
		this.bufferedBytes += frame.byteLength;
		queueMicrotask(() => {
			this.bufferedBytes -= frame.byteLength;
			other.received(frame);
		});
	}

	close(): void {
		const other = this.other;
		if (!other) return;
		this.other = undefined;
		other.other = undefined;
		// After the frames that are already on their way.
		queueMicrotask(() => {
			this.closed();
			other.closed();
		});
	}
}

/** A server's WebSocket as a frame link; text messages and refused frames close it. */
export function webSocketFrameLink(socket: WebSocket, log: Log): FrameLink {
	return new WebSocketLink(socket, log);
}

/** Electron's MessagePortMain, or Node's MessagePort, as a frame link; starts it. */
export function eventedFrameLink(port: EventedPort, log: Log): FrameLink {
	return new EventedLink(port, log);
}

/** Two ends of a link inside this process, in order and never within the call of `send`. */
export function frameLinkPair(): [FrameLink, FrameLink] {
	const one = new MemoryLink();
	const two = new MemoryLink();
	one.other = two;
	two.other = one;
	return [one, two];
}
