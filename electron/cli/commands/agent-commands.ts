import type { Agent, AgentState } from "../../../shared/contract/agents.ts";
import { matchAgent, matchProject } from "../line/agent-match.ts";
import { type Command, type CommandCall, jsonOption, UsageError } from "../line/command.ts";
import { plain, type Style } from "../printing/output.ts";
import { table } from "../printing/table.ts";

/** The agent that the first argument means. */
export async function theAgent(call: CommandCall): Promise<Agent> {
	return matchAgent(await call.hub.agents.list(), call.args[0] ?? "");
}

/** The slug of the project an option names; null for `none`, undefined where the option was not given. */
export async function theProject(call: CommandCall): Promise<string | null | undefined> {
	const wanted = call.text("project");
	if (wanted === undefined) return undefined;
	if (wanted === "none") return null;
	return matchProject(await call.hub.projects.list(), wanted).slug;
}

/** What `agents --json` promises of an agent, in this order. */
const agentFields = [
	"id",
	"name",
	"colour",
	"project",
	"role",
	"area",
	"task",
	"backend",
	"program",
	"model",
	"effort",
	"state",
	"sessionId",
	"workDir",
	"lastActiveAt",
] as const satisfies readonly (keyof Agent)[];

export function agentJson(agent: Agent) {
	return Object.fromEntries(agentFields.map((field) => [field, agent[field]]));
}

export function stateStyle(state: AgentState): Style | undefined {
	if (state === "working" || state === "starting" || state === "running") return "green";
	if (state === "waiting") return "yellow";
	if (state === "dead") return "red";
	return state === "idle" ? "cyan" : "dim";
}

function agentLines(call: CommandCall, agents: readonly Agent[]): string[] {
	const sorted = [...agents].sort(
		(a, b) => (a.project ?? "\uffff").localeCompare(b.project ?? "\uffff") || a.order - b.order || a.id.localeCompare(b.id),
	);
	return table(call.out, sorted, [
		{ title: "AGENT", value: (agent) => agent.name, style: () => "bold" },
		{ title: "ID", value: (agent) => agent.id },
		{ title: "PROJECT", value: (agent) => agent.project ?? "-", flexible: true },
		{ title: "STATE", value: (agent) => agent.state, style: (agent) => stateStyle(agent.state) },
		{ title: "PROGRAM", value: (agent) => agent.program },
		{ title: "BACKEND", value: (agent) => agent.backend },
		{ title: "ROLE", value: (agent) => agent.role ?? "-", flexible: true },
		{ title: "TASK", value: (agent) => agent.task || agent.area || "-", flexible: true },
	]);
}

/** Prints one agent after it changed: as JSON when asked, else a sentence. */
function report(call: CommandCall, agent: Agent, sentence: string): undefined {
	call.out.print(call.has("json") ? JSON.stringify(agentJson(agent), null, 2) : plain(sentence));
}

export const agentCommands: readonly Command[] = [
	{
		name: "agents",
		summary: "list the agents",
		options: { ...jsonOption, all: { help: "hidden ones too" } },
		async run(call) {
			const agents = (await call.hub.agents.list()).filter((agent) => call.has("all") || !agent.hidden);
			call.out.print(call.has("json") ? JSON.stringify(agents.map(agentJson), null, 2) : agentLines(call, agents).join("\n"));
			return 0;
		},
	},
	{
		name: "agents create",
		args: "ID",
		summary: "add an agent",
		options: {
			name: { value: "NAME", help: "what it is called (default: from its id)" },
			colour: { value: "#RRGGBB", help: "its colour" },
			project: { value: "P", help: "its project" },
			...jsonOption,
		},
		async run(call) {
			const project = await theProject(call);
			const agent = await call.hub.agents.create({
				id: call.args[0] ?? "",
				name: call.text("name"),
				colour: call.text("colour"),
				project,
			});
			return report(call, agent, `${agent.name} (${agent.id}) was added.`);
		},
	},
	{
		name: "agents rename",
		args: "AGENT NAME",
		summary: "give an agent another name",
		options: jsonOption,
		async run(call) {
			const before = await theAgent(call);
			const agent = await call.hub.agents.update({ id: before.id, name: call.args[1] ?? "" });
			return report(call, agent, `${before.name} (${agent.id}) is now ${agent.name}.`);
		},
	},
	{
		name: "agents delete",
		args: "AGENT",
		summary: "delete an agent; its files stay",
		async run(call) {
			const agent = await theAgent(call);
			await call.hub.agents.remove({ id: agent.id });
			call.out.print(plain(`${agent.name} (${agent.id}) was deleted.`));
			return 0;
		},
	},
	{
		name: "assign",
		args: "AGENT",
		summary: "move an agent to a project (`none`: to no project)",
		options: {
			project: { value: "P", help: "a project's slug or name, or `none`" },
			role: { value: "R", help: "its role there; empty for none" },
			area: { value: "A", help: "its area there" },
			...jsonOption,
		},
		async run(call) {
			if (["project", "role", "area"].every((option) => call.text(option) === undefined))
				throw new UsageError("`clawmux assign` needs --project P, --role R or --area A; see `clawmux help assign`.");
			const [{ id }, project] = await Promise.all([theAgent(call), theProject(call)]);
			const role = call.text("role");
			const agent = await call.hub.agents.assign({ id, project, role: role === "" ? null : role, area: call.text("area") });
			const as = agent.role ? ` as ${agent.role}` : "";
			return report(
				call,
				agent,
				agent.project ? `${agent.name} is in ${agent.project}${as}.` : `${agent.name} is in no project.`,
			);
		},
	},
];
