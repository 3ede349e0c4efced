import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { deferred } from "../deferred.ts";
import { commandLine } from "./format.ts";

/** A command that tmux refused; the message is tmux's own. */
export class TmuxRefusal extends Error {
	override readonly name = "TmuxRefusal";
}

/** The connection ended before the answer came. */
export class TmuxGone extends Error {
	override readonly name = "TmuxGone";
}

interface Waiting {
	/** Answers still to come: one for each command of the line. */
	left: number;
	readonly answers: string[][];
	resolve(answers: string[][]): void;
	reject(error: Error): void;
}

export interface ControlEvents {
	/** A line like `%sessions-changed`. */
	onNotice(line: string): void;
	onClose(reason: string): void;
}

/**
 * One connected control-mode client: commands go in on its standard input, each is answered between `%begin` and `%end`,
 * in order. Only fields whose content is ours are asked for here, never a program's text: a program could print the
 * line that ends an answer.
 */
export class TmuxControl {
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #events: ControlEvents;
	readonly #waiting: Waiting[] = [];
	readonly #connected = deferred<void>();
	/** The `%begin` of the answer being read. */
	#guard: string | null = null;
	#answer: string[] = [];
	#stderr = "";
	#open = false;
	#closed = false;

	/** Starts the client; use `connect`. */
	private constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv, events: ControlEvents) {
		this.#events = events;
		this.#child = spawn(program, args, { env, cwd: "/", stdio: "pipe" });
		createInterface({ input: this.#child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => this.#onLine(line));
		this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
			this.#stderr = (this.#stderr + text).slice(-2000);
		});
		// A write that meets a closed pipe is followed by the close below, which answers everyone.
		this.#child.stdin.on("error", () => this.#child.kill());
		this.#child.on("error", (error) => this.#onClose(error.message));
		this.#child.on("close", () => this.#onClose(this.#stderr.trim() || "the connection to the tmux server ended"));
	}

	/** @throws TmuxGone with tmux's own message when there is no server. */
	static async connect(
		program: string,
		args: readonly string[],
		env: NodeJS.ProcessEnv,
		events: ControlEvents,
	): Promise<TmuxControl> {
		const control = new TmuxControl(program, args, env, events);
		await control.#connected.promise;
		return control;
	}

	get closed(): boolean {
		return this.#closed;
	}

	/**
	 * Runs commands as one sequence: the server does nothing else between them, and stops at the first that fails.
	 * @throws TmuxRefusal, TmuxGone.
	 */
	run(...commands: readonly (readonly string[])[]): Promise<string[][]> {
		if (this.#closed) return Promise.reject(new TmuxGone("The connection to the tmux server is closed."));
		const { promise, resolve, reject } = deferred<string[][]>();
		this.#waiting.push({ left: commands.length, answers: [], resolve, reject });
		this.#child.stdin.write(`${commandLine(commands)}\n`);
		return promise;
	}

	close(): void {
		this.#child.stdin.end();
		this.#child.kill();
	}

	#onLine(line: string): void {
		if (this.#guard !== null) {
			const [word, ...rest] = line.split(" ");
			if ((word === "%end" || word === "%error") && rest.join(" ") === this.#guard) this.#onAnswer(word === "%error");
			else this.#answer.push(line);
		} else if (line.startsWith("%begin ")) {
			this.#guard = line.slice("%begin ".length);
			this.#answer = [];
		} else if (line.startsWith("%")) this.#events.onNotice(line);
	}

	#onAnswer(failed: boolean): void {
		const ours = this.#guard?.endsWith(" 1") ?? false;
		const answer = this.#answer;
		this.#guard = null;
		// Flag 0 is the command of this client's own command line: it is attached now, or never.
		if (!ours) {
			if (failed) this.#stderr ||= answer.join(" ");
			else {
				this.#open = true;
				this.#connected.resolve();
			}
			return;
		}
		const waiting = this.#waiting[0];
		if (!waiting) return;
		waiting.answers.push(answer);
		waiting.left -= 1;
		if (!failed && waiting.left > 0) return;
		this.#waiting.shift();
		if (failed) waiting.reject(new TmuxRefusal(answer.join(" ")));
		else waiting.resolve(waiting.answers);
	}

	#onClose(reason: string): void {
		if (this.#closed) return;
		this.#closed = true;
		const gone = new TmuxGone(reason);
		for (const waiting of this.#waiting.splice(0)) waiting.reject(gone);
		if (this.#open) this.#events.onClose(reason);
		else this.#connected.reject(gone);
	}
}
