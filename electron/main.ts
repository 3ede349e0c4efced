import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { app, Menu, Notification, nativeTheme, session } from "electron";
import type { HubClient } from "../shared/contract/contract.ts";
import { ClawmuxError, toClawmuxError } from "../shared/errors.ts";
import { homeFromEnv, homePaths } from "./hub/home.ts";
import { createHub } from "./hub/hub.ts";
import { fileLog, silentLog } from "./hub/log.ts";
import { resourcePath } from "./hub/resources.ts";
import { eventedContractPort } from "./hub/server/contract-port.ts";
import { eventedFrameLink } from "./hub/server/frame-link.ts";
import { pageHeaders, StaticFiles } from "./hub/server/static-files.ts";
import { cliCommand } from "./shell/cli-command.ts";
import { agentToOpen, becomeOnlyInstance } from "./shell/desktop-start.ts";
import { attachToHub } from "./shell/hub-connection/attach.ts";
import { connectHub, type HubConnection } from "./shell/hub-connection/hub-connection.ts";
import { HubKeeper } from "./shell/hub-connection/hub-keeper.ts";
import { PortDesk } from "./shell/hub-connection/port-desk.ts";
import { openExternal } from "./shell/page/open-external.ts";
import { onPageMessage } from "./shell/page/page-ipc.ts";
import { declarePageScheme, servePage } from "./shell/page/protocol.ts";
import { enforceSecurity } from "./shell/page/security.ts";
import { Quit } from "./shell/quit.ts";
import { emptyFleet } from "./shell/tray/fleet.ts";
import { followFleet } from "./shell/tray/follow-fleet.ts";
import { createTray, type TrayIcon } from "./shell/tray/tray.ts";
import { appMenu } from "./shell/window/app-menu.ts";
import { MainWindow } from "./shell/window/main-window.ts";

// The desktop app's composition root. Built, it lies in `dist/electron`, beside the preload and one below everything else.
// It is CommonJS there: an ES module would be evaluated too late for what must be said before the app is ready.

const dist = join(import.meta.dirname, "..");
const paths = homePaths(homeFromEnv());
const desktopFolder = join(paths.home, "electron");

/** The window is not kept waiting longer than this for a hub that takes up many sessions; it then shows that it connects. */
const windowAfterMs = 500;

// Chromium cannot be sandboxed as root; with --no-sandbox it runs there, and this call would take that switch back.
if (!(process.getuid?.() === 0 && app.commandLine.hasSwitch("no-sandbox"))) app.enableSandbox();
declarePageScheme();
// The first start's window is made below; a later one can only come once the app is ready, and then finds it.
const isOnly = becomeOnlyInstance(desktopFolder, (open) => (open === null ? window.show() : window.open(open)));
if (!isOnly) app.exit(0);

const log = isOnly ? fileLog(paths.logs, "desktop") : silentLog;
const icons = dirname(resourcePath("icons/tray.png"));
const fleet = emptyFleet();
let tray: TrayIcon | undefined;

const keeper = new HubKeeper({
	connect: () => connectHub({ host, attach: () => attachToHub(paths.socket, (message, error) => log.warn(message, { error })) }),
	onConnected: (connection) => {
		log.info("connected to the hub", { mode: connection.mode });
		ports.serveWaiting();
		void followFleet(connection, fleet, { isCurrent: () => keeper.connection === connection, changed: fleetChanged, log });
	},
	onLost: () => {
		log.warn("The hub is gone; connecting again.");
		ports.closeAll();
	},
	onError: (error) => log.warn("no hub yet", { error }),
});
const ports = new PortDesk(() => keeper.connection);
const window = new MainWindow({
	preload: join(import.meta.dirname, "preload.cjs"),
	icon: join(icons, "clawmux.png"),
	placeFile: join(desktopFolder, "window.json"),
	ports,
	log,
	onCloseAsked: closeToTray,
});
const quit = new Quit({
	fleet,
	endsHub: () => keeper.connection?.mode === "host",
	ask: (question) => window.ask(question),
	close: async () => {
		window.close();
		tray?.close();
		await keeper.close();
	},
	log,
});

