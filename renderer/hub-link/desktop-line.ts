import type { DesktopBridge, DesktopMessage } from "../../shared/desktop-bridge.ts";
import { ClawmuxError } from "../../shared/errors.ts";
import { portClient } from "../client.ts";
import { portFrameLink } from "../terminal-link.ts";
import { closeTogether, type OpenLine } from "./hub-line.ts";

declare global {
	interface Window {
		/** Present in the desktop app only. */
		readonly clawmux?: DesktopBridge;
	}
}

/** Opens lines by asking the desktop window for ports. It answers as soon as there is a hub, so there is nothing to time out. */
export function desktopLine(bridge: DesktopBridge): OpenLine {
	return (signal) =>
		new Promise((resolve, reject) => {
			const done = () => {
				window.removeEventListener("message", onMessage);
				signal.removeEventListener("abort", onAbort);
			};
			const onAbort = () => {
				done();
				reject(new ClawmuxError("closed", "Connecting to the hub was cancelled."));
			};
			const onMessage = (event: MessageEvent) => {
				if (!isDesktopMessage(event) || event.data.type !== "clawmux:ports") return;
				const [contract, terminals] = event.ports;
				if (!contract || !terminals) return;
				done();
				const link = portFrameLink(terminals);
				const ends = closeTogether([
					{ onClose: (listener) => contract.addEventListener("close", listener), close: () => contract.close() },
					link,
				]);
				resolve({ client: portClient(contract), terminals: link, ...ends });
			};
			window.addEventListener("message", onMessage);
			signal.addEventListener("abort", onAbort, { once: true });
			bridge.requestPorts();
		});
}

/** Calls the listener when an agent was chosen outside the page (tray, command line). Returns what ends it. */
export function onAgentChosen(listener: (agentId: string) => void): () => void {
	const onMessage = (event: MessageEvent) => {
		if (isDesktopMessage(event) && event.data.type === "clawmux:open") listener(event.data.agentId);
	};
	window.addEventListener("message", onMessage);
	return () => window.removeEventListener("message", onMessage);
}

/** Only what this very window posts to itself is from the desktop app; a frame or an opener is not. */
function isDesktopMessage(event: MessageEvent): event is MessageEvent<DesktopMessage> {
	return event.source === window && event.origin === window.location.origin && typeof event.data?.type === "string";
}
