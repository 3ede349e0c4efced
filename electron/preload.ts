import { contextBridge, ipcRenderer } from "electron";
import type { DesktopBridge, DesktopMessage } from "../shared/desktop-bridge.ts";

// Everything the page gets from the desktop window; see shared/desktop-bridge.ts. Channels are named for the messages.
const bridge: DesktopBridge = {
	platform: process.platform,
	requestPorts: () => ipcRenderer.send("clawmux:request-ports"),
	openExternal: (url) => ipcRenderer.send("clawmux:open-external", url),
};

contextBridge.exposeInMainWorld("clawmux", bridge);

ipcRenderer.on("clawmux:ports", (event) => tellPage({ type: "clawmux:ports" }, event.ports));
ipcRenderer.on("clawmux:open", (_event, agentId: string) => tellPage({ type: "clawmux:open", agentId }));

function tellPage(message: DesktopMessage, ports: readonly MessagePort[] = []): void {
	window.postMessage(message, window.location.origin, [...ports]);
}
