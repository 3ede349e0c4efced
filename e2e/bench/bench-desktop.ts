import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type ElectronApplication, _electron as electron, type Page } from "@playwright/test";
import { findProgram } from "../../electron/hub/sessions/backends/launch-check.ts";
import { BenchHome } from "./bench-home.ts";
import "./page/bench-page-calls.ts";

const isRoot = process.getuid?.() === 0;

/** A built desktop app, which hosts its hub, in a home of its own; on a display of its own where there is none. */
export class BenchDesktop extends BenchHome {
	readonly #electronPath: string;
	readonly #display: Display;
	#app: ElectronApplication | undefined;

	constructor(electronPath: string, display: Display) {
		super();
		this.#electronPath = electronPath;
		this.#display = display;
	}

	/** @param main the app's main file; its window's page */
	async start(main: string): Promise<Page> {
		// Without a GPU, as in the browser: the figures of both are those of the same way of drawing.
		const args = [...(isRoot ? ["--no-sandbox"] : []), "--disable-3d-apis", main];
		const env = { ...this.env, ...(await this.#display.env()) } as Record<string, string>;
		this.#app = await electron.launch({ executablePath: this.#electronPath, args, env });
		return this.#app.firstWindow();
	}

	async stop(): Promise<void> {
		const app = this.#app;
		this.#app = undefined;
		await app?.evaluate(({ app }) => app.exit(0)).catch(gone);
	}

	override async remove(): Promise<void> {
		await this.stop();
		await super.remove();
	}
}

/** What a call into an app says that ends by it. */
function gone(error: unknown): void {
	if (!/closed|destroyed/i.test(String(error))) throw error;
}

/** The display there is, or a virtual one. */
export class Display {
	#server: ChildProcess | undefined;
	#name: Promise<string> | undefined;

	static get isPossible(): boolean {
		return process.platform !== "linux" || Boolean(process.env.DISPLAY) || virtualDisplay() !== null;
	}

	async env(): Promise<NodeJS.ProcessEnv> {
		if (process.platform !== "linux" || process.env.DISPLAY) return {};
		this.#name ??= this.#start();
		return { DISPLAY: await this.#name };
	}

	async #start(): Promise<string> {
		const program = virtualDisplay();
		if (program === null) throw new Error("There is no display, and no Xvfb to make one.");
		const args = ["-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"];
		this.#server = spawn(program, args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
		const written = this.#server.stdio[3];
		if (!written) throw new Error("Xvfb cannot say which display it is.");
		const [number] = await once(written, "data");
		return `:${String(number).trim()}`;
	}

	end(): void {
		this.#server?.kill();
	}
}

function virtualDisplay(): string | null {
	return findProgram("Xvfb", process.env.PATH, "/");
}
