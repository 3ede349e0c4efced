// A program in a pseudo-terminal behind a WebSocket and nothing else: what the echo through the hub is compared with.
import type { AddressInfo } from "node:net";
import { spawn } from "node-pty";
import { WebSocketServer } from "ws";
import { echoer } from "./programs.ts";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("listening", () => process.send?.(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`));
server.on("connection", (socket) => {
	const [program = "", ...args] = echoer;
	const pty = spawn(program, args, { name: "xterm-256color", cols: 120, rows: 36, encoding: null });
	// With `encoding: null` the data is a Buffer, which the types do not know.
	pty.onData((data: unknown) => socket.send(data as Buffer));
	socket.on("message", (data: Buffer) => pty.write(data));
	socket.on("close", () => pty.kill("SIGKILL"));
});
process.on("disconnect", () => process.exit(0));
