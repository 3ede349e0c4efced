import type { Group } from "../store/groups.ts";

/** An agent picked up by keyboard, and the project it would go to. */
export interface KeyboardMove {
	agentId: string;
	name: string;
	targets: readonly { slug: string | null; name: string }[];
	/** Index in `targets` of where it would go. */
	at: number;
	/** Index of where it came from. */
	home: number;
}

export function pickUp(agent: { id: string; name: string; project: string | null }, groups: readonly Group[]): KeyboardMove {
	const targets = groups.map(({ slug, name }) => ({ slug, name }));
	// An agent whose project is not known stands under Unassigned, which is last.
	const found = targets.findIndex(({ slug }) => slug === agent.project);
	const home = found < 0 ? targets.length - 1 : found;
	return { agentId: agent.id, name: agent.name, targets, at: home, home };
}

/** What a key makes of a move; null: the key means nothing here. */
export function moveAfterKey(move: KeyboardMove, key: string): KeyboardMove | "drop" | "cancel" | null {
	const last = move.targets.length - 1;
	switch (key) {
		case "ArrowDown":
			return { ...move, at: Math.min(move.at + 1, last) };
		case "ArrowUp":
			return { ...move, at: Math.max(move.at - 1, 0) };
		case "Home":
			return { ...move, at: 0 };
		case "End":
			return { ...move, at: last };
		case "Enter":
		case " ":
			return "drop";
		case "Escape":
		case "Tab":
			return "cancel";
		default:
			return null;
	}
}

/** Where the agent would go. */
export function targetOf(move: KeyboardMove): { slug: string | null; name: string } {
	const target = move.targets[move.at];
	if (!target) throw new RangeError(`There is no target ${move.at} among ${move.targets.length}.`);
	return target;
}

/** What is said of a move as it goes. */
export const moveSpeech = {
	pickedUp: (move: KeyboardMove): string =>
		`${move.name} picked up, in ${targetOf(move).name}. Arrow keys choose a project, Enter moves, Escape cancels.`,
	at: (move: KeyboardMove): string => `${targetOf(move).name}, ${move.at + 1} of ${move.targets.length}.`,
	dropped: (move: KeyboardMove): string =>
		move.at === move.home ? `${move.name} stays in ${targetOf(move).name}.` : `${move.name} moves to ${targetOf(move).name}.`,
	cancelled: (move: KeyboardMove): string => `Cancelled. ${move.name} stays in ${move.targets[move.home]?.name}.`,
};
