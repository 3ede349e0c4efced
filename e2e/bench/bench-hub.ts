import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHubClient } from "../../electron/cli/hub-call.ts";
import { homePaths } from "../../electron/hub/home.ts";
import type { HubClient } from "../../shared/contract/contract.ts";
import { endProcessesOf, until } from "../fixtures/processes.ts";
import type { LoopDelay } from "./loop-delay-watch.ts";

/** The built headless hub in a home and a process of its own. */
export class BenchHub {
	readonly home = realpathSync(mkdtempSync(join(tmpdir(), "clawmux-bench-")));
	readonly client: HubClient;
	readonly env: NodeJS.ProcessEnv = { ...process.env, CLAWMUX_HOME: this.home };
	#child: ChildProcess | undefined;
	readonly #started: string[] = [];

	constructor() {
		this.client = createHubClient({ home: this.home, socket: homePaths(this.home).socket });
	}

	/** @param hub path of the hub's file; @param profiles a folder for a CPU profile of the hub's process */
	async start(hub: string, profiles?: string): Promise<void> {
		const monitor = ["--import", join(import.meta.dirname, "loop-monitor.ts")];
		const profile = profiles ? ["--cpu-prof", "--cpu-prof-dir", profiles] : [];
		this.#child = fork(hub, ["--port", "0"], {
			env: this.env,
			execArgv: [...monitor, ...profile],
			stdio: ["ignore", 2, 2, "ipc"],
		});
		await until("the hub answers", () => existsSync(homePaths(this.home).hubFile));
	}

	async ticketUrl(): Promise<string> {
		return (await this.client.hub.ticket()).url;
	}

	/** Makes an agent with this command line and starts it. */
	async run(id: string, backend: string, argv: readonly string[]): Promise<void> {
		await this.client.agents.create({ id, name: id, backend, program: "generic", argv: [...argv] });
		await this.client.sessions.start({ id, cols: 120, rows: 36 });
		this.#started.push(id);
	}

	/** Ends the sessions of these agents, or of all that `run` made, and removes the agents. */
	async stopAll(ids: readonly string[] = [...this.#started]): Promise<void> {
		for (const id of ids) {
			await this.client.sessions.kill({ id });
			await this.client.agents.remove({ id });
			this.#started.splice(this.#started.indexOf(id), 1);
		}
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

	/** Ends whatever of this home still runs and removes the home. */
	async remove(): Promise<void> {
		await this.stop();
		await endProcessesOf(this.home);
		rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
	}

	async #ask(question: string): Promise<unknown> {
		const child = this.#child;
		if (!child) throw new Error("The hub does not run.");
		child.send(question);
		const [answer] = await once(child, "message");
		return answer;
	}
}
