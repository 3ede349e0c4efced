import type { PayloadName } from "../fixtures/payloads.ts";

/** One flood, from the typed command to the last byte on the screen. */
export interface FloodRun {
	ms: number;
	/** Output that came as it was; less than was printed where the viewer fell off the tail and was painted anew. */
	drawnBytes: number;
	frames: number;
	resets: number;
}

/** What the driver may ask of the page of the measurements. Times in ms. */
export interface BenchPage {
	/** Opens the product's own line to the hub: ports in the desktop app, WebSockets in a browser. */
	connect(): Promise<void>;
	/** Shows an agent's terminal, 120 x 36, and waits until it has drawn something of a program that says it is ready. */
	show(agentId: string): Promise<void>;
	hide(): void;
	type(text: string): void;
	/** Types a command that prints `bytes` bytes and waits until the last of them is drawn. */
	flood(command: string, bytes: number): Promise<FloodRun>;
	/** Draws the same bytes from memory with a screen of its own in the same place. */
	parse(name: PayloadName, scale: number): Promise<number>;
	/** Types single bytes to a program that returns them, and times each until it is drawn. */
	echo(count: number, gapMs: number): Promise<number[]>;
	/** The same to a pseudo-terminal behind a bare WebSocket, with no hub between. */
	bareEcho(url: string, count: number, gapMs: number): Promise<number[]>;
}

declare global {
	interface Window {
		bench: BenchPage;
	}
}
