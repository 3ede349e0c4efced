import { existsSync, readFileSync, renameSync } from "node:fs";
import * as z from "zod";
import { agent } from "../../../shared/contract/agents.ts";
import { project } from "../../../shared/contract/projects.ts";
import type { Log } from "../log.ts";
import type { AgentRecord } from "./agent-repository.ts";
import { writeFileAtomically } from "./atomic-file.ts";

/** `data/agents.json`: a copy of agents and projects for people, scripts and recovery. The database is the truth. */
const snapshot = z
	.object({
		version: z.literal(1),
		projects: z.array(project).check(unique("slug")),
		agents: z
			.array(agent.omit({ workDir: true, sessionId: true }).extend({ sessionName: z.string(), resumeId: z.string().nullable() }))
			.check(unique("id"), unique("sessionName")),
	})
	// Whoever takes a project out of the file by hand means its agents to stay.
	.transform(({ projects, agents, version }) => {
		const slugs = new Set(projects.map(({ slug }) => slug));
		const placed = agents.map((one) => ({
			...one,
			project: one.project !== null && slugs.has(one.project) ? one.project : null,
		}));
		return { version, projects, agents: placed };
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

function unique<K extends string>(key: K) {
	return z.refine<Record<K, unknown>[]>(
		(rows) => new Set(rows.map((row) => row[key])).size === rows.length,
		`two have the same ${key}`,
	);
}

/** How long changes are gathered before the file is written again, so that a burst costs one write. */
const gatherMs = 200;

/** The same for what agents report all the time: their states, and when they were last active. */
const gatherReportsMs = 60_000;

export class AgentsSnapshot {
	readonly #file: string;
	readonly #collect: () => { projects: Snapshot["projects"]; agents: AgentRecord[] };
	readonly #log: Log;
	#timer: NodeJS.Timeout | null = null;
	#dueAt = Number.POSITIVE_INFINITY;

	constructor(file: string, collect: () => { projects: Snapshot["projects"]; agents: AgentRecord[] }, log: Log) {
		this.#file = file;
		this.#collect = collect;
		this.#log = log;
	}

	/** Has the file written soon; or, where only a report changed, within a minute. */
	schedule(change: "set" | "reported" = "set"): void {
		const afterMs = change === "set" ? gatherMs : gatherReportsMs;
		const dueAt = performance.now() + afterMs;
		if (dueAt >= this.#dueAt) return;
		if (this.#timer) clearTimeout(this.#timer);
		this.#dueAt = dueAt;
		this.#timer = setTimeout(() => this.flush(), afterMs);
	}

	/** Writes now. A failure is logged, not thrown: the database already holds what changed. */
	flush(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		this.#dueAt = Number.POSITIVE_INFINITY;
		try {
			const valid = snapshot.parse({ version: 1, ...this.#collect() });
			writeFileAtomically(this.#file, `${JSON.stringify(valid, null, 2)}\n`);
		} catch (error) {
			this.#log.error("data/agents.json could not be written", { error });
		}
	}
}
