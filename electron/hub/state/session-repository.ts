import { type Session, session } from "../../../shared/contract/sessions.ts";
import type { StateDatabase } from "./database.ts";

/** A session as it is stored: with the secret by which its hooks are recognised. */
export interface SessionRecord extends Session {
	secret: string;
}

const selection = `agent_id AS agentId, session_id AS sessionId, backend, program, argv, work_dir AS workDir, pid, resume_id AS resumeId,
	secret, live, started_at AS startedAt, ended_at AS endedAt, exit_code AS exitCode, end_reason AS endReason`;

export class SessionRepository {
	readonly #database: StateDatabase;

	constructor(database: StateDatabase) {
		this.#database = database;
	}

	all(): SessionRecord[] {
		const rows = this.#database
			.prepare<[], Record<string, unknown>>(`SELECT ${selection} FROM sessions ORDER BY started_at`)
			.all();
		return rows.map(({ secret, ...row }) => ({
			...session.parse({ ...row, argv: JSON.parse(String(row.argv)), live: row.live === 1 }),
			secret: String(secret),
		}));
	}

	/** Inserts or replaces the session of an agent. Durable when it returns. */
	save(record: SessionRecord): void {
		this.#database
			.prepare(
				`INSERT OR REPLACE INTO sessions (agent_id, session_id, backend, program, argv, work_dir, pid, resume_id, secret, live, started_at, ended_at, exit_code, end_reason)
				VALUES (@agentId, @sessionId, @backend, @program, @argv, @workDir, @pid, @resumeId, @secret, @live, @startedAt, @endedAt, @exitCode, @endReason)`,
			)
			.run({ ...record, argv: JSON.stringify(record.argv), live: record.live ? 1 : 0 });
	}

	remove(agentId: string): void {
		this.#database.prepare("DELETE FROM sessions WHERE agent_id = ?").run(agentId);
	}
}
