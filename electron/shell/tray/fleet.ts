import type { Agent } from "../../../shared/contract/agents.ts";
import type { HubEvent, HubInfo } from "../../../shared/contract/hub.ts";
import type { Project } from "../../../shared/contract/projects.ts";
import type { Session } from "../../../shared/contract/sessions.ts";
import type { Settings } from "../../../shared/contract/settings.ts";

/** What the shell knows of the fleet: everything the hub announced, and nothing else. */
export interface Fleet {
	hub: HubInfo | null;
	settings: Settings | null;
	readonly agents: Map<string, Agent>;
	readonly projects: Map<string, Project>;
	/** By agent id. */
	readonly sessions: Map<string, Session>;
}

export function emptyFleet(): Fleet {
	return { hub: null, settings: null, agents: new Map(), projects: new Map(), sessions: new Map() };
}

/** Applies one event in place. Events carry whole objects, so one that comes twice changes nothing. */
export function applyHubEvent(fleet: Fleet, event: HubEvent): void {
	switch (event.type) {
		case "hub.snapshot":
			fleet.hub = event.hub;
			fleet.settings = event.settings;
			refill(
				fleet.agents,
				event.agents.map((agent) => [agent.id, agent]),
			);
			refill(
				fleet.projects,
				event.projects.map((project) => [project.slug, project]),
			);
			refill(
				fleet.sessions,
				event.sessions.map((session) => [session.agentId, session]),
			);
			return;
		case "hub.changed":
			fleet.hub = event.hub;
			return;
		case "settings.changed":
			fleet.settings = event.settings;
			return;
		case "agents.changed":
			fleet.agents.set(event.agent.id, event.agent);
			return;
		case "agents.removed":
			fleet.agents.delete(event.id);
			return;
		case "projects.changed":
			fleet.projects.set(event.project.slug, event.project);
			return;
		case "projects.removed":
			fleet.projects.delete(event.slug);
			return;
		case "sessions.changed":
			fleet.sessions.set(event.session.agentId, event.session);
			return;
		case "sessions.removed":
			fleet.sessions.delete(event.agentId);
			return;
	}
}

/** The live sessions that end with the hub, because their backend holds them inside it. */
export function sessionsEndingWithHub(fleet: Fleet): Session[] {
	const lasting = new Set(fleet.hub?.backends.filter((backend) => backend.survivesHub).map((backend) => backend.name));
	return [...fleet.sessions.values()].filter((session) => session.live && !lasting.has(session.backend));
}

function refill<V>(map: Map<string, V>, entries: [string, V][]): void {
	map.clear();
	for (const [key, value] of entries) map.set(key, value);
}
