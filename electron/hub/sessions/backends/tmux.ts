import { join } from "node:path";
import { ClawmuxError } from "../../../../shared/errors.ts";
import type { HomePaths } from "../../home.ts";
import type { Log } from "../../log.ts";
import { findBinary } from "../../programs/find-binary.ts";
import { AtMost } from "./at-most.ts";
import { guardedEvents } from "./guarded-events.ts";
import { checkLaunch } from "./launch-check.ts";
import { endTree, markerOf } from "./processes/process-tree.ts";
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
import { TmuxFollower } from "./tmux/follower.ts";
import { paneOf } from "./tmux/format.ts";
import { keyCommands, pasteCommands } from "./tmux/input.ts";
import { isMissing, TmuxLookup } from "./tmux/lookup.ts";
import { OutputPipe } from "./tmux/output.ts";
import { type Picture, pictureCommands } from "./tmux/screen.ts";
import { hubSession, TmuxServer } from "./tmux/server.ts";
import { SessionOutput } from "./tmux/session-output.ts";
import { createCommands, type TmuxSession } from "./tmux/sessions.ts";
import { lineTooLong, pastedText, typedMessage } from "./typed-text.ts";

/** How long a program that was asked to end may take. */
const defaultGraceMs = 4000;

/** Sessions that are started or opened at once: each takes a few processes, and a hub may adopt hundreds together. */
const mostAtOnce = 8;

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
	readonly #follower: TmuxFollower;
	readonly #lookup: TmuxLookup;
	readonly #creating = new Set<string>();
	readonly #opening = new Set<string>();
	readonly #heavy = new AtMost(mostAtOnce);

	constructor({ home, log, configFile }: TmuxBackendOptions) {
		this.#owner = home.key;
		this.#pipes = join(home.run, "output");
		this.#log = log;
		this.#server = new TmuxServer(home, configFile, log);
		this.#follower = new TmuxFollower(this.#owner, this.#server, log, (...commands) => this.#lookup.run(...commands));
		this.#connection = new TmuxConnection(this.#server, log, {
			onChange: () => void this.#follower.lookForEnds(),
			onServerGone: (reason) => this.#follower.endAll(reason),
		});
		this.#lookup = new TmuxLookup(this.#connection, this.#owner, this.#server);
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
		const argv = checkLaunch(request);
		const { available, detail } = await this.available();
		if (!available) throw new ClawmuxError("unavailable", detail);
		if (this.#creating.has(sessionId)) throw new ClawmuxError("conflict", `Session ${sessionId} is being started already.`);
		this.#creating.add(sessionId);
		try {
			return await this.#heavy.run(() => this.#create({ ...request, argv }));
		} finally {
			this.#creating.delete(sessionId);
		}
	}

	async stop(sessionId: string, { graceMs = defaultGraceMs, signal }: Cancellable & { graceMs?: number } = {}): Promise<void> {
		const session = await this.#lookup.find(sessionId, signal);
		if (!session?.pid) return;
		await endTree(session.pid, { graceMs, signal, marker: await markerOf(session.pid) });
		await this.#follower.lookForEnds();
	}

	async kill(sessionId: string, { signal }: Cancellable = {}): Promise<void> {
		const session = await this.#lookup.find(sessionId, signal);
		if (!session) return;
		if (session.pid) await endTree(session.pid, { graceMs: 0, marker: await markerOf(session.pid) });
		// The program's end first, so that it is told with its signal and its last output.
		await this.#follower.lookForEnds();
		await this.#lookup.run(["kill-session", "-t", `=${sessionId}`]).catch((error: unknown) => {
			if (!(isMissing(error) || error instanceof TmuxGone)) throw error;
		});
		await this.#follower.lookForEnds();
		// One that nobody opened has nobody to tell.
		const output = this.#follower.get(sessionId);
		if (output && !output.opened) this.#follower.forget(sessionId);
	}

	async exists(sessionId: string, { signal }: Cancellable = {}): Promise<boolean> {
		return (await this.#lookup.find(sessionId, signal)) !== undefined;
	}

	async list({ signal }: Cancellable = {}): Promise<BackendSession[]> {
		return (await this.#lookup.all(signal)).map(withoutOurs);
	}

	async discover({ signal }: Cancellable = {}): Promise<Map<string, string>> {
		const live = (await this.#lookup.all(signal)).filter((session) => session.live);
		return new Map(live.flatMap(({ agentId, sessionId }) => (agentId ? [[agentId, sessionId]] : [])));
	}

	async status(sessionId: string, { signal }: Cancellable = {}): Promise<SessionStatus> {
		const session = await this.#lookup.find(sessionId, signal);
		if (!session) return "missing";
		if (session.live) return "running";
		return session.exitCode === 0 ? "completed" : "failed";
	}

	async isIdle(sessionId: string, { signal }: Cancellable = {}): Promise<boolean> {
		await this.#lookup.require(sessionId, signal);
		throw new ClawmuxError("unavailable", "tmux cannot tell whether a program waits for input.");
	}

	async checkApproval(sessionId: string, { signal }: Cancellable = {}): Promise<ApprovalInfo> {
		await this.#lookup.require(sessionId, signal);
		throw new ClawmuxError("unavailable", "tmux cannot see a program's permission questions.");
	}

	async approve(sessionId: string, { signal }: Cancellable = {}): Promise<void> {
		await this.checkApproval(sessionId, { signal });
	}

	async capture(sessionId: string, { lines, signal }: Cancellable & { lines: number }): Promise<string> {
		await this.#lookup.require(sessionId, signal);
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
		const session = await this.#lookup.require(sessionId, signal);
		if (!session.live) throw new ClawmuxError("closed", `The program of session ${sessionId} has ended.`);
		const [[inMode = ""] = []] = await this.#lookup.run(["display-message", "-p", "-t", paneOf(sessionId), "#{pane_in_mode}"]);
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
		const session = await this.#lookup.require(sessionId, signal);
		if (!session.live) throw new ClawmuxError("closed", `The program of session ${sessionId} has ended.`);
		await this.#type(sessionId, [["send-keys", "-t", paneOf(sessionId), keys === "escape" ? "Escape" : "C-c"]]);
	}

	async open(sessionId: string, listener: TerminalEvents, { signal }: Cancellable = {}): Promise<TerminalSource> {
		if (this.#opening.has(sessionId)) throw new ClawmuxError("conflict", `Session ${sessionId} is being opened already.`);
		this.#opening.add(sessionId);
		try {
			return await this.#heavy.run(() => this.#open(sessionId, guardedEvents(listener, sessionId, this.#log), signal));
		} finally {
			this.#opening.delete(sessionId);
		}
	}

	async #open(sessionId: string, events: TerminalEvents, signal?: AbortSignal): Promise<TerminalSource> {
		const session = await this.#lookup.require(sessionId, signal);
		const before = this.#follower.get(sessionId);
		if (before?.opened && !before.ending) throw new ClawmuxError("conflict", `Session ${sessionId} is open already.`);
		// What a program printed since it was started here is handed over as it is; otherwise tmux draws it.
		const { output, picture } =
			before?.complete && !before.opened
				? { output: before, picture: await this.#emptyPicture(sessionId) }
				: await this.#take(session, signal);
		let closed = false;
		// After the caller has the snapshot, so that nothing comes before it.
		setImmediate(() => {
			if (closed) return;
			output.start(events);
			void this.#follower.lookForEnds();
		});
		return {
			snapshot: picture.bytes,
			cols: picture.cols,
			rows: picture.rows,
			answersQueries: true,
			write: (bytes) => this.#write(sessionId, bytes),
			paste: (text) => this.#type(sessionId, pasteCommands(sessionId, pastedText(text))),
			resize: (cols, rows) =>
				this.#type(sessionId, [["resize-window", "-t", `=${sessionId}:`, "-x", String(cols), "-y", String(rows)]]),
			close: () => {
				closed = true;
				void this.#follower.close(sessionId, output);
			},
		};
	}

	async #emptyPicture(sessionId: string): Promise<Picture> {
		const sizes = ["display-message", "-p", "-t", paneOf(sessionId), "#{window_width} #{window_height}"];
		const [[size = ""] = []] = await this.#lookup.run(sizes);
		const [cols = 80, rows = 24] = size.split(" ").map(Number);
		return { cols, rows, bytes: new Uint8Array(0) };
	}

	/** Takes over a running session's output from a picture of it on. When that fails nothing of it is left, and it can be tried again. */
	async #take(session: TmuxSession, signal?: AbortSignal): Promise<{ output: SessionOutput; picture: Picture }> {
		const { sessionId } = session;
		await this.#follower.get(sessionId)?.close();
		const output = new SessionOutput();
		for (const mode of session.modes) output.modes.set(mode, true);
		const remembered = output.modes.sequence();
		const { commands, read } = pictureCommands(sessionId);
		this.#follower.follow(sessionId, output, session.pid);
		try {
			if (session.live) {
				output.pipe = await OutputPipe.open(this.#pipePath(sessionId), this.#follower.receiver(sessionId, output));
				commands.push(["pipe-pane", "-O", "-t", paneOf(sessionId), output.pipe.copyCommand]);
			}
			return { output, picture: read(await this.#server.execute(commands, signal), remembered) };
		} catch (error) {
			this.#follower.forget(sessionId);
			await output.close();
			throw error;
		}
	}

	async dispose(): Promise<void> {
		try {
			await this.#follower.dispose();
			await this.#endEmptyServer();
		} finally {
			this.#connection.dispose();
		}
	}

	/** A server that holds nothing is not left behind: the next session starts a new one. */
	async #endEmptyServer(): Promise<void> {
		try {
			const control = await this.#connection.get();
			if (!control) return;
			const [names = []] = await control.run(["list-sessions", "-F", "#{session_name}"]);
			if (names.every((name) => name === hubSession)) await this.#server.end(control);
		} catch (error) {
			// It may have gone by itself.
			if (!(error instanceof TmuxGone)) throw error;
		}
	}

	async #create(request: CreateSession): Promise<BackendSession> {
		const { sessionId, signal } = request;
		await this.#connection.getStarted();
		// Before anything of its output is touched.
		if (await this.exists(sessionId)) throw new ClawmuxError("conflict", `Session ${sessionId} exists already.`);
		const output = new SessionOutput();
		output.pipe = await OutputPipe.open(this.#pipePath(sessionId), this.#follower.receiver(sessionId, output));
		try {
			await this.#lookup.run(
				...createCommands(request, this.#owner, output.pipe.copyCommand, findBinary("sleep", process.env) ?? "/bin/sleep"),
			);
		} catch (error) {
			await output.close();
			if (error instanceof TmuxRefusal && error.message.includes("duplicate session"))
				throw new ClawmuxError("conflict", `Session ${sessionId} exists already.`, { cause: error });
			throw new ClawmuxError("internal", `tmux did not start session ${sessionId}: ${String((error as Error).message)}`, {
				cause: error,
			});
		}
		this.#follower.follow(sessionId, output, null);
		if (signal?.aborted) {
			await this.kill(sessionId);
			throw signal.reason;
		}
		const session = await this.#lookup.find(sessionId);
		output.pid = session?.pid ?? null;
		void this.#follower.lookForEnds();
		if (!session) throw new ClawmuxError("internal", `Session ${sessionId} was ended from outside while it started.`);
		return withoutOurs(session);
	}

	#pipePath(sessionId: string): string {
		return join(this.#pipes, sessionId);
	}

	#write(sessionId: string, bytes: Uint8Array): void {
		const commands = keyCommands(sessionId, bytes);
		if (commands.length > 0) void this.#quietly(...commands);
	}

	/** For keystrokes: who types into a session that just ended is told of its end, not of the keystroke. */
	async #quietly(...commands: string[][]): Promise<void> {
		try {
			await this.#lookup.run(...commands);
		} catch (error) {
			this.#log.debug("tmux refused input.", { error });
		}
	}

	async #type(sessionId: string, commands: string[][]): Promise<void> {
		if (commands.length === 0) return;
		try {
			await this.#lookup.run(...commands);
		} catch (error) {
			if (isMissing(error)) throw new ClawmuxError("not_found", `There is no session ${sessionId}.`, { cause: error });
			throw new ClawmuxError("closed", `Session ${sessionId} takes no input: ${(error as Error).message}`, { cause: error });
		}
	}
}

function withoutOurs({ tty: _tty, modes: _modes, ending: _ending, ...session }: TmuxSession): BackendSession {
	return session;
}
