import { BrowserWindow, dialog, nativeTheme, type RenderProcessGoneDetails, screen } from "electron";
import { desktopOrigin } from "../../../shared/desktop-bridge.ts";
import type { PortDesk } from "../hub-connection/port-desk.ts";
import type { Log } from "../shell-log.ts";
import { ReloadBudget } from "./reload-budget.ts";
import { placeWindow, readPlace, smallestWindow, type WindowPlace, writePlace } from "./window-place.ts";

/** What is painted before the page is: the page's own background, so that a dark window never flashes white. */
const background = () => (nativeTheme.shouldUseDarkColors ? "#16171a" : "#ffffff");

/** Moving a window brings dozens of events; the place is saved once they cease. */
const savePlaceAfterMs = 500;

export interface MainWindowOptions {
	/** Path of the built preload script. */
	preload: string;
	/** Path of the window's icon. */
	icon: string;
	/** Where the window's place is kept. */
	placeFile: string;
	ports: PortDesk;
	log: Log;
	/** The person closed the window; it is still there, and stays when this is over, hidden or not. */
	onCloseAsked: () => void;
}

/** The one window. It is made when first shown, and hidden rather than closed from then on. */
export class MainWindow {
	readonly #options: MainWindowOptions;
	readonly #reloads = new ReloadBudget();
	#window: BrowserWindow | undefined;
	/** An agent to show as soon as the page can be told. */
	#toOpen: string | undefined;
	/** The page has asked for its ports: it listens. */
	#pageListens = false;
	#mayClose = false;

	constructor(options: MainWindowOptions) {
		this.#options = options;
	}

	/** Shows the window in front of all others, making it first where there is none. */
	show(): void {
		const window = this.#window;
		if (!window) {
			this.#window = this.#create();
			return;
		}
		if (window.isMinimized()) window.restore();
		window.show();
		window.focus();
	}

	/** Shows the window with this agent in it. */
	open(agentId: string): void {
		this.#toOpen = agentId;
		this.show();
		this.#tellPage();
	}

	hide(): void {
		this.#window?.hide();
	}

	toggleFullScreen(): void {
		this.#window?.setFullScreen(!this.#window.isFullScreen());
	}

	toggleDevTools(): void {
		this.#window?.webContents.toggleDevTools();
	}

	/** The page asked for its ports, so it hears what it is told from now on. */
	pageListens(): void {
		this.#pageListens = true;
		this.#tellPage();
	}

	/** Asks a question over the window, or by itself where there is none. Returns the index of the chosen button. */
	async ask(options: Electron.MessageBoxOptions): Promise<number> {
		const window = this.#window?.isVisible() ? this.#window : undefined;
		const answer = window ? await dialog.showMessageBox(window, options) : await dialog.showMessageBox(options);
		return answer.response;
	}

	/** Closes for good. */
	close(): void {
		this.#mayClose = true;
		this.#window?.destroy();
	}

	#create(): BrowserWindow {
		const saved = readPlace(this.#options.placeFile);
		const primary = screen.getPrimaryDisplay();
		const displays = [primary, ...screen.getAllDisplays().filter((display) => display.id !== primary.id)];
		const place = placeWindow(
			saved,
			displays.map((display) => display.workArea),
		);
		const window = new BrowserWindow({
			...place,
			minWidth: smallestWindow.width,
			minHeight: smallestWindow.height,
			title: "ClawMux",
			icon: this.#options.icon,
			show: false,
			backgroundColor: background(),
			// Without access keys in its labels the hidden menu bar takes no Alt combination from the terminal.
			autoHideMenuBar: true,
			webPreferences: {
				preload: this.#options.preload,
				sandbox: true,
				contextIsolation: true,
				nodeIntegration: false,
				webviewTag: false,
				spellcheck: false,
				navigateOnDragDrop: false,
			},
		});
		window.once("ready-to-show", () => {
			if (saved?.maximized) window.maximize();
			window.show();
		});
		window.on("page-title-updated", (event) => event.preventDefault());
		window.on("close", (event) => {
			if (this.#mayClose) return;
			event.preventDefault();
			this.#options.onCloseAsked();
		});
		const recolour = (): void => window.setBackgroundColor(background());
		nativeTheme.on("updated", recolour);
		window.on("closed", () => {
			nativeTheme.off("updated", recolour);
			this.#window = undefined;
		});
		this.#keepPlace(window);
		this.#keepAlive(window);
		void window
			.loadURL(`${desktopOrigin}/`)
			.catch((error: unknown) => this.#options.log.error("The window's page did not load.", { error }));
		return window;
	}

	#tellPage(): void {
		if (this.#toOpen === undefined || !this.#pageListens || !this.#window) return;
		this.#window.webContents.send("clawmux:open", this.#toOpen);
		this.#toOpen = undefined;
	}

	#keepPlace(window: BrowserWindow): void {
		let timer: NodeJS.Timeout | undefined;
		const save = (): void => {
			if (window.isDestroyed() || window.isFullScreen()) return;
			const place: WindowPlace = { ...window.getNormalBounds(), maximized: window.isMaximized() };
			try {
				writePlace(this.#options.placeFile, place);
			} catch (error) {
				this.#options.log.warn("The window's place could not be saved.", { error });
			}
		};
		const soon = (): void => {
			clearTimeout(timer);
			timer = setTimeout(save, savePlaceAfterMs);
		};
		for (const moved of ["resize", "move", "maximize", "unmaximize"] as const) window.on(moved as "resize", soon);
		window.on("close", save);
		window.on("closed", () => clearTimeout(timer));
	}

	#keepAlive(window: BrowserWindow): void {
		const page = window.webContents;
		page.on("did-start-navigation", (details) => {
			if (details.isMainFrame && !details.isSameDocument) this.#pageListens = false;
		});
		page.on("destroyed", () => this.#options.ports.forget(page));
		page.on("render-process-gone", (_event, details) => void this.#recover(window, details));
		window.on("unresponsive", () => void this.#offerReload(window));
	}

	async #recover(window: BrowserWindow, details: RenderProcessGoneDetails): Promise<void> {
		this.#options.ports.forget(window.webContents);
		this.#pageListens = false;
		if (details.reason === "clean-exit" || this.#mayClose) return;
		this.#options.log.error("The window's page crashed.", { reason: details.reason, exitCode: details.exitCode });
		if (!this.#reloads.take()) {
			const chosen = await this.ask({
				type: "error",
				message: "The window keeps crashing.",
				detail: `Your agents are not affected: they go on running. Last reason: ${details.reason}.`,
				buttons: ["Reload", "Leave it"],
				defaultId: 0,
				cancelId: 1,
			});
			if (chosen !== 0) return;
			this.#reloads.reset();
		}
		if (!window.isDestroyed()) window.webContents.reload();
	}

	async #offerReload(window: BrowserWindow): Promise<void> {
		this.#options.log.warn("The window's page does not respond.");
		const chosen = await this.ask({
			type: "warning",
			message: "The window does not respond.",
			detail: "Reloading it does not touch your agents: they go on running.",
			buttons: ["Wait", "Reload"],
			defaultId: 0,
			cancelId: 0,
		});
		if (chosen !== 1 || window.isDestroyed()) return;
		// Its render process is stuck, so it is ended; the crash handler above then loads the page again.
		this.#reloads.reset();
		window.webContents.forcefullyCrashRenderer();
	}
}
