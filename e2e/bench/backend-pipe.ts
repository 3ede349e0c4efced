import { execFile } from "node:child_process";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import { resourcePath } from "../../electron/hub/resources.ts";
import { printer } from "./programs.ts";

const run = promisify(execFile);

/** tmux's own `pipe-pane` into a reader that throws everything away: what a session in tmux can give at most. */
export class DiscardingPipe {
	readonly #socket = `clawmux-bench-${process.pid}`;

	async start(): Promise<void> {
		const [program = "", ...args] = printer;
		await this.#tmux(
			"-f",
			resourcePath("tmux.conf"),
			"new-session",
			"-d",
			"-s",
			"bench",
			"-x",
			"120",
			"-y",
			"36",
			program,
			...args,
		);
	}

	/** Milliseconds from typing the command until the reader has had `bytes` bytes. */
	async flood(file: string, bytes: number): Promise<number> {
		await this.#tmux("pipe-pane", "-O", "-t", "bench", `head -c ${bytes} > /dev/null; tmux -L ${this.#socket} wait-for -S done`);
		const startedAt = performance.now();
		await this.#tmux("send-keys", "-t", "bench", "-l", `${file}\n`, ";", "wait-for", "done");
		const ms = performance.now() - startedAt;
		await this.#tmux("pipe-pane", "-t", "bench");
		return ms;
	}

	async end(): Promise<void> {
		await this.#tmux("kill-server");
	}

	async #tmux(...args: string[]): Promise<void> {
		await run("tmux", ["-L", this.#socket, ...args], { cwd: "/" });
	}
}
