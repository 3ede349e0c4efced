import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { ClawmuxError } from "../../../shared/errors.ts";
import { migrations } from "./migrations.ts";

export type StateDatabase = Database.Database;

/** Before it, SQLite can corrupt a WAL database that two connections write and checkpoint at once (sqlite.org/wal.html, "WAL reset bug"). */
const oldestSafeSqlite = [3, 51, 3];

export interface OpenedDatabase {
	database: StateDatabase;
	/** Where a broken database was put aside. */
	quarantined: string | null;
}

/** Writes what a new database begins with; runs in the transaction that makes its tables, so there is never one without. */
export type FillDatabase = (database: StateDatabase) => void;

/**
 * Opens the state database, migrated to this version. A file that SQLite cannot read is put aside and a new one made; the
 * caller then rebuilds from the snapshot.
 * @throws ClawmuxError `unavailable` for a database written by a newer ClawMux, which is left as it is.
 */
export function openDatabase(file: string, fill: FillDatabase): OpenedDatabase {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	let quarantined: string | null = null;
	if (existsSync(file)) {
		try {
			return { database: openChecked(file, fill), quarantined };
		} catch (error) {
			if (!isBroken(error)) throw error;
			quarantined = putAside(file);
		}
	}
	return { database: openChecked(file, fill), quarantined };
}

function openChecked(file: string, fill: FillDatabase): StateDatabase {
	// SQLite gives its side files the mode of the database; the sessions' secrets are in them.
	if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
	chmodSync(file, 0o600);
	const database = new Database(file, { timeout: 5000 });
	try {
		configure(database);
		const verdict = database.pragma("quick_check(1)", { simple: true });
		if (verdict !== "ok") throw new BrokenDatabase(String(verdict));
		migrate(database, file, fill);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

class BrokenDatabase extends Error {}

function configure(database: StateDatabase): void {
	const version = String(database.prepare("SELECT sqlite_version()").pluck().get());
	const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
	const [a = 0, b = 0, c = 0] = oldestSafeSqlite;
	// One connection alone uses this database, so an older SQLite is safe here; what matters is that nobody adds a second.
	const exposed = major < a || (major === a && (minor < b || (minor === b && patch < c)));
	if (exposed) database.pragma("locking_mode = EXCLUSIVE");
	database.pragma("journal_mode = WAL");
	// FULL, not better-sqlite3's NORMAL: what a user was told is saved survives a power cut.
	database.pragma("synchronous = FULL");
	database.pragma("foreign_keys = ON");
	database.pragma("trusted_schema = OFF");
	database.pragma("cell_size_check = ON");
	database.pragma("journal_size_limit = 8388608");
}

/** Runs the migrations this file has not seen, all or none; a new one is filled with them. */
function migrate(database: StateDatabase, file: string, fill: FillDatabase): void {
	const current = Number(database.pragma("user_version", { simple: true }));
	if (current > migrations.length) {
		throw new ClawmuxError(
			"unavailable",
			`${file} was written by a newer ClawMux (schema ${current}; this one knows ${migrations.length}). Update ClawMux, or set CLAWMUX_HOME to another folder.`,
		);
	}
	if (current === migrations.length) return;
	database.transaction(() => {
		for (const sql of migrations.slice(current)) database.exec(sql);
		if (current === 0) fill(database);
		database.pragma(`user_version = ${migrations.length}`);
	})();
}

function isBroken(error: unknown): boolean {
	if (error instanceof BrokenDatabase) return true;
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}

/** Renames the database and its side files out of the way; nothing of them is changed. */
function putAside(file: string): string {
	const aside = `${file}.corrupt-${new Date().toISOString().replaceAll(":", "-")}`;
	for (const suffix of ["", "-wal", "-shm"]) {
		if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
	}
	return aside;
}
