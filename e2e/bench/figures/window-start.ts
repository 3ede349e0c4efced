import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dist } from "../../../electron/dev/bundles.ts";
import type { Bench } from "../bench.ts";
import { type Figure, percentile, rounded, spread } from "../figure.ts";
import { BenchHome } from "../fixtures/bench-home.ts";
import { BenchHub } from "../fixtures/bench-hub.ts";
import { makeProductFolder } from "../fixtures/bench-product.ts";
import { timeElectronStart } from "../fixtures/electron-start.ts";

const goal = 1.3;

/** Opening the window until its sidebar can be used, against a page that loads as much and does nothing. */
export async function windowStart(bench: Bench): Promise<Figure[]> {
	const empty = makeProductFolder("empty");
	try {
		const page = join(empty.folder, "renderer");
		cpSync(join(dist, "renderer"), page, { recursive: true });
		disarm(page);
		const figures = [await browserStart(bench, join(empty.folder, "hub.js"))];
		const main = join(empty.folder, "empty-window.cjs");
		writeFileSync(main, emptyWindow);
		const desktop = await desktopStart(bench, main);
		return desktop ? [...figures, desktop] : figures;
	} finally {
		empty.remove();
	}
}

async function browserStart(bench: Bench, emptyHub: string): Promise<Figure> {
	const product = new BenchHub();
	const nothing = new BenchHub();
	try {
		await product.start(join(dist, "hub.js"));
		await nothing.start(emptyHub);
		const browser = await bench.browser();
		const open = async (hub: BenchHub, event: keyof Window["readiness"]): Promise<number> => {
			const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
			try {
				const page = await context.newPage();
				await page.addInitScript(noteReadiness);
				await page.goto(await hub.ticketUrl());
				const time = await page.waitForFunction((event) => window.readiness[event], event);
				return Number(await time.jsonValue());
			} finally {
				await context.close();
			}
		};
		return await compare(bench, "window-start.browser", "Chromium's navigation", {
			ours: () => open(product, "sidebarAt"),
			empty: () => open(nothing, "loadedAt"),
		});
	} finally {
		await product.remove();
		await nothing.remove();
	}
}

async function desktopStart(bench: Bench, emptyMain: string): Promise<Figure | undefined> {
	const runtime = await bench.electron();
	if (!runtime) return undefined;
	const home = new BenchHome();
	try {
		const env = { ...home.env, ...runtime.env };
		return await compare(bench, "window-start.desktop", "the start of Electron", {
			ours: () => timeElectronStart(runtime.path, join(dist, "electron", "main.cjs"), env, '[role="treeitem"]'),
			empty: () => timeElectronStart(runtime.path, emptyMain, env, "#root"),
		});
	} finally {
		await home.remove();
	}
}

async function compare(
	bench: Bench,
	figure: string,
	from: string,
	ways: { ours(): Promise<number>; empty(): Promise<number> },
): Promise<Figure> {
	const ours: number[] = [];
	const empty: number[] = [];
	// The first round fills caches.
	for (let round = 0; round < bench.rounds * 2 + 1; round += 1) {
		bench.tell(`${figure} ${round}/${bench.rounds * 2}`);
		const one = await ways.ours();
		const other = await ways.empty();
		if (round === 0) continue;
		ours.push(one);
		empty.push(other);
	}
	const value = rounded(percentile(ours, 50) / percentile(empty, 50));
	return {
		figure,
		what: `from ${from} until the sidebar is painted, relative to a window that loads the same files and runs none`,
		goal: `<= ${goal}`,
		reached: value <= goal,
		value,
		details: { ms: spread(ours), emptyMs: spread(empty) },
	};
}

/** The least that shows a page. */
const emptyWindow = `
const { app, BrowserWindow } = require("electron");
app.whenReady().then(() => new BrowserWindow({ webPreferences: { sandbox: true } }).loadFile(require("node:path").join(__dirname, "renderer", "index.html")));
`;

/** Scripts stay as large and are parsed, and end before their first statement. A word is there to be painted. */
function disarm(page: string): void {
	const index = join(page, "index.html");
	writeFileSync(index, readFileSync(index, "utf8").replace('<div id="root">', '<div id="root">empty'));
	for (const name of readdirSync(join(page, "assets"))) {
		if (!name.endsWith(".js")) continue;
		const file = join(page, "assets", name);
		writeFileSync(file, `throw "empty";${readFileSync(file, "utf8")}`);
	}
}

declare global {
	interface Window {
		/** Set by `noteReadiness`, in ms since the navigation began. */
		readiness: { sidebarAt?: number; loadedAt?: number };
	}
}

/** Runs in the page before its own scripts: notes when the first frame after each of these has been painted. */
function noteReadiness(): void {
	window.readiness = {};
	const painted = (name: "sidebarAt" | "loadedAt") =>
		requestAnimationFrame(() => {
			const { port1, port2 } = new MessageChannel();
			port1.onmessage = () => {
				window.readiness[name] = performance.now();
				port1.close();
			};
			port2.postMessage(null);
		});
	window.addEventListener("load", () => painted("loadedAt"));
	const observer = new MutationObserver(() => {
		if (!document.querySelector('[role="treeitem"]')) return;
		observer.disconnect();
		painted("sidebarAt");
	});
	observer.observe(document, { childList: true, subtree: true });
}
