import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { dist } from "../../../electron/dev/bundles.ts";
import type { Bench } from "../bench.ts";
import { BenchHub } from "../bench-hub.ts";
import { makeProductFolder } from "../bench-product.ts";
import { type Figure, percentile, rounded, spread } from "../figure.ts";

const goal = 1.3;

/** Opening the window until its sidebar can be used, against a page that loads as much and does nothing. */
export async function windowStart(bench: Bench): Promise<Figure[]> {
	const empty = makeProductFolder("empty");
	const product = new BenchHub();
	const nothing = new BenchHub();
	try {
		cpSync(join(dist, "renderer"), join(empty.folder, "renderer"), { recursive: true });
		disarm(join(empty.folder, "renderer", "assets"));
		await product.start(join(dist, "hub.js"));
		await nothing.start(join(empty.folder, "hub.js"));
		const browser = await bench.browser();
		const open = async (hub: BenchHub, ready: (page: Page) => Promise<number>): Promise<number> => {
			const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
			try {
				const page = await context.newPage();
				await page.addInitScript(noteReadiness);
				await page.goto(await hub.ticketUrl());
				return await ready(page);
			} finally {
				await context.close();
			}
		};
		const ours: number[] = [];
		const others: number[] = [];
		for (let round = 0; round < bench.rounds * 2 + 1; round += 1) {
			bench.tell(`window-start.browser ${round}/${bench.rounds * 2}`);
			const one = await open(product, (page) => noted(page, "sidebarAt"));
			const other = await open(nothing, (page) => noted(page, "loadedAt"));
			if (round === 0) continue;
			ours.push(one);
			others.push(other);
		}
		const value = rounded(percentile(ours, 50) / percentile(others, 50));
		return [
			{
				figure: "window-start.browser",
				what: "opening the window in Chromium until its sidebar is painted, relative to a page that loads the same files and runs none",
				goal: `<= ${goal}`,
				reached: value <= goal,
				value,
				details: { ms: spread(ours), emptyMs: spread(others) },
			},
		];
	} finally {
		await product.remove();
		await nothing.remove();
		empty.remove();
	}
}

/** Scripts stay as large and are parsed, and end before their first statement. */
function disarm(assets: string): void {
	for (const name of readdirSync(assets)) {
		if (!name.endsWith(".js")) continue;
		const file = join(assets, name);
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

async function noted(page: Page, name: "sidebarAt" | "loadedAt"): Promise<number> {
	const handle = await page.waitForFunction((name) => window.readiness[name], name);
	return Number(await handle.jsonValue());
}
