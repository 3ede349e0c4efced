import type { AgentChanges } from "../../shared/contract/agents.ts";
import type { HubClient } from "../../shared/contract/contract.ts";
import type { SettingsChanges } from "../../shared/contract/settings.ts";
import { toClawmuxError } from "../../shared/errors.ts";
import type { Size } from "../../shared/frames.ts";
import { unassignedKey } from "./groups.ts";
import { useHub } from "./hub-store.ts";
import { useWindow, windowActions } from "./window-store.ts";

/** Why something was not done, in a sentence; null: it was. */
export type Refusal = string | null;

/**
 * Everything this window asks of the hub. None of it touches the store: what changed comes back as an event. What is refused
 * becomes a toast, except where the place that asked shows it itself.
 */
export class HubCalls {
	readonly #client: () => HubClient;
	/** The size of the pane where a started agent will be shown, once there is one. */
	paneSize: Size | undefined;

	constructor(client: () => HubClient) {
		this.#client = client;
	}

	/** Shows an agent, and starts it where nothing of an earlier run is left to be seen first. */
	open(agentId: string): void {
		windowActions.select(agentId);
		if (useHub.getState().agents[agentId]?.state === "stopped") void this.start(agentId);
	}

	async start(agentId: string): Promise<void> {
		windowActions.setStart(agentId, { phase: "pending" });
		try {
			await this.#client().sessions.start({ id: agentId, ...this.paneSize });
			windowActions.setStart(agentId, null);
		} catch (thrown) {
			windowActions.setStart(agentId, { phase: "failed", message: toClawmuxError(thrown).message });
		}
	}

	stop = (id: string): Promise<Refusal> => this.#said((client) => client.sessions.stop({ id }));
	kill = (id: string): Promise<Refusal> => this.#said((client) => client.sessions.kill({ id }));
	interrupt = (id: string): Promise<Refusal> => this.#said((client) => client.sessions.interrupt({ id }));

	move = (id: string, project: string | null): Promise<Refusal> => {
		if (useHub.getState().agents[id]?.project === project) return Promise.resolve(null);
		return this.#said((client) => client.agents.assign({ id, project }));
	};

	/** Moves an agent to a place in a project's list; `orders` are its own and those that must make room for it. */
	place = (id: string, project: string | null, orders: readonly { id: string; order: number }[]): Promise<Refusal> =>
		this.#said((client) =>
			Promise.all(orders.map((one) => client.agents.assign(one.id === id ? { id, project, order: one.order } : one))),
		);

	setRole = (id: string, role: string | null): Promise<Refusal> => this.#said((client) => client.agents.assign({ id, role }));

	/** Makes an agent and shows it where it stands; it is not started. */
	createAgent = (id: string, project: string | null, changes: AgentChanges): Promise<Refusal> =>
		this.#said(async (client) => {
			await client.agents.create({ id, project, ...changes });
			windowActions.select(id);
			const group = project ?? unassignedKey;
			if (useHub.getState().settings?.collapsedProjects.includes(group)) this.toggleGroup(group);
		});

	/** Makes a project and, when one is named, moves an agent into it. */
	createProject = (name: string, folder: string | null, moveAgentId: string | null): Promise<Refusal> =>
		this.#said(async (client) => {
			const { slug } = await client.projects.create({ name, folder });
			if (moveAgentId !== null) await client.agents.assign({ id: moveAgentId, project: slug });
		});

	renameProject = (slug: string, name: string): Promise<Refusal> =>
		this.#said((client) => client.projects.update({ slug, name }));
	removeProject = (slug: string): Promise<Refusal> => this.#said((client) => client.projects.remove({ slug }));
	set = (changes: SettingsChanges): Promise<Refusal> => this.#said((client) => client.settings.update(changes));

	/** Folds a group in or out, the same in every window. */
	toggleGroup(key: string): void {
		const collapsed = new Set(useHub.getState().settings?.collapsedProjects ?? []);
		if (!collapsed.delete(key)) collapsed.add(key);
		void this.set({ collapsedProjects: [...collapsed] });
	}

	async #said(ask: (client: HubClient) => Promise<unknown>): Promise<Refusal> {
		try {
			await ask(this.#client());
			return null;
		} catch (thrown) {
			const { message } = toClawmuxError(thrown);
			// An open dialog shows what was refused itself, and keeps what was written in it.
			if (useWindow.getState().dialog === null) windowActions.toast(message);
			return message;
		}
	}
}
