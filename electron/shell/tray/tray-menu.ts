import type { MenuItemConstructorOptions } from "electron";
import { type Agent, agentStates, liveStates } from "../../../shared/contract/agents.ts";
import type { Fleet } from "./fleet.ts";

/** What the tray's items do. */
export interface TrayActions {
	start(agentId: string): void;
	stop(agentId: string): void;
	open(agentId: string): void;
	showWindow(): void;
	quit(): void;
}

/**
 * The tray's menu: counts by state, live agents one click away, the others by project one level down (a flat menu of
 * 200 would not fit a screen), then the window and the way out.
 */
export function trayMenu(fleet: Fleet, actions: TrayActions): MenuItemConstructorOptions[] {
	const agents = [...fleet.agents.values()].filter((agent) => !agent.hidden || liveStates.has(agent.state)).sort(byPlace(fleet));
	const live = agents.filter((agent) => liveStates.has(agent.state));
	const resting = agents.filter((agent) => !liveStates.has(agent.state));
	const sections = [
		[{ label: trayStatus(fleet), enabled: false }],
		live.map((agent) => agentItem(fleet, agent, actions)),
		restingByProject(fleet, resting, actions),
		[
			{ label: "Show window", click: () => actions.showWindow() },
			{ label: "Quit ClawMux", click: () => actions.quit() },
		],
	];
	return sections
		.filter((section) => section.length > 0)
		.flatMap((section, index) => (index === 0 ? section : [{ type: "separator" as const }, ...section]));
}

/** One line with the number of agents in each live state, e.g. `2 working, 1 waiting`; for the menu's top and the tooltip. */
export function trayStatus(fleet: Fleet): string {
	if (fleet.hub === null) return "Connecting to the hub";
	const counted = agentStates.flatMap((state) => {
		const count = [...fleet.agents.values()].filter((agent) => agent.state === state).length;
		return count > 0 ? [`${count} ${state}`] : [];
	});
	return counted.join(", ") || "No agents";
}

function restingByProject(fleet: Fleet, agents: Agent[], actions: TrayActions): MenuItemConstructorOptions[] {
	const groups = new Map<string | null, MenuItemConstructorOptions[]>();
	for (const agent of agents) {
		const items = groups.get(agent.project) ?? [];
		groups.set(agent.project, items);
		items.push(agentItem(fleet, agent, actions));
	}
	return [...groups].map(([slug, submenu]) => ({ label: literal(projectName(fleet, slug)), submenu }));
}

function agentItem(fleet: Fleet, agent: Agent, actions: TrayActions): MenuItemConstructorOptions {
	const live = liveStates.has(agent.state);
	const where = live && agent.project !== null ? `, ${projectName(fleet, agent.project)}` : "";
	return {
		label: literal(`${agent.name} (${agent.state}${where})`),
		submenu: [
			live ? { label: "Stop", click: () => actions.stop(agent.id) } : { label: "Start", click: () => actions.start(agent.id) },
			{ label: "Open", click: () => actions.open(agent.id) },
		],
	};
}

function byPlace(fleet: Fleet): (a: Agent, b: Agent) => number {
	const place = (agent: Agent): [number, string, number] => {
		const project = agent.project === null ? undefined : fleet.projects.get(agent.project);
		return [project?.order ?? Number.POSITIVE_INFINITY, agent.project ?? "", agent.order];
	};
	return (a, b) => {
		const [orderA, slugA, ownA] = place(a);
		const [orderB, slugB, ownB] = place(b);
		if (orderA !== orderB) return orderA < orderB ? -1 : 1;
		return slugA.localeCompare(slugB) || ownA - ownB || a.name.localeCompare(b.name);
	};
}

function projectName(fleet: Fleet, slug: string | null): string {
	if (slug === null) return "Unassigned";
	return fleet.projects.get(slug)?.name ?? slug;
}

/** A name as it is: in a menu's label a single & would mark an access key and vanish. */
function literal(text: string): string {
	return text.replaceAll("&", "&&");
}
