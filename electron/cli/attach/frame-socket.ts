import { connect } from "node:net";
import WebSocket from "ws";
import { ClawmuxError } from "../../../shared/errors.ts";
import { decodeFrame, type Frame } from "../../../shared/frames.ts";

export interface FrameSocket {
	send(frame: Uint8Array): void;
	close(): void;
}

/**
 * Opens the terminal plane over the hub's Unix socket.
 * @throws ClawmuxError `unavailable` when the hub does not take it.
 */
export function openFrameSocket(
	socketPath: string,
	listeners: { onFrame(frame: Frame): void; onClose(): void },
): Promise<FrameSocket> {
	const socket = new WebSocket("ws://localhost/ws/terminals", "clawmux", {
		createConnection: () => connect(socketPath),
		perMessageDeflate: false,
	});
	socket.binaryType = "nodebuffer";
	return new Promise((resolve, reject) => {
		socket.on("error", (cause) =>
			reject(new ClawmuxError("unavailable", `The ClawMux hub gives no terminal: ${cause.message}`, { cause })),
		);
		socket.on("open", () =>
			resolve({
				send: (frame) => {
					if (socket.readyState === WebSocket.OPEN) socket.send(frame);
				},
				close: () => socket.close(),
			}),
		);
		socket.on("message", (data) => listeners.onFrame(decodeFrame(data as Buffer)));
		socket.on("close", listeners.onClose);
	});
}
