import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../../../log.ts";
import { hasEnded } from "../processes/process-rows.ts";
import type { TmuxServer } from "./server.ts";
import type { SessionEnd, SessionOutput } from "./session-output.ts";
import { listCommand, readSessions, type TmuxSession } from "./sessions.ts";

/** Modes that tmux 3.3a cannot be asked for and a viewer needs: focus reports, pixel mouse reports, bracketed paste. */
const rememberedModes = new Set([1004, 1016, 2004]);

/** Modes change in bursts when a program starts or ends. */
const rememberAfterMs = 100;

/** Between looks at a program whose terminal is closed and whose exit code is awaited. */
const firstPauseMs = 5;
const longestPauseMs = 320;

/** How often the leaders of followed sessions are looked at: an end that tmux missed is told within a second too. */
const watchMs = 750;

/** The sessions whose output runs through this process: takes it, and tells every end, whoever or whatever caused it. */
export class TmuxFollower {
	readonly #owner: string;
	readonly #server: TmuxServer;
	readonly #log: Log;
	readonly #run: (...commands: string[][]) => Promise<string[][]>;
	readonly #outputs = new Map<string, SessionOutput>();
	#look: Promise<void> | null = null;
	#lookAgain = false;
	#watch: NodeJS.Timeout | null = null;

	constructor(owner: string, server: TmuxServer, log: Log, run: (...commands: string[][]) => Promise<string[][]>) {
		this.#owner = owner;
		this.#server = server;
		this.#log = log;
		this.#run = run;
	}

	get(sessionId: string): SessionOutput | undefined {
		return this.#outputs.get(sessionId);
	}

	/** From now on this session's end is told. */
	follow(sessionId: string, output: SessionOutput, pid: number | null): void {
		output.pid = pid;
		this.#outputs.set(sessionId, output);
		this.#startWatch();
	}

	/** Its end is nobody's business any more. */
	forget(sessionId: string): void {
		this.#outputs.delete(sessionId);
	}

	async dispose(): Promise<void> {
		this.#stopWatch();
		const outputs = [...this.#outputs];
		this.#outputs.clear();
		await Promise.all(outputs.map(([sessionId, output]) => this.#closeOutput(sessionId, output)));
	}

	async #closeOutput(sessionId: string, output: SessionOutput): Promise<void> {
		try {
			await output.close();
		} catch (error) {
			this.#log.warn("The output of a session could not be closed.", { sessionId, error });
		}
	}

	/** Takes output and keeps the modes that tmux would not tell the next hub. */
	receiver(sessionId: string, output: SessionOutput): (bytes: Buffer) => void {
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

	/** Stops listening without an end; never rejects. */
	async close(sessionId: string, output: SessionOutput): Promise<void> {
		if (this.#outputs.get(sessionId) !== output) return;
		this.#saveModes(sessionId, output);
		this.#outputs.delete(sessionId);
		await this.#closeOutput(sessionId, output);
	}

	/**
	 * tmux sometimes misses that a program ended and says nothing until another one does (4 of 4 panes of a loaded server
	 * stood so). libutempter is why: when tmux closes a pane's terminal, Debian's tmux runs the utempter helper with SIGCHLD
	 * set to SIG_DFL and waits for it, and the SIGCHLD of a program that ends in that moment is lost (seen with strace, tmux
	 * 3.3a). While sessions are followed their leaders are looked at, and tmux is told.
	 */
	#startWatch(): void {
		this.#watch ??= setInterval(() => {
			if (this.#outputs.size === 0) this.#stopWatch();
			this.#lookAtLeaders().catch((error: unknown) => this.#log.warn("The programs of tmux could not be looked at.", { error }));
		}, watchMs).unref();
	}

	async #lookAtLeaders(): Promise<void> {
		const ended = [...this.#outputs.values()].some(({ pid, ending }) => pid !== null && !ending && hasEnded(pid));
		if (!ended) return;
		await this.#server.reap();
		await this.lookForEnds();
	}

	#stopWatch(): void {
		if (this.#watch) clearInterval(this.#watch);
		this.#watch = null;
	}

	/**
	 * Compares what we follow with what runs; one look at a time, and one more when something changed meanwhile. Never
	 * rejects: what goes wrong is logged, and the next look makes good for it.
	 */
	lookForEnds(): Promise<void> {
		if (this.#look) this.#lookAgain = true;
		this.#look ??= this.#lookOnce()
			.catch((error: unknown) => this.#log.warn("tmux could not be asked which programs ended.", { error }))
			.finally(() => {
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
				if (session?.live) return null;
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
		output.ending ??= this.#tell(
			sessionId,
			output,
			session ? programEnd(session) : lostEnd("The session was ended from outside."),
		);
		return output.ending;
	}

	endAll(reason: string): void {
		for (const [sessionId, output] of this.#outputs)
			output.ending ??= this.#tell(sessionId, output, lostEnd(`The tmux server ended, and its sessions with it (${reason}).`));
	}

	/** Never rejects. One that nobody opened is kept, for its end to be told to who opens it. */
	async #tell(sessionId: string, output: SessionOutput, end: SessionEnd): Promise<void> {
		try {
			await output.finish(end);
		} catch (error) {
			this.#log.error("The output of a session that ended could not be closed.", { sessionId, error });
		}
		if (output.opened && this.#outputs.get(sessionId) === output) this.#outputs.delete(sessionId);
	}

	async #quietly(...commands: string[][]): Promise<void> {
		try {
			await this.#run(...commands);
		} catch (error) {
			this.#log.debug("tmux did not keep a session's modes.", { error });
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
