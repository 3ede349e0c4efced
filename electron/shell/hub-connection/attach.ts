import { once } from "node:events";
import { connect } from "node:net";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { ResponseValidationPlugin } from "@orpc/contract/plugins";
import type { MessagePortMain } from "electron";
import { WebSocket } from "ws";
import { contract, type HubClient } from "../../../shared/contract/contract.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import { withClawmuxErrors } from "../../../shared/rpc-errors.ts";
import type { HubConnection } from "./hub-connection.ts";

/** The part of Electron's MessagePortMain that a bridge needs. */
type PagePort = Pick<MessagePortMain, "on" | "postMessage" | "start" | "close">;

/** A socket that accepts and then says nothing is as good as none. */
const handshakeTimeoutMs = 5000;

/** A snapshot of 200 agents is well under a megabyte; more than this is not a hub talking. */
const longestMessageBytes = 64 * 1024 * 1024;

/**
 * What a page may have sent and the hub not read. A hub that stands still longer is not worth waiting for: the page connects
 * again. In the other direction a port does not tell what it holds; a hung page holds what the hub announces, and terminals
 * are held back by their credit.
 */
const unreadBytes = 32 * 1024 * 1024;

/** WebSocket close codes (RFC 6455, 7.4.1). */
const normalClosure = 1000;
const unsupportedData = 1003;

/**
 * Becomes a client of the hub that listens on this Unix socket or named pipe. Messages are passed on whole and unread, so
 * a page cannot tell this from a hub in the same process.
 * @throws ClawmuxError `unavailable` when nothing answers there.
 */
export async function attachToHub(socketPath: string, log: (message: string, error: unknown) => void): Promise<HubConnection> {
	const control = dial(socketPath, "/ws/contract");
	try {
		await once(control, "open");
	} catch (cause) {
		throw new ClawmuxError("unavailable", `No hub answers at ${socketPath}.`, { cause });
	}
	control.on("error", (error) => log("the connection to the hub failed", error));
	control.binaryType = "arraybuffer";
	const client: HubClient = createORPCClient(
		new RPCLink({ websocket: control, interceptors: [withClawmuxErrors], plugins: [new ResponseValidationPlugin(contract)] }),
	);
	const bridges = new Set<WebSocket>();
	let closing = false;
	const open = (port: PagePort, path: string): void => {
		const socket = dial(socketPath, path);
		bridges.add(socket);
		socket.on("close", () => bridges.delete(socket));
		socket.on("error", (error) => log(`a window's connection to ${path} failed`, error));
		bridge(port, socket);
	};
	return {
		mode: "attach",
		client,
		openContractPort: (port) => open(port, "/ws/contract"),
		openTerminalPort: (port) => open(port, "/ws/terminals"),
		onLost: (listener) => {
			const lost = (): void => {
				if (!closing) listener();
			};
			if (control.readyState === WebSocket.CLOSED) queueMicrotask(lost);
			else control.once("close", lost);
		},
		close: async () => {
			closing = true;
			await Promise.all([control, ...bridges].map(end));
		},
	};
}

function dial(socketPath: string, path: string): WebSocket {
	return new WebSocket(`ws://localhost${path}`, {
		// The address is only for the request line; the bytes go over the socket whose file permissions are the check.
		createConnection: () => connect(socketPath),
		perMessageDeflate: false,
		handshakeTimeout: handshakeTimeoutMs,
		maxPayload: longestMessageBytes,
	});
}

/** Passes whole messages both ways, in order, until one side closes. */
function bridge(port: PagePort, socket: WebSocket): void {
	const early: (string | Uint8Array)[] = [];
	socket.binaryType = "arraybuffer";
	socket.on("open", () => {
		for (const message of early.splice(0)) socket.send(message);
	});
	socket.on("message", (data, isBinary) => port.postMessage(isBinary ? new Uint8Array(data as ArrayBuffer) : data.toString()));
	socket.on("close", () => port.close());
	port.on("message", ({ data }) => {
		const message = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
		if (typeof message !== "string" && !(message instanceof Uint8Array)) socket.close(unsupportedData);
		else if (socket.readyState === WebSocket.CONNECTING) early.push(message);
		else if (socket.bufferedAmount > unreadBytes) socket.terminate();
		else if (socket.readyState === WebSocket.OPEN) socket.send(message);
	});
	port.on("close", () => socket.close(normalClosure));
	port.start();
}

/** Closes, waiting for the other side no longer than the handshake would. */
async function end(socket: WebSocket): Promise<void> {
	if (socket.readyState === WebSocket.CLOSED) return;
	const closed = once(socket, "close", { signal: AbortSignal.timeout(handshakeTimeoutMs) });
	socket.close(normalClosure);
	await closed.catch(() => socket.terminate());
}
