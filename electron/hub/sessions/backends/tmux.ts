import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ClawmuxError } from "../../../../shared/errors.ts";
import type { HomePaths } from "../../home.ts";
import type { Log } from "../../log.ts";
import { deferred } from "./deferred.ts";
import { checkLaunch, findProgram } from "./launch-check.ts";
import { endTree, hasEnded, markerOf } from "./process-tree.ts";
import type {
	ApprovalInfo,
	Availability,
	BackendCapabilities,
	BackendSession,
	Cancellable,
	CreateSession,
	SendResult,
	SessionBackend,
	SessionStatus,
	TerminalEvents,
	TerminalSource,
} from "./session-backend.ts";
import { TmuxConnection } from "./tmux/connection.ts";
import { TmuxGone, TmuxRefusal } from "./tmux/control.ts";
import { paneOf } from "./tmux/format.ts";
import { keyCommands, pasteCommands } from "./tmux/input.ts";
import { OutputPipe } from "./tmux/output.ts";
import { type Picture, pictureCommands } from "./tmux/screen.ts";
import { TmuxServer } from "./tmux/server.ts";
import { type SessionEnd, SessionOutput } from "./tmux/session-output.ts";
import { createCommands, listCommand, readSessions, type TmuxSession } from "./tmux/sessions.ts";
import { lineTooLong, pastedText, typedMessage } from "./typed-text.ts";

/** How long a program that was asked to end may take. */
const defaultGraceMs = 4000;

/** Modes that tmux 3.3a cannot be asked for and a viewer needs: focus reports, pixel mouse reports, bracketed paste. */
const rememberedModes = new Set([1004, 1016, 2004]);

/** Modes change in bursts when a program starts or ends. */
const rememberAfterMs = 100;

/** Between looks at a program whose terminal is closed and whose exit code is awaited. */
const firstPauseMs = 5;
const longestPauseMs = 320;

/** How often the leaders of followed sessions are looked at; an end is told within a second. */
const watchMs = 250;

export interface TmuxBackendOptions {
	home: HomePaths;
	log: Log;
	/** Absolute path of resources/tmux.conf. */
	configFile: string;
}

/** Sessions in a tmux server of our own: they outlive the hub, the app and the terminal it was started from. */
export class TmuxBackend implements SessionBackend {
	readonly name = "tmux";
	readonly capabilities: BackendCapabilities;
	readonly #owner: string;
	readonly #pipes: string;
	readonly #log: Log;
	readonly #server: TmuxServer;
	readonly #connection: TmuxConnection;
	readonly #outputs = new Map<string, SessionOutput>();
	readonly #creating = new Set<string>();
	#look: Promise<void> | null = null;
	#lookAgain = false;
	#watch: NodeJS.Timeout | null = null;

