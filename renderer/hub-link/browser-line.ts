import { ClawmuxError } from "../../shared/errors.ts";
import { socketClient } from "../client.ts";
import { socketFrameLink } from "../terminal-link.ts";
import { closeTogether, type OpenLine } from "./hub-line.ts";

/** Opens lines over two WebSockets of the server this page came from. The token goes into the subprotocol list, never into the address. */
export function browserLine(token: string): OpenLine {
	return async (signal) => {
		const opened = await Promise.allSettled([
			openSocket("/ws/contract", token, signal),
			openSocket("/ws/terminals", token, signal),
		]);
		const sockets = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
		const [contract, terminals] = sockets;
		if (!contract || !terminals || sockets.length < 2 || signal.aborted) {
			for (const socket of sockets) socket.close();
			throw await whyClosed(token);
		}
		const link = socketFrameLink(terminals);
		const ends = closeTogether([
			{ onClose: (listener) => contract.addEventListener("close", listener), close: () => contract.close() },
			link,
		]);
		return { client: socketClient(contract), terminals: link, ...ends };
	};
}

function openSocket(path: string, token: string, signal: AbortSignal): Promise<WebSocket> {
	const url = new URL(path, window.location.href);
	url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
	url.hash = "";
	const socket = new WebSocket(url, ["clawmux", `token.${token}`]);
	socket.binaryType = "arraybuffer";
	return new Promise((resolve, reject) => {
		socket.addEventListener("open", () => resolve(socket), { once: true });
		const onAbort = () => socket.close();
		const onClose = () => {
			// The signal lives as long as the window: what stays with it stays for every connection that ever was.
			signal.removeEventListener("abort", onAbort);
			reject(new ClawmuxError("unavailable", "The hub cannot be reached."));
		};
		socket.addEventListener("close", onClose, { once: true });
		signal.addEventListener("abort", onAbort, { once: true });
	});
}

/** A browser does not say why a WebSocket was refused; a plain request with the same token does. */
async function whyClosed(token: string): Promise<ClawmuxError> {
	try {
		const answer = await fetch("/api/hub", { headers: { authorization: `Bearer ${token}` } });
		if (answer.status === 401 || answer.status === 403)
			return new ClawmuxError("denied", "The hub does not accept this window any more.");
		return new ClawmuxError("unavailable", `The hub answers (${answer.status}), but refuses a live connection.`);
	} catch (cause) {
		return new ClawmuxError("unavailable", "The hub cannot be reached.", { cause });
	}
}
