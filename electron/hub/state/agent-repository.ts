import type { Statement } from "better-sqlite3";
import { type Agent, agent } from "../../../shared/contract/agents.ts";
import type { StateDatabase } from "./database.ts";

/** An agent as it is stored: what is computed when it is shown (`workDir`, `sessionId`) is not. */
export interface AgentRecord extends Omit<Agent, "workDir" | "sessionId"> {
	/** What its sessions are called; made once from the name, so a later rename does not orphan a running session. */
	sessionName: string;
	/** The program's conversation to go on with at the next start. */
	resumeId: string | null;
}

const columns = [
	"id",
	"name",
	"colour",
	"project",
	"role",
	"area",
	"task",
	"backend",
	"program",
	"argv",
	"model",
	"effort",
	"permission_mode",
	"folder",
	"hidden",
	"position",
	"session_name",
	"resume_id",
	"state",
	"state_since",
	"evidence_source",
	"evidence_at",
	"evidence_reason",
	"last_active_at",
	"created_at",
] as const;

type Row = Record<(typeof columns)[number], string | number | null>;

const stored = agent.omit({ workDir: true, sessionId: true });

const updates = columns.filter((column) => column !== "id").map((column) => `${column} = excluded.${column}`);

export class AgentRepository {
	readonly #database: StateDatabase;
	readonly #select: Statement<[], Row>;
	readonly #upsert: Statement<[Row]>;
	readonly #delete: Statement<[string]>;

	constructor(database: StateDatabase) {
		this.#database = database;
		this.#select = database.prepare<[], Row>(`SELECT ${columns.join(", ")} FROM agents ORDER BY position, id`);
		this.#upsert = database.prepare<[Row]>(
			`INSERT INTO agents (${columns.join(", ")}) VALUES (${columns.map((column) => `@${column}`).join(", ")})
			ON CONFLICT (id) DO UPDATE SET ${updates.join(", ")}`,
		);
		this.#delete = database.prepare<[string]>("DELETE FROM agents WHERE id = ?");
	}

	/** Every agent in its order. @throws ZodError when a row is not what was written. */
	all(): AgentRecord[] {
		return this.#select.all().map(fromRow);
	}

	/** Inserts or replaces one agent, whole. Durable when it returns. */
	save(record: AgentRecord): void {
		this.#upsert.run(toRow(record));
	}

	/**
	 * The same for what an agent reports all the time (state, evidence, activity): nobody was promised that it is kept, so
	 * it costs no fsync. It survives a crash of the hub, and a power cut as soon as anything else was stored after it.
	 */
	saveReport(record: AgentRecord): void {
		this.#database.pragma("synchronous = NORMAL");
		try {
			this.save(record);
		} finally {
			this.#database.pragma("synchronous = FULL");
		}
	}

	remove(id: string): void {
		this.#delete.run(id);
	}
}

function toRow(record: AgentRecord): Row {
	return {
		id: record.id,
		name: record.name,
		colour: record.colour,
		project: record.project,
		role: record.role,
		area: record.area,
		task: record.task,
		backend: record.backend,
		program: record.program,
		argv: record.argv && JSON.stringify(record.argv),
		model: record.model,
		effort: record.effort,
		permission_mode: record.permissionMode,
		folder: record.folder,
		hidden: record.hidden ? 1 : 0,
		position: record.order,
		session_name: record.sessionName,
		resume_id: record.resumeId,
		state: record.state,
		state_since: record.stateSince,
		evidence_source: record.evidence.source,
		evidence_at: record.evidence.at,
		evidence_reason: record.evidence.reason,
		last_active_at: record.lastActiveAt,
		created_at: record.createdAt,
	};
}

function fromRow(row: Row): AgentRecord {
	return {
		...stored.parse({
			id: row.id,
			name: row.name,
			colour: row.colour,
			project: row.project,
			role: row.role,
			area: row.area,
			task: row.task,
			backend: row.backend,
			program: row.program,
			argv: row.argv === null ? null : JSON.parse(String(row.argv)),
			model: row.model,
			effort: row.effort,
			permissionMode: row.permission_mode,
			folder: row.folder,
			hidden: row.hidden === 1,
			order: row.position,
			state: row.state,
			stateSince: row.state_since,
			evidence: { source: row.evidence_source, at: row.evidence_at, reason: row.evidence_reason },
			lastActiveAt: row.last_active_at,
			createdAt: row.created_at,
		}),
		sessionName: String(row.session_name),
		resumeId: row.resume_id === null ? null : String(row.resume_id),
	};
}
