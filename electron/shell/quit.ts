import { app, type MessageBoxOptions } from "electron";
import type { Log } from "./shell-log.ts";
import { type Fleet, sessionsEndingWithHub } from "./tray/fleet.ts";

/** A hub that cannot close must not keep a machine from shutting down. */
const closeWithinMs = 10_000;

interface QuitOptions {
	fleet: Fleet;
	/** Whether the hub ends with this process. */
	endsHub: () => boolean;
	/** Puts a question to the person; resolves with the index of the chosen button. */
	ask: (question: MessageBoxOptions) => Promise<number>;
	/** Takes down windows and tray and closes the hub. */
	close: () => Promise<void>;
	log: Log;
}

/** Ends the app in order: asks where something would be lost, closes the hub, then the process. */
export class Quit {
	readonly #options: QuitOptions;
	#state: "running" | "asking" | "closing" = "running";

	constructor(options: QuitOptions) {
		this.#options = options;
	}

	/** Takes over every way out that Electron knows: menu, dock, session end, `app.quit`. */
	guard(): void {
		app.on("before-quit", (event) => {
			event.preventDefault();
			void this.request();
		});
		// Closing the window hides it; without this listener Electron would quit when it is destroyed.
		app.on("window-all-closed", () => undefined);
	}

	/**
	 * Ends at a signal, which is the system's or the person's last word: nothing is asked. To be called once the app is ready:
	 * Electron installs handlers of its own shortly before, and the last one counts.
	 */
	guardSignals(): void {
		for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void this.now());
	}

	/** Quits, unless sessions would end with it and the person says no. */
	async request(): Promise<void> {
		if (this.#state !== "running") return;
		const ending = this.#options.endsHub() ? sessionsEndingWithHub(this.#options.fleet) : [];
		if (ending.length > 0) {
			this.#state = "asking";
			const names = ending.map((session) => this.#options.fleet.agents.get(session.agentId)?.name ?? session.agentId);
			const chosen = await this.#options.ask({
				type: "question",
				message: ending.length === 1 ? "One agent ends with ClawMux." : `${ending.length} agents end with ClawMux.`,
				detail: `${names.slice(0, 20).join(", ")}${names.length > 20 ? ", ..." : ""}: held inside this app. To keep working in the background, close the window instead.`,
				buttons: ["Cancel", "Quit"],
				defaultId: 0,
				cancelId: 0,
				noLink: true,
			});
			if (this.#state !== "asking") return;
			this.#state = "running";
			if (chosen !== 1) return;
		}
		await this.now();
	}

	/** Quits without a question. */
	async now(): Promise<void> {
		if (this.#state === "closing") return;
		this.#state = "closing";
		const { close, log } = this.#options;
		setTimeout(() => {
			log.error("The hub did not close in time; the app ends without it.", { withinMs: closeWithinMs });
			app.exit(1);
		}, closeWithinMs);
		try {
			await close();
			app.exit(0);
		} catch (error) {
			log.error("The hub did not close cleanly.", { error });
			app.exit(1);
		}
	}
}
