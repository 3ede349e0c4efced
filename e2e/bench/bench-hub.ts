import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { homePaths } from "../../electron/hub/home.ts";
import { until } from "../fixtures/processes.ts";
import { BenchHome } from "./bench-home.ts";
import type { LoopDelay } from "./loop-delay-watch.ts";

/** The built headless hub in a home and a process of its own. */
export class BenchHub extends BenchHome {
	#child: ChildProcess | undefined;

	/** @param hub path of the hub's file; @param profiles a folder for a CPU profile of the hub's process */
	async start(hub: string, profiles?: string): Promise<void> {
		const monitor = ["--import", join(import.meta.dirname, "loop-monitor.ts")];
		const profile = profiles ? ["--cpu-prof", "--cpu-prof-dir", profiles] : [];
		const options = { env: this.env, execArgv: [...monitor, ...profile], stdio: ["ignore", 2, 2, "ipc"] as const };
		this.#child = fork(hub, ["--port", "0"], { ...options, stdio: [...options.stdio] });
		await until("the hub answers", () => existsSync(homePaths(this.home).hubFile));
	}

	async ticketUrl(): Promise<string> {
		return (await this.client.hub.ticket()).url;
	}

	/** Watches the hub's event loop while something happens. */
	async loopDelayDuring(happens: () => Promise<unknown>): Promise<LoopDelay> {
		await this.#ask("loop.start");
		await happens();
		return (await this.#ask("loop.stop")) as LoopDelay;
	}

	/** Ends the process: SIGTERM in order, SIGKILL as a crash. Sessions that outlive a hub live on. */
	async stop(how: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const exited = once(child, "exit");
		child.kill(how);
		await exited;
	}

	override async remove(): Promise<void> {
		await this.stop();
		await super.remove();
	}

	async #ask(question: string): Promise<unknown> {
		const child = this.#child;
		if (!child) throw new Error("The hub does not run.");
		child.send(question);
		const [answer] = await once(child, "message");
		return answer;
	}
}
