/**
 * The state database's schema, as the steps that lead to it. Step n takes `user_version` from n - 1 to n. A step that has
 * been released is never edited: a change is a new step, with a test that starts from the one before.
 */
export const migrations: readonly string[] = [
	`
	CREATE TABLE projects (
		slug TEXT PRIMARY KEY,
		name TEXT NOT NULL,
		folder TEXT,
		position INTEGER NOT NULL,
		created_at INTEGER NOT NULL
	) STRICT;

	CREATE TABLE agents (
		id TEXT PRIMARY KEY,
		name TEXT NOT NULL,
		colour TEXT NOT NULL,
		project TEXT REFERENCES projects (slug) ON DELETE SET NULL,
		role TEXT,
		area TEXT NOT NULL DEFAULT '',
		task TEXT NOT NULL DEFAULT '',
		backend TEXT NOT NULL,
		program TEXT NOT NULL,
		argv TEXT,
		model TEXT,
		effort TEXT,
		permission_mode TEXT,
		folder TEXT NOT NULL,
		hidden INTEGER NOT NULL DEFAULT 0,
		position INTEGER NOT NULL,
		session_name TEXT NOT NULL UNIQUE,
		resume_id TEXT,
		state TEXT NOT NULL,
		state_since INTEGER NOT NULL,
		evidence_source TEXT NOT NULL,
		evidence_at INTEGER NOT NULL,
		evidence_reason TEXT NOT NULL,
		last_active_at INTEGER,
		created_at INTEGER NOT NULL
	) STRICT;

	CREATE TABLE sessions (
		agent_id TEXT PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
		session_id TEXT NOT NULL,
		backend TEXT NOT NULL,
		program TEXT NOT NULL,
		argv TEXT NOT NULL,
		work_dir TEXT NOT NULL,
		pid INTEGER,
		resume_id TEXT,
		secret TEXT NOT NULL,
		live INTEGER NOT NULL,
		started_at INTEGER NOT NULL,
		ended_at INTEGER,
		exit_code INTEGER,
		end_reason TEXT
	) STRICT;

	CREATE TABLE settings (
		key TEXT PRIMARY KEY,
		value TEXT NOT NULL
	) STRICT;
	`,
];