if (isOnly) {
	quit.guard();
	process.on("uncaughtException", (error) => log.error("An error reached nobody.", { error }));
	process.on("unhandledRejection", (error) => log.error("A rejection reached nobody.", { error }));
	app.whenReady().then(start).catch(giveUp);
}

async function start(): Promise<void> {
	quit.guardSignals();
	enforceSecurity(session.defaultSession, log);
	servePage(new StaticFiles(join(dist, "renderer")), pageHeaders(undefined));
	onPageMessage(log, "clawmux:request-ports", (page) => {
		ports.request(page);
		window.pageListens();
	});
	onPageMessage(log, "clawmux:open-external", (page, address) => void openExternal(page, address, log));
	app.on("activate", () => window.show());
	Menu.setApplicationMenu(
		Menu.buildFromTemplate(
			appMenu(process.platform, {
				quit: () => void quit.request(),
				toggleFullScreen: () => window.toggleFullScreen(),
				toggleDevTools: () => window.toggleDevTools(),
			}),
		),
	);
	const connected = keeper.start();
	await Promise.race([connected, delay(windowAfterMs)]);
	const open = agentToOpen(process.argv);
	if (open === null) window.show();
	else window.open(open);
	tray = createTray(fleet, icons, {
		start: (id) => ask((client) => client.sessions.start({ id })),
		stop: (id) => ask((client) => client.sessions.stop({ id })),
		open: (id) => window.open(id),
		showWindow: () => window.show(),
		quit: () => void quit.request(),
	});
	await connected;
}

/** Runs the hub in this process. */
async function host(): Promise<HubConnection> {
	const hub = await createHub({
		home: paths.home,
		version: app.getVersion(),
		webRoot: join(dist, "renderer"),
		cliCommand: cliCommand(join(dist, "clawmux.js"), process.execPath),
		onShutdown: () => void quit.now(),
	});
	return {
		mode: "host",
		client: hub.client,
		openContractPort: (port) => hub.connectContract(eventedContractPort(port)),
		openTerminalPort: (port) => hub.connectTerminals(eventedFrameLink(port, log)),
		// A hub in this process goes only when it is closed, and then the app ends with it.
		onLost: () => undefined,
		close: () => hub.close(),
	};
}

function fleetChanged(): void {
	// The page follows the system's colours; with this the system's are what the person chose.
	if (fleet.settings && nativeTheme.themeSource !== fleet.settings.theme) nativeTheme.themeSource = fleet.settings.theme;
	tray?.refresh();
}

/** Asks the hub for something on behalf of the tray. A refusal is shown: there is no other place where it would be. */
function ask(call: (client: HubClient) => Promise<unknown>): void {
	const connection = keeper.connection;
	const answer = connection
		? call(connection.client)
		: Promise.reject(new ClawmuxError("unavailable", "There is no hub at the moment."));
	answer.catch((error: unknown) => {
		log.warn("The tray's wish was refused.", { error });
		void window.ask({ type: "warning", message: toClawmuxError(error).message });
	});
}

let toldAboutTray = false;

/** The window's close button hides it: agents go on, and the tray or another start brings it back. */
function closeToTray(): void {
	window.hide();
	if (toldAboutTray || process.platform === "darwin" || !Notification.isSupported()) return;
	toldAboutTray = true;
	const body = "Your agents go on. Use the tray icon, or start ClawMux again, to come back; quit from the tray.";
	new Notification({ title: "ClawMux is still running", body, silent: true }).show();
}

async function giveUp(thrown: unknown): Promise<void> {
	const error = toClawmuxError(thrown);
	log.error("The app could not start.", { error });
	process.stderr.write(`clawmux: ${error.message}\n`);
	await window.ask({ type: "error", message: "ClawMux could not start.", detail: error.message });
	await quit.now();
}
