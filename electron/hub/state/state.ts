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
	close(): void;
}

/**
 * Opens the state of a home. A new home gets the default agents; one whose database is missing or broken is rebuilt from
 * the snapshot, and says so.
 * @throws ClawmuxError `unavailable` for a database of a newer ClawMux.
 */
export function openState(paths: HomePaths, log: Log): State {
	const notices: string[] = [];
	const { database, quarantined } = openDatabase(paths.database, (fresh) => notices.push(...fill(fresh, paths, log)));
	if (quarantined) {
		notices.unshift(`The database could not be read. It was put aside as ${quarantined}.`);
		log.error("the state database was broken and put aside", { quarantined });
	}
	return {
		agents: new AgentRepository(database),
		projects: new ProjectRepository(database),
		sessions: new SessionRepository(database),
		settings: new SettingsRepository(database, log),
		notices,
		close: () => database.close(),
	};
}

/** Gives an empty database the snapshot's agents and projects, or the default agents. Says what a person should know. */
function fill(database: StateDatabase, paths: HomePaths, log: Log): string[] {
	const { snapshot, quarantined } = readSnapshot(paths.agentsSnapshot);
	const projects = new ProjectRepository(database);
	const agents = new AgentRepository(database);
	for (const project of snapshot?.projects ?? []) projects.save(project);
	for (const record of snapshot?.agents ?? defaultAgents(Date.now())) agents.save(record);
	if (quarantined) {
		log.error("the snapshot was not valid and put aside", quarantined);
		return [`data/agents.json could not be read (${quarantined.problem}). It was put aside as ${quarantined.path}.`];
	}
	if (!snapshot) return [];
	log.warn("the state was rebuilt from the snapshot", { agents: snapshot.agents.length, projects: snapshot.projects.length });
	return [`Agents and projects were restored from ${paths.agentsSnapshot}, because there was no usable database.`];
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
