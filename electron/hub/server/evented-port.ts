/** The part that Electron's MessagePortMain and Node's MessagePort have in common. */
export interface EventedPort {
	postMessage(message: unknown): void;
	on(event: "message" | "close", listener: (event?: unknown) => void): unknown;
	start?(): void;
	close(): void;
}

/** What a port received: Electron hands over an event `{ data, ports }`, Node the value itself. */
export function dataOf(event: unknown): unknown {
	return typeof event === "object" && event !== null && "data" in event && "ports" in event ? event.data : event;
}
