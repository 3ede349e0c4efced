// The page of the measurements: the product's own viewer, screen and connection, without its window around them.
import { readAddress, tokenOfTab } from "../../../renderer/auth.ts";
import { browserLine } from "../../../renderer/hub-link/browser-line.ts";
import { desktopLine } from "../../../renderer/hub-link/desktop-line.ts";
import { TerminalRouter } from "../../../renderer/terminal/terminal-router.ts";
import type { TerminalViewer, ViewerStatus } from "../../../renderer/terminal/terminal-viewer.ts";
import { XtermScreen } from "../../../renderer/terminal/xterm-screen.ts";
import { type PayloadName, payload } from "../fixtures/payloads.ts";
import type { BenchPage, FloodRun } from "./bench-page-calls.ts";
import { CountedLink } from "./counted-link.ts";

/** Pieces as large as the hub's largest frames. */
const pieceBytes = 64 * 1024;
const size = { cols: 120, rows: 36 };
const look = { dark: true, fontSize: 13, fontFamily: "" };
const encoder = new TextEncoder();
const ignored = () => undefined;
const quiet = {
	typed: ignored,
	answered: ignored,
	pasted: ignored,
	focused: ignored,
	linkClicked: ignored,
	left: ignored,
	failed: ignored,
};

interface Shown {
	screen: XtermScreen;
	viewer: TerminalViewer;
	link: CountedLink;
}

const pane = document.querySelector<HTMLElement>("#pane");
if (!pane) throw new Error("The page has no #pane.");
const router = new TerminalRouter();
let link: CountedLink | null = null;
let shown: Shown | null = null;
let kept: { name: PayloadName; scale: number; bytes: Uint8Array<ArrayBuffer> } | null = null;

const bench: BenchPage = {
	async connect() {
		const { ticket } = readAddress(window.location.hash);
		const open = window.clawmux ? desktopLine(window.clawmux) : browserLine(await tokenOfTab(ticket));
		const line = await open(new AbortController().signal);
		link = new CountedLink(line.terminals);
		router.connect(link);
	},

	async show(agentId) {
		if (!link) throw new Error("The page is not connected.");
		bench.hide();
		const screen = new XtermScreen(look, quiet);
		screen.mount(pane);
		const counted = link;
		const ready = counted.reachesAfterReset("ready".length);
		await new Promise<void>((resolve, reject) => {
			const viewer = router.open(agentId, screen, (status: ViewerStatus) => {
				if (status.phase === "refused") reject(new Error(status.message));
			});
			shown = { screen, viewer, link: counted };
			viewer.show(size);
			ready.then(() => resolve(), reject);
		});
	},

	hide() {
		if (!shown) return;
		router.forget(shown.viewer);
		shown.screen.dispose();
		shown = null;
	},

	type(text) {
		current().viewer.type(encoder.encode(text));
	},

	async flood(command, bytes): Promise<FloodRun> {
		const { viewer, link: counted } = current();
		const { offset, outputBytes, outputFrames, resets } = counted.drawn;
		const startedAt = performance.now();
		viewer.type(encoder.encode(command));
		const endedAt = await counted.reaches(offset + bytes);
		return {
			ms: endedAt - startedAt,
			drawnBytes: counted.drawn.outputBytes - outputBytes,
			frames: counted.drawn.outputFrames - outputFrames,
			resets: counted.drawn.resets - resets,
		};
	},

	async parse(name, scale) {
		const bytes = remembered(name, scale);
		const terminal = shown?.screen;
		terminal?.unmount();
		const screen = new XtermScreen(look, quiet);
		screen.mount(pane);
		screen.resize(size);
		// Painted twice: by then xterm.js knows that it can be seen, and draws; before, it only parses.
		await nextFrame();
		await nextFrame();
		const startedAt = performance.now();
		await new Promise<void>((resolve) => {
			for (let at = 0; at < bytes.length; at += pieceBytes)
				screen.write(bytes.subarray(at, at + pieceBytes), at + pieceBytes >= bytes.length ? resolve : ignored);
		});
		const ms = performance.now() - startedAt;
		screen.dispose();
		terminal?.mount(pane);
		return ms;
	},

	async echo(count, gapMs) {
		const { viewer, link: counted } = current();
		const times: number[] = [];
		for (let index = 0; index < count; index += 1) {
			await pause(gapMs);
			const startedAt = performance.now();
			viewer.type(encoder.encode("x"));
			times.push((await counted.reaches(counted.drawn.offset + 1)) - startedAt);
		}
		return times;
	},

	async bareEcho(url, count, gapMs) {
		const terminal = shown?.screen;
		terminal?.unmount();
		const screen = new XtermScreen(look, quiet);
		screen.mount(pane);
		screen.resize(size);
		const socket = new WebSocket(url);
		socket.binaryType = "arraybuffer";
		await new Promise((resolve, reject) => {
			socket.addEventListener("message", resolve, { once: true });
			socket.addEventListener("error", reject, { once: true });
		});
		const times: number[] = [];
		for (let index = 0; index < count; index += 1) {
			await pause(gapMs);
			const startedAt = performance.now();
			await new Promise<void>((resolve) => {
				socket.addEventListener("message", ({ data }) => screen.write(new Uint8Array(data), resolve), { once: true });
				socket.send(encoder.encode("x"));
			});
			times.push(performance.now() - startedAt);
		}
		socket.close();
		screen.dispose();
		terminal?.mount(pane);
		return times;
	},
};

/** The last payload is kept: making it takes longer than drawing it. */
function remembered(name: PayloadName, scale: number): Uint8Array<ArrayBuffer> {
	if (kept?.name !== name || kept.scale !== scale) kept = { name, scale, bytes: payload(name, scale) };
	return kept.bytes;
}

function current(): Shown {
	if (!shown) throw new Error("No terminal is shown.");
	return shown;
}

function nextFrame(): Promise<unknown> {
	return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** The distance between two keystrokes, not a wait for anything. A little uneven, so as not to fall into step with a timer. */
function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms * (0.75 + Math.random() / 2)));
}

window.bench = bench;
