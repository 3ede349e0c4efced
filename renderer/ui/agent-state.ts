import type { Agent, AgentState } from "../../shared/contract/agents.ts";

/** What a state is called; the same word everywhere. */
export const stateNames: Record<AgentState, string> = {
	stopped: "stopped",
	starting: "starting",
	running: "running",
	working: "working",
	waiting: "waiting for you",
	idle: "idle",
	exited: "exited",
	dead: "dead",
	unknown: "unknown",
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** The time of day, and the date where it is not today's. */
export function shortTime(at: number, now: number): string {
	const time = clock.format(at);
	return new Date(at).toDateString() === new Date(now).toDateString() ? time : `${date.format(at)} ${time}`;
}

/** Why an agent's state is believed, e.g. `working: UserPromptSubmit 12:03:11`. */
export function stateWithEvidence(agent: Agent, now: number): string {
	const { source, reason, at } = agent.evidence;
	// What was only read off a screen is a guess, and says so.
	const state = source === "screen" ? `likely ${stateNames[agent.state]}` : stateNames[agent.state];
	const why = reason === agent.state || reason === "" ? state : `${state}: ${reason}`;
	return at > 0 ? `${why} ${shortTime(at, now)}` : why;
}

/** Black or white, whichever reads better on a colour. */
export function inkOn(colour: string): "#000000" | "#ffffff" {
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
	const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
	return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
}

function linear(channel: number): number {
	return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
