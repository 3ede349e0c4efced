import type { FrameLink } from "../shared/frames.ts";

/** Terminal frames over a MessagePort, which it starts. A port does not tell what it still holds. */
export function portFrameLink(port: MessagePort): FrameLink {
	return {
		bufferedBytes: 0,
		send: (frame) => port.postMessage(frame),
		onFrame: (listener) => {
			port.addEventListener("message", ({ data }) => {
				if (data instanceof Uint8Array) listener(data);
				else if (data instanceof ArrayBuffer) listener(new Uint8Array(data));
				else throw new TypeError("A terminal port carries bytes only.");
			});
			port.start();
		},
		onClose: (listener) => port.addEventListener("close", listener),
		close: () => port.close(),
	};
}

/** Terminal frames over an open WebSocket whose `binaryType` is `arraybuffer`. */
export function socketFrameLink(socket: WebSocket): FrameLink {
	return {
		get bufferedBytes() {
			return socket.bufferedAmount;
		},
		send: (frame) => {
			if (socket.readyState === WebSocket.OPEN) socket.send(frame);
		},
		onFrame: (listener) => {
			socket.addEventListener("message", ({ data }) => {
				if (data instanceof ArrayBuffer) listener(new Uint8Array(data));
				else throw new TypeError("A terminal link carries bytes only.");
			});
		},
		onClose: (listener) => socket.addEventListener("close", listener),
		close: () => socket.close(),
	};
}
