import type { AgentState } from "../../../shared/contract/agents.ts";
import type { AgentRegistry } from "../agents/agent-registry.ts";
import type { ProgramRegistry } from "../programs/program-registry.ts";
import type { SessionRecord } from "../state/session-repository.ts";
import type { SendResult, SessionActor } from "./backends/session-backend.ts";

/** How long a program that reports its state may take from its start to its first report. */
const readyWithinMs = 15_000;

/** How long it may take from a text's Enter to the program's report that it works on it. */
const takenWithinMs = 3000;

/** Why a text is not typed in a state. */
const holds: Partial<Record<AgentState, string>> = {
	starting: "has not said that it is ready; it may be asking something at its start.",
	waiting: "waits for an answer, and this text would be taken for it.",
};

/**
 * Types a text as one message. A program that reports its state gets nothing while it has not said that it is ready, or
 * while it asks something: the text would be taken for the answer. Where it does not report that it took the text, the
 * note says so.
 */
export async function typeText(
	{ agents, programs }: { agents: AgentRegistry; programs: ProgramRegistry },
	actor: SessionActor,
	{ agentId, sessionId, program }: SessionRecord,
	text: string,
	submit: boolean,
): Promise<SendResult> {
	const send = () => actor.sendInput(sessionId, text, { submit });
	if (!programs.get(program).reportsState) return send();
	const { name } = agents.record(agentId);
	const hold = holds[await agents.stateWithin(agentId, (now) => now !== "starting", readyWithinMs)];
	if (hold) return { accepted: false, note: `${name} ${hold} Nothing was typed.` };
	const reported = agents.stateWithin(agentId, (now) => now === "working" || now === "waiting", takenWithinMs);
	const sent = await send();
	if (!submit || !sent.accepted || (await reported) !== "idle") return sent;
	return { accepted: true, note: sent.note ?? `It was typed, but ${name} has not said that it took it. Look at its terminal.` };
}
