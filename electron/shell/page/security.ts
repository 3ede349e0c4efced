import { app, type Session, type WebContents } from "electron";
import { desktopOrigin } from "../../../shared/desktop-bridge.ts";
import type { Log } from "../shell-log.ts";
import { isPageAddress } from "./page-address.ts";

/**
 * The one permission the page has: to put a selection on the clipboard. Pasting needs none, it comes as an event with a
 * person's key press. Electron grants everything if not told.
 */
const granted: ReadonlySet<string> = new Set(["clipboard-sanitized-write"]);

/** What a page may load at all, besides its own files: devtools need their own scheme, previews made by the page itself blobs. */
const loadable = [`${desktopOrigin}/`, "devtools:", "blob:", "data:"];

/** Locks down every web contents and the session they share. Must run before the first window exists. */
export function enforceSecurity(session: Session, log: Log): void {
	app.on("web-contents-created", (_event, contents) => lockContents(contents, log));
	session.setPermissionRequestHandler((contents, permission, decide, details) => {
		decide(mayHave(permission, contents.getURL(), details.isMainFrame));
	});
	session.setPermissionCheckHandler((_contents, permission, origin, details) => mayHave(permission, origin, details.isMainFrame));
	session.setDevicePermissionHandler(() => false);
	session.setDisplayMediaRequestHandler((_request, choose) => choose({}));
	session.on("will-download", (event, item) => {
		event.preventDefault();
		log.warn("A download was refused.", { address: item.getURL().slice(0, 200) });
	});
	session.webRequest.onBeforeRequest((details, decide) => {
		const cancel = !loadable.some((start) => details.url.startsWith(start));
		if (cancel) log.warn("A request that left the window was refused.", { address: details.url.slice(0, 200) });
		decide({ cancel });
	});
}

function mayHave(permission: string, from: string, isMainFrame: boolean): boolean {
	return granted.has(permission) && isMainFrame && isPageAddress(from);
}

/** The page is loaded by the main process alone: it never goes anywhere, opens nothing and embeds nothing. */
function lockContents(contents: WebContents, log: Log): void {
	const refuse = (what: string) => (event: { preventDefault(): void; url?: string }) => {
		event.preventDefault();
		log.warn(`${what} was refused.`, { address: event.url?.slice(0, 200) });
	};
	contents.on("will-navigate", refuse("A navigation"));
	contents.on("will-frame-navigate", refuse("A navigation of a frame"));
	contents.on("will-redirect", refuse("A redirect"));
	contents.on("will-attach-webview", refuse("A webview"));
	// No side effect here, ever: a sandboxed frame may reach this handler (CVE-2026-70608).
	contents.setWindowOpenHandler(() => ({ action: "deny" }));
}
