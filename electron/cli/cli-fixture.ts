// For tests: the command from source, in a home of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Ran {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
}

/** What runs the command from source. */
export const cliArgv: readonly [string, ...string[]] = [process.execPath, join(import.meta.dirname, "clawmux.ts")];

/** A home for one test file, and everything that runs in it. */
export class CliFixture {
	readonly home = mkdtempSync(join(tmpdir(), "clawmux-cli-"));

	/** No program but Node is found: a hub started with this holds its sessions itself, so nothing outlives the test. */
	get env(): NodeJS.ProcessEnv {
		return {
			...process.env,
			PATH: dirname(process.execPath),
			CLAWMUX_HOME: this.home,
			NO_COLOR: "1",
			DISPLAY: "",
			WAYLAND_DISPLAY: "",
		};
	}

	/** Runs the command to its end. */
	run(args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ran> {
		const [node, ...cli] = cliArgv;
		const child = spawn(node, [...cli, ...args], { env: { ...this.env, ...options.env }, stdio: "pipe" });
		const ran = { out: "", err: "" };
		child.stdout.setEncoding("utf8").on("data", (text) => {
			ran.out += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text) => {
			ran.err += text;
		});
		child.stdin.end(options.input ?? "");
		return new Promise((resolve, reject) => child.once("error", reject).once("close", (code) => resolve({ code, ...ran })));
	}

	/** Runs the command, which has to succeed, and reads what it prints as JSON. */
	async json<T>(...args: string[]): Promise<T> {
		const end = args.indexOf("--");
		const at = end < 0 ? args.length : end;
		const ran = await this.run([...args.slice(0, at), "--json", ...args.slice(at)]);
		if (ran.code !== 0) throw new Error(`clawmux ${args.join(" ")} ended with ${ran.code}: ${ran.err}`);
		return JSON.parse(ran.out) as T;
	}

	get hubPid(): number {
		return JSON.parse(readFileSync(join(this.home, "run", "hub.json"), "utf8")).pid;
	}

	/** Ends what runs, and removes the home. */
	async dispose(): Promise<void> {
		const { agents } = await this.json<{ agents?: { live: number } }>("status").catch(() => ({ agents: undefined }));
		if (agents?.live) {
			const all = await this.json<{ id: string; sessionId: string | null }[]>("agents");
			await Promise.all(all.filter((agent) => agent.sessionId !== null).map((agent) => this.run(["kill", agent.id])));
		}
		await this.run(["stop"]);
		rmSync(this.home, { recursive: true, force: true });
	}
}
