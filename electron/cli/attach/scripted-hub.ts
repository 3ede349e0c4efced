// For tests: says over the terminal plane what a test tells it to, where the real hub would not.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { decodeFrame, type Frame } from "../../../shared/frames.ts";

/** A hub with one running agent, Sky. */
export class ScriptedHub {
	readonly home = mkdtempSync(join(tmpdir(), "clawmux-attach-"));
	readonly #server = createServer((_, response) => {
		const agents = [{ id: "af_sky", name: "Sky", state: "running" }];
		response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ json: agents }));
	});

	constructor(onFrame: (socket: WebSocket, frame: Frame) => void) {
		const terminals = new WebSocketServer({ server: this.#server, path: "/ws/terminals" });
		terminals.on("connection", (socket) => socket.on("message", (data) => onFrame(socket, decodeFrame(data as Buffer))));
	}

	async listen(): Promise<void> {
		mkdirSync(join(this.home, "run"));
		await new Promise<void>((done) => this.#server.listen(join(this.home, "run", "hub.sock"), done));
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((done) => this.#server.close(done));
		rmSync(this.home, { recursive: true });
	}
}
