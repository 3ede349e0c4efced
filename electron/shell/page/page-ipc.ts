import { type IpcMainEvent, ipcMain, type WebContents } from "electron";
import { desktopOrigin } from "../../../shared/desktop-bridge.ts";
import type { Log } from "../shell-log.ts";

/**
 * The only door for messages from a page. A message is heard when it comes from the top frame of a page of our own origin,
 * and dropped with a line in the log otherwise.
 */
export function onPageMessage(log: Log, channel: string, listener: (sender: WebContents, value: unknown) => void): void {
	ipcMain.on(channel, (event, value: unknown) => {
		if (isOurPage(event)) listener(event.sender, value);
		else
			log.warn("A message that did not come from the window's own page was dropped.", { channel, from: event.senderFrame?.url });
	});
}

function isOurPage(event: IpcMainEvent): boolean {
	const frame = event.senderFrame;
	return frame !== null && frame === event.sender.mainFrame && frame.origin === desktopOrigin;
}