	constructor({ home, log, configFile }: TmuxBackendOptions) {
		this.#owner = home.key;
		this.#pipes = join(home.run, "output");
		this.#log = log;
		this.#server = new TmuxServer(home, configFile);
		this.#connection = new TmuxConnection(this.#server, log, {
			onChange: () => void this.#lookForEnds(),
			onServerGone: (reason) => this.#endAll(reason),
		});
		this.capabilities = {
			survivesHub: true,
			knowsIdle: false,
			approves: false,
			surroundingVariables: ["TMUX", "TMUX_PANE", "TMUX_TMPDIR"],
			attachCommand: (sessionId) => this.#server.attachCommand(sessionId),
		};
	}

	async available({ signal }: Cancellable = {}): Promise<Availability> {
		signal?.throwIfAborted();
		const { usable, detail } = await this.#server.version();
		return { available: usable, detail };
	}

	async create(request: CreateSession): Promise<BackendSession> {
		const { sessionId, signal } = request;
		signal?.throwIfAborted();
		checkLaunch(request);
		const { available, detail } = await this.available();
		if (!available) throw new ClawmuxError("unavailable", detail);
		if (this.#creating.has(sessionId)) throw new ClawmuxError("conflict", `Session ${sessionId} is being started already.`);
		this.#creating.add(sessionId);
		try {
			return await this.#create(request);
		} finally {
			this.#creating.delete(sessionId);
		}
	}

	async stop(sessionId: string, { graceMs = defaultGraceMs, signal }: Cancellable & { graceMs?: number } = {}): Promise<void> {
		const session = await this.#find(sessionId, signal);
		if (!session?.pid) return;
		await endTree(session.pid, { graceMs, signal, marker: markerOf(session.pid) });
		await this.#lookForEnds();
	}

	async kill(sessionId: string, { signal }: Cancellable = {}): Promise<void> {
		const session = await this.#find(sessionId, signal);
		if (!session) return;
		if (session.pid) await endTree(session.pid, { graceMs: 0, marker: markerOf(session.pid) });
		// The program's end first, so that it is told with its signal and its last output.
		await this.#lookForEnds();
		await this.#run(["kill-session", "-t", `=${sessionId}`]).catch((error: unknown) => {
			if (!(isMissing(error) || error instanceof TmuxGone)) throw error;
		});
		await this.#lookForEnds();
		// One that nobody opened has nobody to tell.
		const output = this.#outputs.get(sessionId);
		if (output && !output.opened) this.#outputs.delete(sessionId);
	}

	async exists(sessionId: string, { signal }: Cancellable = {}): Promise<boolean> {
		return (await this.#find(sessionId, signal)) !== undefined;
	}

	async list({ signal }: Cancellable = {}): Promise<BackendSession[]> {
		return (await this.#sessions(signal)).map(withoutOurs);
	}

	async discover({ signal }: Cancellable = {}): Promise<Map<string, string>> {
		const live = (await this.#sessions(signal)).filter((session) => session.live);
		return new Map(live.flatMap(({ agentId, sessionId }) => (agentId ? [[agentId, sessionId]] : [])));
	}

	async status(sessionId: string, { signal }: Cancellable = {}): Promise<SessionStatus> {
		const session = await this.#find(sessionId, signal);
		if (!session) return "missing";
		if (session.live) return "running";
		return session.exitCode === 0 ? "completed" : "failed";
	}

	async isIdle(sessionId: string, { signal }: Cancellable = {}): Promise<boolean> {
		await this.#require(sessionId, signal);
		throw new ClawmuxError("unavailable", "tmux cannot tell whether a program waits for input.");
	}

	async checkApproval(sessionId: string, { signal }: Cancellable = {}): Promise<ApprovalInfo> {
		await this.#require(sessionId, signal);
		throw new ClawmuxError("unavailable", "tmux cannot see a program's permission questions.");
	}

	async approve(sessionId: string, { signal }: Cancellable = {}): Promise<void> {
		await this.checkApproval(sessionId, { signal });
	}

	async capture(sessionId: string, { lines, signal }: Cancellable & { lines: number }): Promise<string> {
		await this.#require(sessionId, signal);
		// The screen may be blank below the text, so more is asked for than is wanted.
		const command = ["capture-pane", "-p", "-J", "-t", paneOf(sessionId), "-S", "-"];
		const text = (await this.#server.execute([command], signal)).toString("utf8");
		const all = text.split("\n").map((line) => line.trimEnd());
		while (all.at(-1) === "") all.pop();
		return all.slice(-Math.max(1, lines)).join("\n");
	}

	async sendInput(
		sessionId: string,
		text: string,
		{ submit = true, signal }: Cancellable & { submit?: boolean } = {},
	): Promise<SendResult> {
		const message = typedMessage(text);
		const session = await this.#require(sessionId, signal);
		if (!session.live) throw new ClawmuxError("closed", `The program of session ${sessionId} has ended.`);
		const [[inMode = ""] = []] = await this.#run(["display-message", "-p", "-t", paneOf(sessionId), "#{pane_in_mode}"]);
		if (inMode !== "0")
			return { accepted: false, note: "Somebody is reading back in this terminal (copy mode); nothing was typed." };
		const tooLong = await lineTooLong(message.text, session.tty);
		if (tooLong) return { accepted: false, note: tooLong };
		signal?.throwIfAborted();
		await this.#type(sessionId, [
			...pasteCommands(sessionId, message.text),
			// By its name: programs that asked for extended keys do not take a bare CR for it.
			...(submit ? [["send-keys", "-t", paneOf(sessionId), "Enter"]] : []),
		]);
		return { accepted: true, note: message.note };
	}

	async interrupt(
		sessionId: string,
		{ keys = "escape", signal }: Cancellable & { keys?: "escape" | "ctrl-c" } = {},
	): Promise<void> {
		const session = await this.#require(sessionId, signal);
		if (!session.live) throw new ClawmuxError("closed", `The program of session ${sessionId} has ended.`);
		await this.#type(sessionId, [["send-keys", "-t", paneOf(sessionId), keys === "escape" ? "Escape" : "C-c"]]);
	}

	async open(sessionId: string, events: TerminalEvents, { signal }: Cancellable = {}): Promise<TerminalSource> {
		const session = await this.#require(sessionId, signal);
		const before = this.#outputs.get(sessionId);
		if (before?.opened && !before.ending) throw new ClawmuxError("conflict", `Session ${sessionId} is open already.`);
		let output = before;
		let picture: Picture = { cols: 0, rows: 0, bytes: new Uint8Array(0) };
		if (output?.complete && !output.opened) {
			const [[size = ""] = []] = await this.#run([
				"display-message",
				"-p",
				"-t",
				paneOf(sessionId),
				"#{window_width} #{window_height}",
			]);
			const [cols = 80, rows = 24] = size.split(" ").map(Number);
			picture = { ...picture, cols, rows };
		} else {
			await before?.close();
			output = new SessionOutput();
			for (const mode of session.modes) output.modes.set(mode, true);
			const remembered = output.modes.sequence();
			const { commands, read } = pictureCommands(sessionId);
			if (session.live) {
				output.pipe = await OutputPipe.open(this.#pipePath(sessionId), this.#receiver(sessionId, output));
				commands.push(["pipe-pane", "-O", "-t", paneOf(sessionId), output.pipe.copyCommand]);
			}
			this.#outputs.set(sessionId, output);
			try {
				picture = read(await this.#server.execute(commands, signal), remembered);
			} catch (error) {
				this.#outputs.delete(sessionId);
				await output.close();
				throw error;
			}
		}
		const opened = output;
		opened.pid = session.pid;
		this.#startWatch();
		// After the caller has the snapshot, so that nothing comes before it.
		setImmediate(() => {
			opened.start(events);
			void this.#lookForEnds();
		});
		return {
			snapshot: picture.bytes,
			cols: picture.cols,
			rows: picture.rows,
			write: (bytes) => this.#write(sessionId, bytes),
			paste: (text) => this.#type(sessionId, pasteCommands(sessionId, pastedText(text))),
			resize: (cols, rows) =>
				this.#type(sessionId, [["resize-window", "-t", `=${sessionId}:`, "-x", String(cols), "-y", String(rows)]]),
			close: () => void this.#close(sessionId, opened),
		};
	}

	async dispose(): Promise<void> {
		this.#stopWatch();
		const outputs = [...this.#outputs.values()];
		this.#outputs.clear();
		await Promise.all(outputs.map((output) => output.close()));
		this.#connection.dispose();
	}

	async #create(request: CreateSession): Promise<BackendSession> {
		const { sessionId, signal } = request;
		await this.#connection.getStarted();
		// Before anything of its output is touched.
		if (await this.exists(sessionId)) throw new ClawmuxError("conflict", `Session ${sessionId} exists already.`);
		const output = new SessionOutput();
		output.pipe = await OutputPipe.open(this.#pipePath(sessionId), this.#receiver(sessionId, output));
		try {
			await this.#run(
				...createCommands(
					request,
					this.#owner,
					output.pipe.copyCommand,
					findProgram("sleep", process.env.PATH, "/") ?? "/bin/sleep",
				),
			);
		} catch (error) {
			await output.close();
			if (error instanceof TmuxRefusal && error.message.includes("duplicate session"))
				throw new ClawmuxError("conflict", `Session ${sessionId} exists already.`, { cause: error });
			throw new ClawmuxError("internal", `tmux did not start session ${sessionId}: ${String((error as Error).message)}`, {
				cause: error,
			});
		}
		this.#outputs.set(sessionId, output);
		if (signal?.aborted) {
			await this.kill(sessionId);
			throw signal.reason;
		}
		const session = await this.#find(sessionId);
		output.pid = session?.pid ?? null;
		this.#startWatch();
		void this.#lookForEnds();
		if (!session) throw new ClawmuxError("internal", `Session ${sessionId} was ended from outside while it started.`);
		return withoutOurs(session);
	}

	#pipePath(sessionId: string): string {
		return join(this.#pipes, sessionId);
	}

	/** Takes output and keeps the modes that tmux would not tell the next hub. */
	#receiver(sessionId: string, output: SessionOutput): (bytes: Buffer) => void {
		let saved = output.modes.version;
		let waiting = false;
		return (bytes) => {
			output.push(bytes);
			if (output.modes.version === saved) return;
			saved = output.modes.version;
			if (!waiting)
				setTimeout(() => {
					waiting = false;
					this.#saveModes(sessionId, output);
				}, rememberAfterMs).unref();
			waiting = true;
		};
	}

	#saveModes(sessionId: string, output: SessionOutput): void {
		if (output.ending) return;
		const modes = [...rememberedModes].filter((mode) => output.modes.has(mode)).join(",");
		void this.#quietly(["set-option", "-t", `=${sessionId}:`, "@clawmux-modes", modes]);
	}

	#write(sessionId: string, bytes: Uint8Array): void {
		const commands = keyCommands(sessionId, bytes);
		if (commands.length > 0) void this.#quietly(...commands);
	}

	/** For keystrokes: who types into a session that just ended is told of its end, not of the keystroke. */
	async #quietly(...commands: string[][]): Promise<void> {
		try {
			await this.#run(...commands);
		} catch (error) {
			this.#log.debug("tmux refused input.", { error });
		}
	}

	async #type(sessionId: string, commands: string[][]): Promise<void> {
		if (commands.length === 0) return;
		try {
			await this.#run(...commands);
		} catch (error) {
			if (isMissing(error)) throw new ClawmuxError("not_found", `There is no session ${sessionId}.`, { cause: error });
			throw new ClawmuxError("closed", `Session ${sessionId} takes no input: ${(error as Error).message}`, { cause: error });
		}
	}

	async #run(...commands: string[][]): Promise<string[][]> {
		const control = await this.#connection.get();
		if (!control) throw new TmuxGone("no tmux server is running");
		return control.run(...commands);
	}

	async #close(sessionId: string, output: SessionOutput): Promise<void> {
		if (this.#outputs.get(sessionId) !== output) return;
		this.#saveModes(sessionId, output);
		this.#outputs.delete(sessionId);
		await output.close();
	}

	async #sessions(signal?: AbortSignal): Promise<TmuxSession[]> {
		signal?.throwIfAborted();
		try {
			const [rows = []] = await abortable(this.#run(listCommand), signal);
			return readSessions(rows, this.#owner);
		} catch (error) {
			if (error instanceof TmuxGone) return [];
			throw error;
		}
	}

	async #find(sessionId: string, signal?: AbortSignal): Promise<TmuxSession | undefined> {
		return (await this.#sessions(signal)).find((session) => session.sessionId === sessionId);
	}

	async #require(sessionId: string, signal?: AbortSignal): Promise<TmuxSession> {
		const session = await this.#find(sessionId, signal);
		if (!session) throw new ClawmuxError("not_found", `There is no session ${sessionId}.`);
		return session;
	}

	/**
	 * tmux 3.3a sometimes misses that a child ended and says nothing until another one does (4 of 4 panes of a loaded
	 * server stood so). While sessions are followed their leaders are looked at, and tmux is told.
	 */
	#startWatch(): void {
		this.#watch ??= setInterval(() => {
			if (this.#outputs.size === 0) this.#stopWatch();
			const ended = [...this.#outputs.values()].some(({ pid, ending }) => pid !== null && !ending && hasEnded(pid));
			if (ended) void this.#server.reap().then(() => this.#lookForEnds());
		}, watchMs).unref();
	}

	#stopWatch(): void {
		if (this.#watch) clearInterval(this.#watch);
		this.#watch = null;
	}

	/** Compares what we follow with what runs; one look at a time, and one more when something changed meanwhile. */
	#lookForEnds(): Promise<void> {
		if (this.#look) this.#lookAgain = true;
		this.#look ??= this.#lookOnce().finally(() => {
			this.#look = null;
		});
		return this.#look;
	}

	async #lookOnce(): Promise<void> {
		let pauseMs = 0;
		do {
			if (pauseMs > 0) await delay(pauseMs);
			this.#lookAgain = false;
			if (this.#outputs.size === 0) return;
			let sessions: Map<string, TmuxSession>;
			// Only what was followed before the question: a session made since is not in the answer.
			const followed = [...this.#outputs];
			try {
				const [rows = []] = await this.#run(listCommand);
				sessions = new Map(readSessions(rows, this.#owner).map((session) => [session.sessionId, session]));
			} catch (error) {
				// The end of the connection is handled where it is noticed.
				this.#log.debug("tmux could not be asked for its sessions.", { error });
				return;
			}
			const ends = followed.map(([sessionId, output]) => {
				const session = sessions.get(sessionId);
				if (session?.live || this.#creating.has(sessionId)) return null;
				return this.#finish(sessionId, output, session ?? null);
			});
			await Promise.all(ends);
			// The exit code comes a moment after the terminal's end, and without another notice.
			const ending = followed.some(([sessionId]) => sessions.get(sessionId)?.ending);
			pauseMs = ending ? Math.min(pauseMs * 2 || firstPauseMs, longestPauseMs) : 0;
			if (ending) {
				this.#lookAgain = true;
				await this.#server.reap();
			}
		} while (this.#lookAgain);
	}

	#finish(sessionId: string, output: SessionOutput, session: TmuxSession | null): Promise<void> {
		output.ending ??= (async () => {
			await output.finish(session ? programEnd(session) : lostEnd("The session was ended from outside."));
			if (output.opened && this.#outputs.get(sessionId) === output) this.#outputs.delete(sessionId);
		})();
		return output.ending;
	}

	#endAll(reason: string): void {
		for (const [sessionId, output] of this.#outputs) {
			output.ending ??= output.finish(lostEnd(`The tmux server ended, and its sessions with it (${reason}).`));
			if (output.opened) this.#outputs.delete(sessionId);
		}
	}
}

function programEnd({ exitCode, exitSignal }: TmuxSession): SessionEnd {
	const reason = exitSignal
		? `The program was ended by ${exitSignal}.`
		: `The program ended with exit code ${exitCode ?? "unknown"}.`;
	return { exitCode, exitSignal, reason };
}

function lostEnd(reason: string): SessionEnd {
	return { exitCode: null, exitSignal: null, reason };
}

function withoutOurs({ tty: _tty, modes: _modes, ending: _ending, ...session }: TmuxSession): BackendSession {
	return session;
}

function isMissing(error: unknown): boolean {
	return error instanceof TmuxRefusal && /can't find (session|window|pane)/.test(error.message);
}

async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) return work;
	const { promise, reject } = deferred<never>();
	const abort = () => reject(signal.reason);
	signal.addEventListener("abort", abort, { once: true });
	try {
		return await Promise.race([work, promise]);
	} finally {
		signal.removeEventListener("abort", abort);
	}
}
