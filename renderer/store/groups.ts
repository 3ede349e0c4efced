import type { Agent } from "../../shared/contract/agents.ts";
import { liveStates } from "../../shared/contract/agents.ts";
import type { Project } from "../../shared/contract/projects.ts";

/** A project, or the agents without one, as the sidebar shows it. */
export interface Group {
	/** Null: Unassigned. */
	slug: string | null;
	name: string;
	agents: readonly Agent[];
	/** How many of them have a live session. */
	live: number;
}

/** Where `settings.collapsedProjects` keeps the Unassigned group; no slug is empty. */
export const unassignedKey = "";
export const unassignedName = "Unassigned";

const byOrder = (a: { order: number }, b: { order: number }) => a.order - b.order;

/** The agents that are not hidden, by project in the projects' order, and those without one last. */
export function groupAgents(agents: Readonly<Record<string, Agent>>, projects: Readonly<Record<string, Project>>): Group[] {
	const shown = Object.values(agents)
		.filter((agent) => !agent.hidden)
		.sort((a, b) => byOrder(a, b) || (a.id < b.id ? -1 : 1));
	const of = (slug: string | null) => shown.filter((agent) => knownProject(agent, projects) === slug);
	const group = (slug: string | null, name: string): Group => {
		const members = of(slug);
		return { slug, name, agents: members, live: members.filter(isLive).length };
	};
	return [...inOrder(projects).map(({ slug, name }) => group(slug, name)), group(null, unassignedName)];
}

/** The projects in their order. */
export function inOrder(projects: Readonly<Record<string, Project>>): Project[] {
	return Object.values(projects).sort((a, b) => byOrder(a, b) || (a.slug < b.slug ? -1 : 1));
}

export function isLive(agent: Agent): boolean {
	return liveStates.has(agent.state);
}

/** An agent whose project was not announced (yet) stands under Unassigned rather than nowhere. */
function knownProject(agent: Agent, projects: Readonly<Record<string, Project>>): string | null {
	return agent.project !== null && agent.project in projects ? agent.project : null;
}

/** One line of the sidebar. The lines are a flat list, so that only those in sight need to be drawn. */
export type Row =
	| { kind: "group"; key: string; group: Group; expanded: boolean; position: number; siblings: number }
	| { kind: "agent"; key: string; agent: Agent; group: Group; position: number; siblings: number };

export function sidebarRows(groups: readonly Group[], collapsed: ReadonlySet<string>): Row[] {
	return groups.flatMap((group, index): Row[] => {
		const expanded = !collapsed.has(group.slug ?? unassignedKey);
		const head: Row = {
			kind: "group",
			key: groupKey(group.slug),
			group,
			expanded,
			position: index + 1,
			siblings: groups.length,
		};
		if (!expanded) return [head];
		const members = group.agents.map((agent, place): Row => {
			return { kind: "agent", key: agentKey(agent.id), agent, group, position: place + 1, siblings: group.agents.length };
		});
		return [head, ...members];
	});
}

export const groupKey = (slug: string | null): string => `project:${slug ?? unassignedKey}`;
export const agentKey = (id: string): string => `agent:${id}`;
