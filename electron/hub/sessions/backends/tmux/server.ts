import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ClawmuxError } from "../../../../../shared/errors.ts";
import type { HomePaths } from "../../../home.ts";
import { findProgram } from "../launch-check.ts";
import { isAlive, startOf } from "../process-tree.ts";
import { runApart } from "../run-apart.ts";
import { type ControlEvents, TmuxControl, TmuxGone } from "./control.ts";

/** The session that the control client sits in: its program has ended, it costs no process, and it is never listed. */
const hubSession = "_hub";

/** What tmux says when nothing listens on its socket. */
const noServer = /no server running|error connecting to|server exited|lost server|No such file/;

/** The oldest version with `-N`, `new-session -e` and formats used here. */
const oldest = 3.2;

/** Our own tmux server: its socket, its start, and how to reach it. */
export class TmuxServer {
	readonly socketName: string;
	readonly #configFile: string;
	readonly #pidFile: string;
	readonly #run: string;

	constructor(home: HomePaths, configFile: string) {
		this.socketName = `clawmux-${home.key}`;
		this.#configFile = configFile;
		this.#run = home.run;
		this.#pidFile = join(home.run, "tmux-server.json");
	}

	/** Null where there is no tmux on the PATH. */
	program(): string | null {
		if (process.platform === "win32") return null;
		return findProgram("tmux", process.env.PATH, "/");
	}

	/** The version of the tmux on the PATH, or why it cannot be used. */
	async version(): Promise<{ usable: boolean; detail: string }> {
		const program = this.program();
		if (process.platform === "win32") return { usable: false, detail: "tmux does not run on Windows." };
		if (!program) {
			const how = process.platform === "darwin" ? "brew install tmux" : "apt install tmux, dnf install tmux, ...";
			return { usable: false, detail: `tmux is not installed; install it (${how}) so that sessions outlive ClawMux.` };
		}
		const { stdout } = await this.#execute(["-V"]);
		const version = stdout.toString("utf8").trim();
		const number = Number(/(\d+\.\d+)/.exec(version)?.[1] ?? Number.NaN);
		// "tmux master" and the like carry no number and are newer than any that is too old.
		if (number < oldest) return { usable: false, detail: `${version} is too old: ClawMux needs tmux ${oldest} or newer.` };
		return { usable: true, detail: version };
	}

