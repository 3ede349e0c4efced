import { join } from "node:path";
import { Menu, nativeImage, Tray } from "electron";
import type { Fleet } from "./fleet.ts";
import { type TrayActions, trayMenu, trayStatus } from "./tray-menu.ts";

/** Events come in bursts; the menu is rebuilt at most this often, and never while nothing changes. */
const rebuildEveryMs = 200;

export interface TrayIcon {
	/** Tells the tray that the fleet has changed. */
	refresh(): void;
	/** Takes the icon away. */
	close(): void;
}

/** Puts the icon in the tray. `icons` is the folder of `resources/icons`. */
export function createTray(fleet: Fleet, icons: string, actions: TrayActions): TrayIcon {
	const tray = new Tray(trayImage(icons));
	let timer: NodeJS.Timeout | undefined;
	const draw = (): void => {
		timer = undefined;
		tray.setToolTip(`ClawMux: ${trayStatus(fleet)}`);
		tray.setContextMenu(Menu.buildFromTemplate(trayMenu(fleet, actions)));
	};
	// On macOS and Linux a click opens the menu; on Windows it is the right button that does.
	if (process.platform === "win32") tray.on("click", () => actions.showWindow());
	draw();
	return {
		refresh: () => {
			timer ??= setTimeout(draw, rebuildEveryMs);
		},
		close: () => {
			clearTimeout(timer);
			tray.destroy();
		},
	};
}

/** macOS wants a black image with alpha, named `...Template`, which it colours itself; its @2x twin is found by name. */
function trayImage(icons: string): Electron.NativeImage {
	return nativeImage.createFromPath(join(icons, process.platform === "darwin" ? "trayTemplate.png" : "tray.png"));
}
