import type { MenuItemConstructorOptions } from "electron";

export interface AppMenuActions {
	quit(): void;
	toggleFullScreen(): void;
	toggleDevTools(): void;
}

/**
 * The application menu. Every key belongs to the terminal: on Linux and Windows no item has an accelerator and no label an
 * access key; on macOS only the Command key's usual ones are there, which terminals leave alone.
 */
export function appMenu(platform: NodeJS.Platform, actions: AppMenuActions): MenuItemConstructorOptions[] {
	const view: MenuItemConstructorOptions = {
		label: "View",
		submenu: [
			{ label: "Full screen", click: () => actions.toggleFullScreen() },
			{ label: "Developer tools", click: () => actions.toggleDevTools() },
		],
	};
	if (platform === "darwin") return [{ role: "appMenu" }, { role: "editMenu" }, view, { role: "windowMenu" }];
	return [{ label: "File", submenu: [{ label: "Quit ClawMux", click: () => actions.quit() }] }, view];
}
