import { ClawmuxError } from "../../../../../shared/errors.ts";
import { deferred } from "../deferred.ts";
import { hasEnded } from "../processes/process-rows.ts";
import type { TmuxConnection } from "./connection.ts";
import { TmuxGone, TmuxRefusal } from "./control.ts";
import type { TmuxServer } from "./server.ts";
import { isSessionId, listCommand, listOneCommand, readSessions, type TmuxSession } from "./sessions.ts";

/** Finds sessions of one home, and runs commands, over whatever control client there is. */
export class TmuxLookup {
	readonly #connection: TmuxConnection;
	readonly #owner: string;
	readonly #server: TmuxServer;

	constructor(connection: TmuxConnection, owner: string, server: TmuxServer) {
		this.#connection = connection;
		this.#owner = owner;
		this.#server = server;
	}

	/** @throws TmuxRefusal, TmuxGone. */
	async run(...commands: string[][]): Promise<string[][]> {
		const control = await this.#connection.get();
		if (!control) throw new TmuxGone("no tmux server is running");
		return control.run(...commands);
	}

	async all(signal?: AbortSignal): Promise<TmuxSession[]> {
		signal?.throwIfAborted();
		const rows = await abortable(this.#ask(listCommand), signal);
		const sessions = rows ? readSessions(rows, this.#owner) : [];
		await this.#hasten(sessions.some(({ ending }) => ending));
		return sessions;
	}

	/** One session, without a look at the others: there may be hundreds, and each may be looked for at once. */
	async find(sessionId: string, signal?: AbortSignal): Promise<TmuxSession | undefined> {
		signal?.throwIfAborted();
		if (!isSessionId(sessionId)) return undefined;
		try {
			const rows = await abortable(this.#ask(listOneCommand(sessionId)), signal);
			const session = readSessions(rows ?? [], this.#owner).find((one) => one.sessionId === sessionId);
			await this.#hasten(session?.ending || (session?.pid ? hasEnded(session.pid) : false));
			return session;
		} catch (error) {
			if (isMissing(error)) return undefined;
			throw error;
		}
	}

	/** @throws `not_found`. */
	async require(sessionId: string, signal?: AbortSignal): Promise<TmuxSession> {
		const session = await this.find(sessionId, signal);
		if (!session) throw new ClawmuxError("not_found", `There is no session ${sessionId}.`);
		return session;
	}

	/** tmux may have missed an end (see `TmuxFollower`), and not every session is followed: the next answer is right. */
	async #hasten(needed: boolean): Promise<void> {
		if (needed) await this.#server.reap();
	}

	/**
	 * Asks something that changes nothing, again when the client is lost meanwhile: its loss is not the server's end.
	 * Null when no server runs.
	 */
	async #ask(command: string[]): Promise<string[] | null> {
		for (let tries = 1; ; tries += 1) {
			const control = await this.#connection.get();
			if (!control) return null;
			try {
				const [answer = []] = await control.run(command);
				return answer;
			} catch (error) {
				if (!(error instanceof TmuxGone) || tries === 3) throw error;
			}
		}
	}
}

/** Whether tmux refused because there is no such session. */
export function isMissing(error: unknown): boolean {
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
