import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { ClawmuxError } from "../../shared/errors.ts";

export interface HomeLock {
	release(): void;
}

/** Held here too: a database that nothing refers to is closed by the garbage collector, and the lock with it. */
const held = new Set<Database.Database>();

/**
 * Makes this process the one owner of a home. The lock is the operating system's lock on an SQLite file, so it goes with
 * the process however that ends: there is never a stale one to delete.
 * @throws ClawmuxError `conflict` when another process, or this one already, holds it.
 */
export function acquireHomeLock(file: string): HomeLock {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	// Made here for its mode. One that is there is not touched: closing it would drop a lock that this process has on it.
	if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
	const database = new Database(file, { timeout: 0 });
	try {
		database.pragma("locking_mode = EXCLUSIVE");
		database.exec("BEGIN EXCLUSIVE");
	} catch (cause) {
		database.close();
		if (!isBusy(cause)) throw cause;
		throw new ClawmuxError(
			"conflict",
			`Another ClawMux hub owns ${dirname(dirname(file))}. Attach to it, or stop it with \`clawmux stop\`.`,
			{ cause },
		);
	}
	held.add(database);
	return {
		release: () => {
			held.delete(database);
			database.close();
		},
	};
}

function isBusy(error: unknown): boolean {
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	return code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED");
}
