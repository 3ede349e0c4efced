import { liveStates } from "../../../shared/contract/agent-states.ts";
import type { Agent } from "../../../shared/contract/agents.ts";
import type { HubEvent } from "../../../shared/contract/hub.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import { matchAgent } from "../line/agent-match.ts";
import { type Command, type CommandCall, jsonOption } from "../line/command.ts";
import { type Output, plain, styled } from "../printing/output.ts";
import { stateStyle, theAgent } from "./agent-commands.ts";

/** What `status` shows of a whole hub. */
interface Status {
	readonly hub: { pid: number; version: string; home: string; url: string | null; startedAt: number };
	readonly agents: { total: number; live: number };
	readonly states: Record<string, number>;
}

function statusText(out: Output, { hub, agents, states }: Status): string {
	const counts = Object.entries(states)
		.filter(([, count]) => count > 0)
		.map(([state, count]) => `${count} ${styled(out, stateStyle(state as Agent["state"]), state)}`);
	return [
		`${styled(out, "bold", "ClawMux")} ${hub.version}, pid ${hub.pid}, since ${time(hub.startedAt)}`,
		`home     ${plain(hub.home)}`,
		`address  ${hub.url ?? "none: it listens on its socket only"}`,
		`agents   ${agents.total}, ${agents.live} live${counts.length > 0 ? `: ${counts.join(", ")}` : ""}`,
	].join("\n");
}

function agentText(out: Output, agent: Agent): string {
	const { evidence } = agent;
	const rows: [string, string | null][] = [
		["state", `${styled(out, stateStyle(agent.state), agent.state)} since ${time(agent.stateSince)}`],
		["because", `${plain(evidence.reason)} (${evidence.source}, ${time(evidence.at)})`],
		["project", agent.project],
		["role", agent.role && plain(agent.role)],
		["area", plain(agent.area) || null],
		["task", plain(agent.task) || null],
		["program", [agent.program, agent.model, agent.effort].filter(Boolean).join(", ")],
		["backend", agent.backend],
		["session", agent.sessionId],
		["folder", plain(agent.workDir)],
		["active", agent.lastActiveAt === null ? null : time(agent.lastActiveAt)],
	];
	const lines = rows.filter(([, value]) => value !== null).map(([name, value]) => `${name.padEnd(9)}${value}`);
	return [`${styled(out, "bold", plain(agent.name))} (${agent.id})`, ...lines].join("\n");
}

/** Local date and time to the second, in a form that sorts. */
function time(ms: number): string {
	const date = new Date(ms);
	const two = (value: number): string => String(value).padStart(2, "0");
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** What the events have told so far. */
export class WatchedHub {
	#hub: Status["hub"] | undefined;
	readonly #agents = new Map<string, Agent>();

	apply(event: HubEvent): void {
		if (event.type === "hub.snapshot") {
			this.#hub = event.hub;
			this.#agents.clear();
			for (const agent of event.agents) this.#agents.set(agent.id, agent);
		} else if (event.type === "hub.changed") this.#hub = event.hub;
		else if (event.type === "agents.changed") this.#agents.set(event.agent.id, event.agent);
		else if (event.type === "agents.removed") this.#agents.delete(event.id);
	}

	get agents(): Agent[] {
		return [...this.#agents.values()];
	}

	/** The same figures as `hub.status`; undefined before the snapshot came. */
	get status(): Status | undefined {
		if (!this.#hub) return undefined;
		const { pid, version, home, url, startedAt } = this.#hub;
		const states: Record<string, number> = {};
		let live = 0;
		for (const { state } of this.#agents.values()) {
			states[state] = (states[state] ?? 0) + 1;
			if (liveStates.has(state)) live++;
		}
		return { hub: { pid, version, home, url, startedAt }, agents: { total: this.#agents.size, live }, states };
	}
}

/** Follows the hub's events and shows the status anew whenever what it shows has changed. Ends when the hub does. */
async function watch(call: CommandCall): Promise<number> {
	const watched = new WatchedHub();
	let wantedId: string | undefined;
	let shown = "";
	for await (const event of await call.hub.hub.events()) {
		watched.apply(event);
		const status = watched.status;
		if (!status) continue;
		// The name is looked up once: an agent that is renamed while it is watched stays the one watched.
		if (call.args[0] !== undefined) wantedId ??= matchAgent(watched.agents, call.args[0]).id;
		const agent = watched.agents.find((one) => one.id === wantedId);
		if (wantedId !== undefined && !agent) throw new ClawmuxError("not_found", `The agent ${wantedId} was deleted.`);
		const text = call.has("json")
			? JSON.stringify(agent ?? status)
			: agent
				? agentText(call.out, agent)
				: statusText(call.out, status);
		if (text === shown) continue;
		shown = text;
		// In a terminal in place of what was there; elsewhere one after the other.
		call.out.print(call.out.isTty && !call.has("json") ? `\x1b[H\x1b[J${text}` : text);
	}
	throw new ClawmuxError("closed", `The ClawMux hub for ${call.home} has stopped.`);
}

export const statusCommand: Command = {
	name: "status",
	args: "[AGENT]",
	summary: "show how the hub, or one agent, is",
	options: { ...jsonOption, watch: { help: "follow it: shown anew on every change" } },
	async run(call) {
		if (call.has("watch")) return watch(call);
		const shown = call.args[0] === undefined ? await call.hub.hub.status() : await theAgent(call);
		if (call.has("json")) call.out.print(JSON.stringify(shown, null, 2));
		else call.out.print("hub" in shown ? statusText(call.out, shown) : agentText(call.out, shown));
		return 0;
	},
};
