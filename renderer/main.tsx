import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { toClawmuxError } from "../shared/errors.ts";
import { App } from "./app.tsx";
import { forgetToken, readAddress, tokenOfTab } from "./auth.ts";
import { browserLine } from "./hub-link/browser-line.ts";
import { desktopLine, onAgentChosen } from "./hub-link/desktop-line.ts";
import { HubConnection } from "./hub-link/hub-connection.ts";
import type { OpenLine } from "./hub-link/hub-line.ts";
import { HubCalls } from "./store/hub-calls.ts";
import { hubWriter, useHub } from "./store/hub-store.ts";
import { windowActions } from "./store/window-store.ts";
import type { TerminalLook } from "./terminal/terminal-look.ts";
import { TerminalPool } from "./terminal/terminal-pool.ts";
import { TerminalRouter } from "./terminal/terminal-router.ts";
import { webLink } from "./terminal/web-link.ts";
import "./ui/tokens.css";
import "./ui/base.css";
import { dress, dressAsBefore, isDark, onSystemThemeChange } from "./ui/theme.ts";
import { type WindowParts, WindowPartsContext } from "./window-parts.ts";

/** Puts the parts of the window together, around one connection. */
function openWindow(open: OpenLine, firstAgent: string | null): void {
	const router = new TerminalRouter();
	let wanted = firstAgent;
	const connection = new HubConnection(open, {
		state: (state) => {
			if (state.phase === "refused") forgetToken();
			hubWriter.state(state);
		},
		event: (event) => {
			hubWriter.event(event);
			if (event.type === "hub.snapshot" && wanted !== null) {
				calls.open(wanted);
				wanted = null;
			}
		},
		terminals: (link) => router.connect(link),
	});
	const calls = new HubCalls(() => connection.client);
	const terminals = new TerminalPool(router, lookNow(), {
		linkClicked: (text) => openLink(text),
		left: () => document.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus(),
		failed: (error) => windowActions.toast(toClawmuxError(error).message),
		measured: (size) => {
			calls.paneSize = size;
		},
	});
	const parts: WindowParts = { calls, terminals, reconnect: () => connection.retry(), openExternal };

	const redress = () => {
		const theme = useHub.getState().settings?.theme;
		if (theme) dress(theme);
		terminals.setLook(lookNow());
	};
	useHub.subscribe((now, before) => now.settings !== before.settings && redress());
	onSystemThemeChange(redress);
	window.addEventListener("focus", () => {
		connection.retry();
		terminals.lookedAt();
	});
	onAgentChosen((agentId) => {
		if (useHub.getState().agents[agentId]) calls.open(agentId);
		else wanted = agentId;
	});
	show(<App />, parts);
	void connection.run();
}

function lookNow(): TerminalLook {
	const settings = useHub.getState().settings;
	return {
		dark: isDark(settings?.theme ?? "system"),
		fontSize: settings?.fontSize ?? 13,
		fontFamily: settings?.fontFamily ?? "",
	};
}

/** Asks before a link from a terminal is opened: here in a browser, by the desktop app itself there. */
function openLink(text: string): void {
	const url = webLink(text);
	if (url === null) windowActions.toast(`This is no web address, so it is not opened: ${text.slice(0, 200)}`);
	else if (window.clawmux) window.clawmux.openExternal(url);
	else windowActions.openDialog({ kind: "open-link", url });
}

function openExternal(url: string): void {
	window.open(url, "_blank", "noopener,noreferrer");
}

function show(app: React.ReactNode, parts: WindowParts): void {
	const root = document.getElementById("root");
	if (!root) throw new Error("The page has no #root.");
	createRoot(root).render(
		<StrictMode>
			<WindowPartsContext value={parts}>{app}</WindowPartsContext>
		</StrictMode>,
	);
}

dressAsBefore();
const { ticket, agentId } = readAddress(window.location.hash);
if (window.clawmux) openWindow(desktopLine(window.clawmux), agentId);
else {
	// Another address of ours put into the same tab differs in its fragment alone, which loads nothing.
	window.addEventListener("hashchange", () => window.location.reload());
	// Asked for at every try, so that a page whose hub was away for a moment still gets in.
	let token: string | null = null;
	openWindow(async (signal) => {
		token ??= await tokenOfTab(ticket);
		return browserLine(token)(signal);
	}, agentId);
}
