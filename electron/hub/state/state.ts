import { readFileSync } from "node:fs";
import * as z from "zod";
import { agent } from "../../../shared/contract/agents.ts";
import type { HomePaths } from "../home.ts";
import type { Log } from "../log.ts";
import { resourcePath } from "../resources.ts";
import { type AgentRecord, AgentRepository } from "./agent-repository.ts";
import { readSnapshot } from "./agents-snapshot.ts";
import { openDatabase, type StateDatabase } from "./database.ts";
import { ProjectRepository } from "./project-repository.ts";
import { SessionRepository } from "./session-repository.ts";
import { SettingsRepository } from "./settings-repository.ts";

/** The stored state of one home, and what a person should know about how it was found. */
export interface State {
	agents: AgentRepository;
	projects: ProjectRepository;
	sessions: SessionRepository;
	settings: SettingsRepository;
	notices: string[];
	/** Runs `work` so that all of its writes are stored, or none. */
	together(work: () => void): void;
	close(): void;
}

/**
 * Opens the state of a home. A new home gets the default agents; one whose database is missing or broken is rebuilt from
 * the snapshot, and says so.
 */
export function openState(paths: HomePaths, log: Log): State {
	const { database, isNew, quarantined } = openDatabase(paths.database);
	const state = build(database, log);
	if (quarantined) {
		state.notices.push(`The database could not be read. It was put aside as ${quarantined}.`);
		log.error("the state database was broken and put aside", { quarantined });
	}
	if (isNew) fill(state, paths, log);
	return state;
}

function build(database: StateDatabase, log: Log): State {
	return {
		agents: new AgentRepository(database),
		projects: new ProjectRepository(database),
		sessions: new SessionRepository(database),
		settings: new SettingsRepository(database, log),
		notices: [],
		together: (work) => database.transaction(work)(),
		close: () => database.close(),
	};
}

function fill(state: State, paths: HomePaths, log: Log): void {
	const { snapshot, quarantined } = readSnapshot(paths.agentsSnapshot);
	if (quarantined) {
		state.notices.push(`data/agents.json could not be read (${quarantined.problem}). It was put aside as ${quarantined.path}.`);
		log.error("the snapshot was not valid and put aside", quarantined);
	}
	state.together(() => {
		for (const project of snapshot?.projects ?? []) state.projects.save(project);
		for (const record of snapshot?.agents ?? defaultAgents(Date.now())) state.agents.save(record);
	});
	if (snapshot) {
		state.notices.push(`Agents and projects were restored from ${paths.agentsSnapshot}, because there was no usable database.`);
		log.warn("the state was rebuilt from the snapshot", { agents: snapshot.agents.length, projects: snapshot.projects.length });
	}
}

const defaultAgent = z.array(agent.pick({ id: true, name: true, colour: true }));

/** The agents a new home begins with, from `resources/agents.json`. */
function defaultAgents(now: number): AgentRecord[] {
	const listed = defaultAgent.parse(JSON.parse(readFileSync(resourcePath("agents.json"), "utf8")));
	return listed.map((entry, order) => newAgent({ ...entry, order, sessionName: entry.name.toLowerCase() }, now));
}

/** An agent that has never run, with everything not given at its default. */
export function newAgent(
	given: Partial<AgentRecord> & Pick<AgentRecord, "id" | "name" | "colour" | "order" | "sessionName">,
	now: number,
): AgentRecord {
	return {
		project: null,
		role: null,
		area: "",
		task: "",
		backend: "auto",
		program: "claude-code",
		argv: null,
		model: null,
		effort: null,
		permissionMode: null,
		folder: "own",
		hidden: false,
		resumeId: null,
		state: "stopped",
		stateSince: now,
		evidence: { source: "registry", at: now, reason: "never started" },
		lastActiveAt: null,
		createdAt: now,
		...given,
	};
}