	/** Connects a control client to the running server; null when none runs. */
	async connect(events: ControlEvents): Promise<TmuxControl | null> {
		const control = (await this.#tryConnect(events)) ?? ((await this.#recreateSocket()) ? await this.#tryConnect(events) : null);
		if (control) await this.#remember(control);
		return control;
	}

	/** Starts the server when none runs; it belongs to no terminal, app or (where systemd allows) login session. */
	async start(): Promise<void> {
		const program = this.program();
		if (!program) throw new ClawmuxError("unavailable", (await this.version()).detail);
		await mkdir(this.#run, { recursive: true, mode: 0o700 });
		// `env -i`: the server keeps its starter's environment for ever and would hand it to programs. PATH is for its `sh`.
		const clean = ["/usr/bin/env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", program, ...this.#args(), "start-server"];
		const scope = scopeCommand(this.socketName);
		if (scope) {
			const started = await runApart([...scope, ...clean], process.env).then(
				() => true,
				() => false,
			);
			if (started) return;
		}
		await runApart(clean, process.env);
	}

	/** A short-lived client for what must not pass through the control client: a program's own text. */
	async execute(commands: readonly (readonly string[])[], signal?: AbortSignal): Promise<Buffer> {
		// As an argument, a trailing `;` would end the command.
		const args = commands.flatMap((command, index) => [
			...(index > 0 ? [";"] : []),
			...command.map((argument) => (argument.endsWith(";") ? `${argument.slice(0, -1)}\\;` : argument)),
		]);
		try {
			return (await this.#execute(["-N", ...this.#args(), ...args], signal)).stdout;
		} catch (error) {
			signal?.throwIfAborted();
			throw error instanceof Error && noServer.test(error.message) ? new TmuxGone(error.message) : error;
		}
	}

	/**
	 * tmux 3.3a now and then leaves an ended program unreaped until the next one ends (seen under load), and knows no exit
	 * code until then. The signal makes it look.
	 */
	async reap(): Promise<void> {
		const known = await this.#remembered();
		if (known && isAlive(known)) process.kill(known.pid, "SIGCHLD");
	}

	/** For a person's own terminal. */
	attachCommand(sessionId: string): string[] {
		return ["env", "-u", "TMUX", "-u", "TMUX_TMPDIR", "tmux", "-L", this.socketName, "attach-session", "-t", `=${sessionId}`];
	}

	#args(): string[] {
		return ["-L", this.socketName, "-f", this.#configFile, "-u"];
	}

	async #tryConnect(events: ControlEvents): Promise<TmuxControl | null> {
		const program = this.program();
		if (!program) return null;
		try {
			return await TmuxControl.connect(
				program,
				[
					"-N",
					...this.#args(),
					"-C",
					"new-session",
					"-A",
					"-s",
					hubSession,
					"-x",
					"80",
					"-y",
					"24",
					"--",
					"/usr/bin/env",
					"true",
				],
				clientEnv(),
				events,
			);
		} catch (error) {
			if (error instanceof TmuxGone && noServer.test(error.message)) return null;
			throw error;
		}
	}

	/** Tidiers of temporary folders delete the socket of a living server; SIGUSR1 makes it anew. */
	async #recreateSocket(): Promise<boolean> {
		const known = await this.#remembered();
		if (!known || !isAlive(known)) return false;
		const folder = join("/tmp", `tmux-${userInfo().uid}`);
		await mkdir(folder, { recursive: true, mode: 0o700 });
		process.kill(known.pid, "SIGUSR1");
		for (let waited = 0; waited < 2000; waited += 20) {
			if (existsSync(join(folder, this.socketName))) return true;
			await delay(20);
		}
		return false;
	}

	async #remember(control: TmuxControl): Promise<void> {
		const [[pid = ""] = []] = await control.run(["display-message", "-p", "#{pid}"]);
		await mkdir(this.#run, { recursive: true, mode: 0o700 });
		await writeFile(this.#pidFile, JSON.stringify({ pid: Number(pid), start: startOf(Number(pid)) }), { mode: 0o600 });
	}

	async #remembered(): Promise<{ pid: number; start: string } | null> {
		const text = await readFile(this.#pidFile, "utf8").catch((error: NodeJS.ErrnoException) => {
			if (error.code === "ENOENT") return null;
			throw error;
		});
		const value: unknown = text ? parseOrNull(text) : null;
		if (typeof value !== "object" || value === null || !("pid" in value) || !("start" in value)) return null;
		const { pid, start } = value;
		return typeof pid === "number" && pid > 1 && typeof start === "string" ? { pid, start } : null;
	}

	#execute(args: readonly string[], signal?: AbortSignal): Promise<{ stdout: Buffer }> {
		return exec([this.program() ?? "tmux", ...args], clientEnv(), signal);
	}
}

/** TMUX_TMPDIR would hide the server from a hub started elsewhere; TMUX names another server. */
function clientEnv(): NodeJS.ProcessEnv {
	const { TMUX: _server, TMUX_PANE: _pane, TMUX_TMPDIR: _folder, ...env } = process.env;
	return env;
}

function parseOrNull(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null; // A torn file says nothing; the server is then only found by its socket.
	}
}

/**
 * The prefix that gives the server a systemd scope of its own, so that neither the end of the app's unit nor an
 * out-of-memory kill of one agent takes every session along. Only where that scope lives at least as long as the place we
 * are in: inside the user manager, or with lingering on.
 */
function scopeCommand(socketName: string): string[] | null {
	if (process.platform !== "linux" || !existsSync("/run/systemd/system") || !process.env.XDG_RUNTIME_DIR) return null;
	const systemdRun = findProgram("systemd-run", process.env.PATH, "/");
	if (!systemdRun || !existsSync(join(process.env.XDG_RUNTIME_DIR, "systemd", "private"))) return null;
	const inUserManager = readFileSync("/proc/self/cgroup", "utf8").includes("/user@");
	if (!inUserManager && !existsSync(join("/var/lib/systemd/linger", userInfo().username))) return null;
	const unit = `${socketName}-${Date.now()}`;
	return [
		systemdRun,
		"--user",
		"--scope",
		"--quiet",
		"--collect",
		`--unit=${unit}`,
		"-p",
		"OOMPolicy=continue",
		"-p",
		"ManagedOOMPreference=avoid",
		"--",
	];
}

function exec(
	[program = "", ...args]: readonly string[],
	env: NodeJS.ProcessEnv,
	signal?: AbortSignal,
): Promise<{ stdout: Buffer }> {
	return new Promise((resolve, reject) => {
		execFile(
			program,
			args,
			{ env, cwd: tmpdir(), signal, encoding: "buffer", maxBuffer: 256 * 1024 * 1024 },
			(error, stdout, stderr) => {
				if (error) reject(new Error(stderr.toString("utf8").trim() || error.message, { cause: error }));
				else resolve({ stdout });
			},
		);
	});
}
