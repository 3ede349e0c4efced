import { resolve } from "node:path";
import { liveStates } from "../../../shared/contract/agent-states.ts";
import type { Agent, AgentChanges } from "../../../shared/contract/agents.ts";
import type { Session } from "../../../shared/contract/sessions.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import { type Command, type CommandCall, jsonOption } from "../line/command.ts";
import { complain, plain } from "../printing/output.ts";
import { theAgent, theProject } from "./agent-commands.ts";

/** What `spawn`'s options change about an agent before it starts. */
function spawnChanges(call: CommandCall): AgentChanges {
	const dir = call.text("dir");
	const changes: AgentChanges = {};
	const backend = call.text("backend");
	const program = call.text("program") ?? (call.argv ? "generic" : undefined);
	if (backend !== undefined) changes.backend = backend;
	if (program !== undefined) changes.program = program;
	if (dir !== undefined) changes.folder = dir === "own" || dir === "project" ? dir : resolve(dir);
	if (call.argv) changes.argv = [...call.argv];
	return changes;
}

/** Changes the agent and starts it. One that does not start is left as it was. */
async function changedThenStarted(
	call: CommandCall,
	agent: Agent,
	changes: AgentChanges,
	project?: string | null,
): Promise<Session> {
	const { id } = agent;
	const changed = Object.keys(changes) as (keyof AgentChanges)[];
	if (changed.length > 0) await call.hub.agents.update({ id, ...changes });
	try {
		if (project !== undefined) await call.hub.agents.assign({ id, project });
		return await call.hub.sessions.start({ id });
	} catch (error) {
		if (changed.length > 0) await call.hub.agents.update({ id, ...Object.fromEntries(changed.map((key) => [key, agent[key]])) });
		if (project !== undefined) await call.hub.agents.assign({ id, project: agent.project });
		throw error;
	}
}

function sessionText(agent: Agent, session: Session): string {
	const pid = session.pid === null ? "" : `, pid ${session.pid}`;
	return plain(
		`${agent.name} runs ${session.program} in session ${session.sessionId} (${session.backend}${pid}) in ${session.workDir}`,
	);
}

/** A command that asks the hub to end or interrupt an agent's session and says what came of it. */
function verb(
	name: string,
	summary: string,
	done: string,
	ask: (call: CommandCall, id: string) => Promise<Session | null>,
): Command {
	return {
		name,
		args: "AGENT",
		summary,
		options: jsonOption,
		async run(call) {
			const agent = await theAgent(call);
			const session = await ask(call, agent.id);
			const sentence =
				session === null || !liveStates.has(agent.state) ? `${agent.name} was not running.` : `${agent.name} was ${done}.`;
			call.out.print(call.has("json") ? JSON.stringify(session, null, 2) : plain(sentence));
			return 0;
		},
	};
}

export const sessionCommands: readonly Command[] = [
	{
		name: "spawn",
		args: "AGENT",
		summary: "start an agent, changing what the options say first",
		options: {
			project: { value: "P", help: "move it to this project" },
			backend: { value: "B", help: "what holds its session (`auto`: the best this machine has)" },
			program: { value: "P", help: "what it runs, e.g. claude-code or generic" },
			dir: { value: "D", help: "where it works: a folder, `own` or `project`" },
			...jsonOption,
		},
		takesArgv: true,
		async run(call) {
			const [agent, project] = await Promise.all([theAgent(call), theProject(call)]);
			const changes = spawnChanges(call);
			const session = await changedThenStarted(call, agent, changes, project);
			if (Object.keys(changes).length > 0 && liveStates.has(agent.state))
				complain(plain(`${agent.name} was running already; its next start has the changes.`));
			call.out.print(call.has("json") ? JSON.stringify(session, null, 2) : sessionText(agent, session));
			return 0;
		},
	},
	verb("kill", "end an agent's session at once", "killed", (call, id) => call.hub.sessions.kill({ id })),
	verb("stop-agent", "ask an agent's program to end", "stopped", (call, id) => call.hub.sessions.stop({ id })),
	verb("interrupt", "interrupt what an agent is doing; its session lives on", "interrupted", (call, id) =>
		call.hub.sessions.interrupt({ id }),
	),
	{
		name: "input",
		args: "AGENT TEXT|-",
		summary: "type a text into an agent and submit it (`-`: the text on standard input)",
		options: { "no-submit": { help: "leave it in the prompt" }, ...jsonOption },
		async run(call) {
			const agent = await theAgent(call);
			const text = call.args[1] === "-" ? await standardInput() : (call.args[1] ?? "");
			const answer = await call.hub.sessions.input({ id: agent.id, text, submit: !call.has("no-submit") });
			if (call.has("json")) call.out.print(JSON.stringify(answer, null, 2));
			else if (!answer.accepted) throw new ClawmuxError("conflict", answer.note ?? `${agent.name} did not take the text.`);
			else if (answer.note) call.out.print(plain(answer.note));
			return answer.accepted ? 0 : 1;
		},
	},
];

async function standardInput(): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString("utf8").replace(/\n$/, "");
}
