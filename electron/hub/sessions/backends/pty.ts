import { ClawmuxError } from "../../../../shared/errors.ts";
import type { Log } from "../../log.ts";
import { checkLaunch } from "./launch-check.ts";
import { endTree, sessionMarker } from "./processes/process-tree.ts";
import { PtySession } from "./pty/session.ts";
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
import { lineTooLong, typedMessage } from "./typed-text.ts";

/** How long a program that was asked to end may take. */
const defaultGraceMs = 4000;

/** Sessions in pseudo-terminals of this process: nothing to install, the fastest, and gone with the hub. */
export class PtyBackend implements SessionBackend {
	readonly name: string = "pty";
	readonly capabilities: BackendCapabilities = {
		survivesHub: false,
		knowsIdle: false,
		approves: false,
		surroundingVariables: [],
		attachCommand: () => null,
	};
	readonly #log: Log;
	readonly #sessions = new Map<string, PtySession>();

	constructor({ log }: { log: Log }) {
		this.#log = log;
	}

	async available({ signal }: Cancellable = {}): Promise<Availability> {
		signal?.throwIfAborted();
		return { available: true, detail: "built in; sessions end with ClawMux" };
	}

	async create(request: CreateSession): Promise<BackendSession> {
		request.signal?.throwIfAborted();
		const argv = checkLaunch(request);
		if (this.#sessions.has(request.sessionId)) throw new ClawmuxError("conflict", `Session ${request.sessionId} exists already.`);
		let session: PtySession;
		try {
			session = new PtySession({ ...request, argv }, this.#log);
		} catch (cause) {
			const why = cause instanceof Error ? cause.message : String(cause);
			throw new ClawmuxError("unavailable", `Session ${request.sessionId} could not get a pseudo-terminal: ${why}`, { cause });
		}
		this.#sessions.set(request.sessionId, session);
		return session.describe();
	}

	async stop(sessionId: string, { graceMs = defaultGraceMs, signal }: Cancellable & { graceMs?: number } = {}): Promise<void> {
		signal?.throwIfAborted();
		const session = this.#sessions.get(sessionId);
		if (!session?.live) return;
		await endTree(session.pid, { graceMs, signal, marker: sessionMarker(session.env) });
		await session.ended;
	}

	async kill(sessionId: string, { signal }: Cancellable = {}): Promise<void> {
		signal?.throwIfAborted();
		const session = this.#sessions.get(sessionId);
		if (!session) return;
		if (session.live) {
			await endTree(session.pid, { graceMs: 0, marker: sessionMarker(session.env) });
			await session.ended;
		}
		if (this.#sessions.get(sessionId) === session) this.#sessions.delete(sessionId);
	}

	async exists(sessionId: string, { signal }: Cancellable = {}): Promise<boolean> {
		signal?.throwIfAborted();
		return this.#sessions.has(sessionId);
	}

	async list({ signal }: Cancellable = {}): Promise<BackendSession[]> {
		signal?.throwIfAborted();
		return [...this.#sessions.values()].map((session) => session.describe());
	}

	async discover(options: Cancellable = {}): Promise<Map<string, string>> {
		const live = (await this.list(options)).filter((session) => session.live);
		return new Map(live.flatMap(({ agentId, sessionId }) => (agentId ? [[agentId, sessionId]] : [])));
	}

	async status(sessionId: string, { signal }: Cancellable = {}): Promise<SessionStatus> {
		signal?.throwIfAborted();
		const session = this.#sessions.get(sessionId)?.describe();
		if (!session) return "missing";
		if (session.live) return "running";
		return session.exitCode === 0 ? "completed" : "failed";
	}

	async isIdle(sessionId: string, options: Cancellable = {}): Promise<boolean> {
		this.#require(sessionId, options);
		throw new ClawmuxError("unavailable", "A pseudo-terminal cannot tell whether a program waits for input.");
	}

	async checkApproval(sessionId: string, options: Cancellable = {}): Promise<ApprovalInfo> {
		this.#require(sessionId, options);
		throw new ClawmuxError("unavailable", "A pseudo-terminal cannot see a program's permission questions.");
	}

	async approve(sessionId: string, options: Cancellable = {}): Promise<void> {
		await this.checkApproval(sessionId, options);
	}

	async capture(sessionId: string, { lines, signal }: Cancellable & { lines: number }): Promise<string> {
		return this.#require(sessionId, { signal }).text(lines);
	}

	async sendInput(
		sessionId: string,
		text: string,
		{ submit = true, signal }: Cancellable & { submit?: boolean } = {},
	): Promise<SendResult> {
		const message = typedMessage(text);
		const session = this.#requireLive(sessionId, { signal });
		const tooLong = await lineTooLong(message.text, session.tty);
		if (tooLong) return { accepted: false, note: tooLong };
		signal?.throwIfAborted();
		session.type(message.text, submit);
		return { accepted: true, note: message.note };
	}

	async interrupt(
		sessionId: string,
		{ keys = "escape", signal }: Cancellable & { keys?: "escape" | "ctrl-c" } = {},
	): Promise<void> {
		this.#requireLive(sessionId, { signal }).write(Buffer.from(keys === "escape" ? "\x1b" : "\x03"));
	}

	async open(sessionId: string, events: TerminalEvents, options: Cancellable = {}): Promise<TerminalSource> {
		return this.#require(sessionId, options).open(events, options.signal);
	}

	async dispose(): Promise<void> {
		const ends = [...this.#sessions.keys()].map((sessionId) => this.kill(sessionId));
		for (const end of await Promise.allSettled(ends))
			if (end.status === "rejected") this.#log.warn("A session did not end with the hub.", { error: end.reason });
	}

	#require(sessionId: string, { signal }: Cancellable): PtySession {
		signal?.throwIfAborted();
		const session = this.#sessions.get(sessionId);
		if (!session) throw new ClawmuxError("not_found", `There is no session ${sessionId}.`);
		return session;
	}

	#requireLive(sessionId: string, options: Cancellable): PtySession {
		const session = this.#require(sessionId, options);
		if (!session.live) throw new ClawmuxError("closed", `The program of session ${sessionId} has ended.`);
		return session;
	}
}
