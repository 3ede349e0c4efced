import { implement } from "@orpc/server";
import { liveStates } from "../../shared/contract/agents.ts";
import { contract } from "../../shared/contract/contract.ts";
import type { HubInfo } from "../../shared/contract/hub.ts";
import type { Settings, SettingsChanges } from "../../shared/contract/settings.ts";
import { ClawmuxError } from "../../shared/errors.ts";
import type { AgentRegistry } from "./agents/agent-registry.ts";
import type { HubEvents } from "./hub-events.ts";
import type { ProjectRegistry } from "./projects/project-registry.ts";
import type { SessionManager } from "./sessions/session-manager.ts";
import type { SessionStore } from "./sessions/session-store.ts";
import type { Terminals } from "./terminals/terminals.ts";

export interface RouterParts {
	agents: AgentRegistry;
	projects: ProjectRegistry;
	sessions: SessionStore;
	manager: SessionManager;
	terminals: Terminals;
	events: HubEvents;
	info(): HubInfo;
	/** The same, after another look at what this machine has. */
	freshInfo(): Promise<HubInfo>;
	settings(): Settings;
	updateSettings(changes: SettingsChanges): Settings;
	ticketUrl(): string;
	shutdown(): void;
}

/** The contract's calls, each handed to the part that knows; nothing is decided here. */
export function contractRouter(parts: RouterParts) {
	const os = implement(contract);
	const { agents, projects, sessions, manager, terminals } = parts;
	return os.router({
		agents: {
			list: os.agents.list.handler(() => agents.list()),
			get: os.agents.get.handler(({ input }) => agents.get(input.id)),
			create: os.agents.create.handler(({ input }) => agents.create(input)),
			update: os.agents.update.handler(({ input: { id, ...changes } }) => agents.update(id, changes)),
			assign: os.agents.assign.handler(({ input: { id, ...to } }) => agents.assign(id, to)),
			remove: os.agents.remove.handler(async ({ input: { id } }) => {
				await manager.kill(id);
				terminals.forget(id);
				sessions.remove(id);
				agents.remove(id);
				return { id };
			}),
		},
		projects: {
			list: os.projects.list.handler(() => projects.list()),
			create: os.projects.create.handler(({ input }) => projects.create(input)),
			update: os.projects.update.handler(({ input: { slug, ...changes } }) => {
				const project = projects.update(slug, changes);
				for (const agent of agents.records()) if (agent.project === slug) agents.announce(agent.id);
				return project;
			}),
			remove: os.projects.remove.handler(({ input: { slug } }) => {
				projects.remove(slug);
				agents.leaveProject(slug);
				return { slug };
			}),
		},
		sessions: {
			list: os.sessions.list.handler(() => sessions.list()),
			start: os.sessions.start.handler(({ input: { id, cols, rows } }) =>
				manager.start(id, cols && rows ? { cols, rows } : undefined),
			),
			stop: os.sessions.stop.handler(({ input }) => manager.stop(input.id)),
			kill: os.sessions.kill.handler(({ input }) => manager.kill(input.id)),
			interrupt: os.sessions.interrupt.handler(({ input }) => manager.interrupt(input.id)),
			input: os.sessions.input.handler(({ input: { id, text, submit } }) => manager.input(id, text, submit)),
			capture: os.sessions.capture.handler(async ({ input: { id, lines } }) => ({ text: await manager.capture(id, lines) })),
		},
		terminals: {
			list: os.terminals.list.handler(() => terminals.list()),
			get: os.terminals.get.handler(({ input }) => {
				const terminal = terminals.get(input.id);
				if (!terminal) throw new ClawmuxError("not_found", `${agents.get(input.id).name} has no terminal yet. Start it first.`);
				return terminal;
			}),
		},
		settings: {
			get: os.settings.get.handler(() => parts.settings()),
			update: os.settings.update.handler(({ input }) => parts.updateSettings(input)),
		},
		hub: {
			info: os.hub.info.handler(() => parts.freshInfo()),
			status: os.hub.status.handler(() => {
				const { pid, version, home, url, startedAt } = parts.info();
				const list = agents.list();
				const states: Record<string, number> = {};
				for (const { state } of list) states[state] = (states[state] ?? 0) + 1;
				const live = list.filter(({ state }) => liveStates.has(state)).length;
				return { hub: { pid, version, home, url, startedAt }, agents: { total: list.length, live }, states };
			}),
			events: os.hub.events.handler(({ signal }) =>
				parts.events.subscribe(
					() => ({
						type: "hub.snapshot",
						hub: parts.info(),
						agents: agents.list(),
						projects: projects.list(),
						sessions: sessions.list(),
						settings: parts.settings(),
					}),
					signal,
				),
			),
			ticket: os.hub.ticket.handler(() => ({ url: parts.ticketUrl() })),
			shutdown: os.hub.shutdown.handler(() => {
				parts.shutdown();
				return { pid: process.pid };
			}),
		},
	});
}
