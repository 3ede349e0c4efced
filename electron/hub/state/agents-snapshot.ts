import { existsSync, readFileSync, renameSync } from "node:fs";
import * as z from "zod";
import { agent } from "../../../shared/contract/agents.ts";
import { project } from "../../../shared/contract/projects.ts";
import type { Log } from "../log.ts";
import type { AgentRecord } from "./agent-repository.ts";
import { writeFileAtomically } from "./atomic-file.ts";

/** `data/agents.json`: a copy of agents and projects for people, scripts and recovery. The database is the truth. */
const snapshot = z.object({
	version: z.literal(1),
	projects: z.array(project),
	agents: z.array(
		agent.omit({ workDir: true, sessionId: true }).extend({ sessionName: z.string(), resumeId: z.string().nullable() }),
	),
});
export type Snapshot = z.infer<typeof snapshot>;

export interface SnapshotReading {
	snapshot: Snapshot | null;
	/** Where a file that is no valid snapshot was put aside, and what was wrong with it. */
	quarantined: { path: string; problem: string } | null;
}

/** Reads a snapshot. An invalid one is renamed beside itself, never overwritten and never taken for an empty one. */
export function readSnapshot(file: string): SnapshotReading {
	if (!existsSync(file)) return { snapshot: null, quarantined: null };
	try {
		return { snapshot: snapshot.parse(JSON.parse(readFileSync(file, "utf8"))), quarantined: null };
	} catch (error) {
		const problem = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
		const path = `${file}.invalid-${new Date().toISOString().replaceAll(":", "-")}`;
		renameSync(file, path);
		return { snapshot: null, quarantined: { path, problem } };
	}
}

/** How long changes are gathered before the file is written again, so that a burst costs one write. */
const gatherMs = 200;

export class AgentsSnapshot {
	readonly #file: string;
	readonly #collect: () => { projects: Snapshot["projects"]; agents: AgentRecord[] };
	readonly #log: Log;
	#timer: NodeJS.Timeout | null = null;

	constructor(file: string, collect: () => { projects: Snapshot["projects"]; agents: AgentRecord[] }, log: Log) {
		this.#file = file;
		this.#collect = collect;
		this.#log = log;
	}

	/** Has the file written soon. */
	schedule(): void {
		this.#timer ??= setTimeout(() => this.flush(), gatherMs);
	}

	/** Writes now. A failure is logged, not thrown: the database already holds what changed. */
	flush(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		try {
			const valid = snapshot.parse({ version: 1, ...this.#collect() });
			writeFileAtomically(this.#file, `${JSON.stringify(valid, null, 2)}\n`);
		} catch (error) {
			this.#log.error("data/agents.json could not be written", { error });
		}
	}
}
