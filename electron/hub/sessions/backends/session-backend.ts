/**
 * What holds sessions. A backend offers an identity, four roles and discovery; a consumer asks for the narrowest role it
 * needs. Every operation is async and takes an AbortSignal; an aborted one rejects with the signal's reason and leaves
 * nothing half made. Errors are ClawmuxErrors.
 */

/** What a backend can do, so that callers ask for a capability and never for a backend's name. */
export interface BackendCapabilities {
	/** Its sessions outlive the hub's process. */
	readonly survivesHub: boolean;
	/** It can tell whether the program waits for input. */
	readonly knowsIdle: boolean;
	/** It can answer a program's permission questions. */
	readonly approves: boolean;
	/** Variables by which a program knows that it runs inside this backend; no new session inherits them. */
	readonly surroundingVariables: readonly string[];
	/** A command line a person can type to attach to a session with the backend's own client. */
	attachCommand(sessionId: string): readonly string[] | null;
}

export interface Availability {
	available: boolean;
	/** A version, or why the backend is not available and how to get it. */
	detail: string;
}

export interface Cancellable {
	signal?: AbortSignal;
}

export interface CreateSession extends Cancellable {
	/** `[a-z0-9][a-z0-9_-]*`; the backend uses it as it is. */
	sessionId: string;
	agentId: string;
	/** The program and its arguments, passed on without a shell. */
	argv: readonly string[];
	/** Absolute; checked by the session manager before the call. */
	workDir: string;
	/** The whole environment of the program. */
	env: Readonly<Record<string, string>>;
	cols: number;
	rows: number;
}

export interface BackendSession {
	sessionId: string;
	/** The owner tag; null for a session this hub's backend did not tag. */
	agentId: string | null;
	pid: number | null;
	workDir: string | null;
	startedAt: number | null;
	/** False when the program has ended but its session is kept so that its last screen and exit code can be read. */
	live: boolean;
	exitCode: number | null;
	/** Name of the signal that ended the program, e.g. `SIGKILL`. */
	exitSignal: string | null;
}

export type SessionStatus = "unknown" | "pending" | "running" | "idle" | "completed" | "failed" | "missing";

export interface ApprovalInfo {
	needsApproval: boolean;
	toolName: string | null;
	promptText: string | null;
}

export interface SendResult {
	/** Text that could not be typed now (a pane in copy mode, ...) is refused with a note, never merged. */
	accepted: boolean;
	note: string | null;
}

export interface SessionIdentity {
	readonly name: string;
	readonly capabilities: BackendCapabilities;
	available(options?: Cancellable): Promise<Availability>;
}

export interface SessionLifecycle {
	/**
	 * Starts a program in a new session.
	 * @throws `conflict` when a session of that id exists, `unavailable` when the backend is.
	 */
	create(request: CreateSession): Promise<BackendSession>;
	/** Asks the program to end (SIGTERM to its process group), and after `graceMs` ends it. Idempotent. */
	stop(sessionId: string, options?: Cancellable & { graceMs?: number }): Promise<void>;
	/** Ends the program and its process group at once and forgets the session. Idempotent: a missing one is no error. */
	kill(sessionId: string, options?: Cancellable): Promise<void>;
	exists(sessionId: string, options?: Cancellable): Promise<boolean>;
	/** Every session that carries this hub's owner tag; none when the backend's server is not running. */
	list(options?: Cancellable): Promise<BackendSession[]>;
}

export interface SessionObserver {
	/** Never throws for a missing session: that is the status `missing`. */
	status(sessionId: string, options?: Cancellable): Promise<SessionStatus>;
	/** @throws `unavailable` where `capabilities.knowsIdle` is false, `not_found`. */
	isIdle(sessionId: string, options?: Cancellable): Promise<boolean>;
	/** The last `lines` lines of text, scrollback included. @throws `not_found`. */
	capture(sessionId: string, options: Cancellable & { lines: number }): Promise<string>;
	/** @throws `unavailable` where `capabilities.approves` is false, `not_found`. */
	checkApproval(sessionId: string, options?: Cancellable): Promise<ApprovalInfo>;
}

export interface SessionActor {
	/**
	 * Types a text as one message, bracketed where the program asked for that, and submits it.
	 * @throws `invalid_input` for text with NUL, `not_found`, `closed` when the program has ended.
	 */
	sendInput(sessionId: string, text: string, options?: Cancellable & { submit?: boolean }): Promise<SendResult>;
	/** @throws `unavailable` where `capabilities.approves` is false. */
	approve(sessionId: string, options?: Cancellable): Promise<void>;
	/** Sends keys that cancel the current work and keep the session, as the program wants them (Escape, Ctrl+C). */
	interrupt(sessionId: string, options?: Cancellable & { keys?: "escape" | "ctrl-c" }): Promise<void>;
}

/** Live bytes of one session, in both directions. */
export interface TerminalSource {
	/** Bytes that bring an empty terminal of this size to the state from which `onData` goes on; empty for a new session. */
	readonly snapshot: Uint8Array;
	readonly cols: number;
	readonly rows: number;
	/** Whether the backend's own terminal answers CSI queries (DA, DSR, ...), so that a viewer's answer would be a second one. */
	readonly answersQueries: boolean;
	/** Raw keystrokes, in order. */
	write(bytes: Uint8Array): void;
	/** A person's paste: one piece, bracketed where the program asked for that, ESC and C1 removed. */
	paste(text: string): Promise<void>;
	resize(cols: number, rows: number): Promise<void>;
	/** Stops listening; the session lives on. */
	close(): void;
}

export interface TerminalEvents {
	/** Raw output. Every byte that the program wrote has been delivered when `onEnd` is called. */
	onData(bytes: Uint8Array): void;
	onEnd(end: { exitCode: number | null; exitSignal: string | null; reason: string }): void;
}

export interface SessionTerminal {
	/** At most one open source per session and hub. @throws `not_found`. */
	open(sessionId: string, events: TerminalEvents, options?: Cancellable): Promise<TerminalSource>;
}

export interface SessionDiscovery {
	/** Agent id to session id of everything live that carries this hub's owner tag. */
	discover(options?: Cancellable): Promise<Map<string, string>>;
}

export interface SessionBackend
	extends SessionIdentity,
		SessionLifecycle,
		SessionObserver,
		SessionActor,
		SessionTerminal,
		SessionDiscovery {
	/** Lets go of everything in this process. Sessions that survive the hub live on; the others end. */
	dispose(): Promise<void>;
}
