import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ClawmuxError } from "../../../../../shared/errors.ts";
import type { HomePaths } from "../../../home.ts";
import type { Log } from "../../../log.ts";
import { findBinary } from "../../../programs/find-binary.ts";
import { isAlive, sendSignal, startOf } from "../processes/process-rows.ts";
import { runApart } from "../processes/run-apart.ts";
import { type ControlEvents, TmuxControl, TmuxGone } from "./control.ts";

/** The session that the control client sits in: its program has ended, it costs no process, and it is never listed. */
export const hubSession = "_hub";

/** What tmux says when nothing listens on its socket. */
const noServer = /no server running|error connecting to|server exited|lost server|No such file/;

/** The oldest version with `-N`, `new-session -e` and formats used here. */
const oldest = 3.2;

/** How often a server that was sent a signal is looked at, and for how long. */
const pollMs = 20;
const longestSocketMs = 2000;
const longestEndMs = 2000;

/** Our own tmux server: its socket, its start, and how to reach it. */
export class TmuxServer {
	readonly socketName: string;
	readonly #configFile: string;
	readonly #pidFile: string;
	readonly #run: string;
	readonly #log: Log;
	/** What a tmux that was asked for its version said, and which file that was. */
	#version: { program: string; modifiedAt: number; text: string } | null = null;

	constructor(home: HomePaths, configFile: string, log: Log) {
		this.socketName = `clawmux-${home.key}`;
		this.#configFile = configFile;
		this.#run = home.run;
		this.#log = log;
		this.#pidFile = join(home.run, "tmux-server.json");
	}

	/** Null where there is no tmux on the PATH or where it is usually installed. */
	program(): string | null {
		if (process.platform === "win32") return null;
		return findBinary("tmux", process.env);
	}

	/** The version of the tmux that is found, or why it cannot be used; never rejects. */
	async version(): Promise<{ usable: boolean; detail: string }> {
		const program = this.program();
		if (process.platform === "win32") return { usable: false, detail: "tmux does not run on Windows." };
		if (!program) {
			const how = process.platform === "darwin" ? "brew install tmux" : "apt install tmux, dnf install tmux, ...";
			return { usable: false, detail: `tmux is not installed; install it (${how}) so that sessions outlive ClawMux.` };
		}
		let version: string;
		try {
			version = await this.#askVersion(program);
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			return {
				usable: false,
				detail: `${program} does not run (${why}); repair or reinstall tmux, so that sessions outlive ClawMux.`,
			};
		}
		const number = Number(/(\d+\.\d+)/.exec(version)?.[1] ?? Number.NaN);
		// "tmux master" and the like carry no number and are newer than any that is too old.
		if (number < oldest) return { usable: false, detail: `${version} is too old: ClawMux needs tmux ${oldest} or newer.` };
		return { usable: true, detail: version };
	}

	async #askVersion(program: string): Promise<string> {
		const { mtimeMs: modifiedAt } = await stat(program);
		const known = this.#version;
		if (known?.program === program && known.modifiedAt === modifiedAt) return known.text;
		const { stdout } = await exec([program, "-V"], clientEnv());
		const text = stdout.toString("utf8").trim();
		this.#version = { program, modifiedAt, text };
		return text;
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
				(error: unknown) => {
					this.#log.warn("systemd-run gave tmux no scope of its own; it is started without one.", { command: scope, error });
					return false;
				},
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
		if (known && isAlive(known)) sendSignal(known.pid, "SIGCHLD");
	}

	/** Ends the server, and takes its socket away if tmux left it: nothing may find a server there. */
	async end(control: TmuxControl): Promise<void> {
		const known = await this.#remembered();
		try {
			await control.run(["kill-server"]);
		} catch (error) {
			// It goes with this very command.
			if (!(error instanceof TmuxGone)) throw error;
		}
		if (!known) return;
		for (let waited = 0; isAlive(known) && waited < longestEndMs; waited += pollMs) await delay(pollMs);
		if (!isAlive(known)) await rm(this.#socket(), { force: true });
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
		// This signal ends most other programs, so it must be this very process.
		if (!known || !isAlive(known) || (await startOf(known.pid)) !== known.start) return false;
		await mkdir(dirname(this.#socket()), { recursive: true, mode: 0o700 });
		sendSignal(known.pid, "SIGUSR1");
		for (let waited = 0; waited < longestSocketMs; waited += pollMs) {
			if (existsSync(this.#socket())) return true;
			await delay(pollMs);
		}
		return false;
	}

	/** Where tmux puts it without a TMUX_TMPDIR. */
	#socket(): string {
		return join("/tmp", `tmux-${userInfo().uid}`, this.socketName);
	}

	async #remember(control: TmuxControl): Promise<void> {
		const [[pid = ""] = []] = await control.run(["display-message", "-p", "#{pid}"]);
		await mkdir(this.#run, { recursive: true, mode: 0o700 });
		const start = await startOf(Number(pid));
		await writeFile(this.#pidFile, JSON.stringify({ pid: Number(pid), start }), { mode: 0o600 });
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
	const systemdRun = findBinary("systemd-run", process.env);
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
