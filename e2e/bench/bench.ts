import type { Browser, BrowserContext, Page } from "@playwright/test";
import { BenchDesktop, Display } from "./fixtures/bench-desktop.ts";
import { BenchHub } from "./fixtures/bench-hub.ts";
import type { BenchProduct } from "./fixtures/bench-product.ts";
import { openBenchPage, openBrowser } from "./fixtures/bench-window.ts";
import { type LoopDelay, LoopDelayWatch } from "./fixtures/loop-delay-watch.ts";

/** What the measurements share: one product, one browser, one hub. */
export class Bench {
	readonly product: BenchProduct;
	/** Repetitions of each alternation. */
	readonly rounds: number;
	readonly quick: boolean;
	readonly browserPath: string;
	/** A folder for CPU profiles of hubs. */
	readonly profiles: string | undefined;
	readonly #electronPath: string | null;
	readonly #display = new Display();
	readonly hub = new BenchHub();
	#browser: Promise<Browser> | undefined;
	#page: { page: Page; context: BrowserContext } | undefined;

	constructor(options: {
		product: BenchProduct;
		quick: boolean;
		browserPath: string;
		electronPath: string | null;
		profiles: string | undefined;
	}) {
		this.product = options.product;
		this.quick = options.quick;
		this.rounds = options.quick ? 2 : 5;
		this.browserPath = options.browserPath;
		this.profiles = options.profiles;
		this.#electronPath = options.electronPath;
	}

	browser(): Promise<Browser> {
		this.#browser ??= openBrowser(this.browserPath);
		return this.#browser;
	}

	/** The page of the measurements, connected to `hub`. */
	async page(): Promise<{ page: Page; context: BrowserContext }> {
		this.#page ??= await openBenchPage(await this.browser(), await this.hub.ticketUrl());
		return this.#page;
	}

	/** A desktop app to start and to remove; undefined where Electron or a display is missing. */
	desktop(): BenchDesktop | undefined {
		return this.#electronPath && Display.isPossible ? new BenchDesktop(this.#electronPath, this.#display) : undefined;
	}

	/** Electron's path and the environment in which it finds a display; undefined where it cannot show a window. */
	async electron(): Promise<{ path: string; env: NodeJS.ProcessEnv } | undefined> {
		if (!this.#electronPath || !Display.isPossible) return undefined;
		return { path: this.#electronPath, env: await this.#display.env() };
	}

	/**
	 * Watches the hub's event loop while something happens, and this process's own, which has next to nothing to do: what is
	 * late there is the machine.
	 */
	async loopDelayDuring(happens: () => Promise<unknown>): Promise<{ hub: LoopDelay; idle: LoopDelay }> {
		const watch = new LoopDelayWatch();
		const hub = await this.hub.loopDelayDuring(async () => {
			watch.start();
			await happens();
		});
		return { hub, idle: watch.stop() };
	}

	tell(text: string): void {
		process.stderr.write(`clawmux: ${text}\n`);
	}

	async end(): Promise<void> {
		if (this.#browser) await (await this.#browser).close();
		await this.hub.remove();
		this.#display.end();
		this.product.remove();
	}
}
