import type { Agent } from "../../shared/contract/agents.ts";
import type { HubEvent, HubInfo } from "../../shared/contract/hub.ts";
import type { Project } from "../../shared/contract/projects.ts";
import type { Session } from "../../shared/contract/sessions.ts";
import type { Settings } from "../../shared/contract/settings.ts";

/** What the hub has announced, as it is now. */
export interface HubData {
	/** Null until the first snapshot. */
	hub: HubInfo | null;
	settings: Settings | null;
	agents: Readonly<Record<string, Agent>>;
	projects: Readonly<Record<string, Project>>;
	/** By agent. */
	sessions: Readonly<Record<string, Session>>;
}

export const noHubData: HubData = { hub: null, settings: null, agents: {}, projects: {}, sessions: {} };

/** What one event makes of the data. Every event carries the whole object, so applying one twice changes nothing. */
export function applyEvent(data: HubData, event: HubEvent): HubData {
	switch (event.type) {
		case "hub.snapshot":
			return {
				hub: event.hub,
				settings: event.settings,
				agents: Object.fromEntries(event.agents.map((agent) => [agent.id, agent])),
				projects: Object.fromEntries(event.projects.map((project) => [project.slug, project])),
				sessions: Object.fromEntries(event.sessions.map((session) => [session.agentId, session])),
			};
		case "hub.changed":
			return { ...data, hub: event.hub };
		case "agents.changed":
			return { ...data, agents: { ...data.agents, [event.agent.id]: event.agent } };
		case "agents.removed":
			return { ...data, agents: without(data.agents, event.id) };
		case "projects.changed":
			return { ...data, projects: { ...data.projects, [event.project.slug]: event.project } };
		case "projects.removed":
			return { ...data, projects: without(data.projects, event.slug) };
		case "sessions.changed":
			return { ...data, sessions: { ...data.sessions, [event.session.agentId]: event.session } };
		case "sessions.removed":
			return { ...data, sessions: without(data.sessions, event.agentId) };
		case "settings.changed":
			return { ...data, settings: event.settings };
	}
}

function without<T>(all: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
	const { [key]: _, ...rest } = all;
	return rest;
}
