import { type BaseWindow, BrowserWindow, dialog, shell, type WebContents } from "electron";
import type { Log } from "../shell-log.ts";
import { externalLink } from "./external-link.ts";

/** Windows whose person is being asked right now: a page cannot pile up questions. */
const asking = new WeakSet<BaseWindow>();

/** Opens an address in the system's browser, if it may be opened and the person says so. Never throws. */
export async function openExternal(sender: WebContents, address: unknown, log: Log): Promise<void> {
	const window = BrowserWindow.fromWebContents(sender);
	const link = externalLink(address);
	if (!link || !window || asking.has(window)) {
		log.warn("A link was not opened: it is not an http(s) address, or a question is open already.", {
			address: String(address).slice(0, 200),
		});
		return;
	}
	asking.add(window);
	try {
		const { response } = await dialog.showMessageBox(window, {
			type: "question",
			message: `Open ${new URL(link).host} in your browser?`,
			detail: link,
			buttons: ["Open", "Cancel"],
			defaultId: 0,
			cancelId: 1,
			noLink: true,
		});
		if (response === 0) await shell.openExternal(link);
	} catch (error) {
		log.error("A link could not be opened.", { error });
	} finally {
		asking.delete(window);
	}
}
