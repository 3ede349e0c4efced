import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHubClient } from "../../electron/cli/hub-call.ts";
import { homePaths } from "../../electron/hub/home.ts";
import type { HubClient } from "../../shared/contract/contract.ts";
import { endProcessesOf } from "../fixtures/processes.ts";

/** A home of its own for a hub that is measured, and agents in it. */
export class BenchHome {
	readonly home = realpathSync(mkdtempSync(join(tmpdir(), "clawmux-bench-")));
	readonly client: HubClient;
	readonly env: NodeJS.ProcessEnv = { ...process.env, CLAWMUX_HOME: this.home };
	readonly #started = new Set<string>();

	constructor() {
		this.client = createHubClient({ home: this.home, socket: homePaths(this.home).socket });
	}

	/** Names of the backends that work here. */
	async backends(): Promise<string[]> {
		const { backends } = await this.client.hub.info();
		return backends.filter(({ available }) => available).map(({ name }) => name);
	}

	/** Makes an agent with this command line and starts it. */
	async run(id: string, backend: string, argv: readonly string[]): Promise<void> {
		await this.client.agents.create({ id, name: id, backend, program: "generic", argv: [...argv] });
		this.#started.add(id);
		await this.client.sessions.start({ id, cols: 120, rows: 36 });
	}

	/** Ends the sessions of these agents, or of all that `run` made, and removes the agents. */
	async stopAll(ids: readonly string[] = [...this.#started]): Promise<void> {
		for (const id of ids) {
			await this.client.sessions.kill({ id });
			await this.client.agents.remove({ id });
			this.#started.delete(id);
		}
	}

	/** Ends whatever of this home still runs and removes the home. */
	async remove(): Promise<void> {
		await endProcessesOf(this.home);
		rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
	}
}
