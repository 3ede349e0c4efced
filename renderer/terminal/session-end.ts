import type { Agent } from "../../shared/contract/agents.ts";
import type { Session } from "../../shared/contract/sessions.ts";
import { shortTime } from "../ui/agent-state.ts";

/** How and when a session ended, in a sentence. */
export function endOf(agent: Agent, session: Session, now = Date.now()): string {
	const at = session.endedAt === null ? "" : ` at ${shortTime(session.endedAt, now)}`;
	const why = session.endReason ?? (session.exitCode === null ? null : `exit code ${session.exitCode}`);
	return `${agent.name}'s session ended${at}${why === null ? "" : ` (${why.replace(/\.$/, "")})`}.`;
}
