import type { Agent } from "../../../shared/contract/agents.ts";
import type { Project } from "../../../shared/contract/projects.ts";
import { ClawmuxError } from "../../../shared/errors.ts";

interface Named {
	readonly id: string;
	readonly name: string;
}

/**
 * The agent a person means by an id or a name, in any case. An id wins over a name.
 * @throws ClawmuxError `not_found` with the nearest known one, `conflict` for a name that several agents have.
 */
export function matchAgent(agents: readonly Agent[], text: string): Agent {
	return match(agents, (agent) => agent, text, "agent", "`clawmux agents` lists them");
}

/**
 * The project a person means by a slug or a display name, in any case.
 * @throws ClawmuxError as `matchAgent`.
 */
export function matchProject(projects: readonly Project[], text: string): Project {
	const remedy = "`clawmux project list` lists them, `clawmux project create` makes one";
	return match(projects, (project) => ({ id: project.slug, name: project.name }), text, "project", remedy);
}

function match<T>(all: readonly T[], named: (one: T) => Named, text: string, noun: string, remedy: string): T {
	const wanted = fold(text);
	const byId = all.find((one) => fold(named(one).id) === wanted);
	if (byId) return byId;
	const byName = all.filter((one) => fold(named(one).name) === wanted);
	if (byName.length === 1 && byName[0] !== undefined) return byName[0];
	if (byName.length > 1) {
		const ids = byName.map((one) => named(one).id).join(", ");
		throw new ClawmuxError("conflict", `Several ${noun}s are named "${text}": ${ids}. Say which by its id.`);
	}
	const near = nearest(wanted, all.map(named));
	const hint = near ? `Did you mean ${near.name} (${near.id})?` : `${remedy}.`;
	throw new ClawmuxError("not_found", `There is no ${noun} "${text}". ${hint}`);
}

function fold(text: string): string {
	return text.trim().normalize("NFC").toLowerCase();
}

/** The one whose id or name takes the fewest edits, if that is few enough to be a slip of the finger. */
function nearest(wanted: string, all: readonly Named[]): Named | undefined {
	let best: Named | undefined;
	let fewest = Math.max(1, Math.ceil(wanted.length / 3)) + 1;
	for (const one of all)
		for (const candidate of [one.name, one.id, one.id.replace(/^[a-z0-9]+_/, "")]) {
			const edits = editDistance(wanted, fold(candidate));
			if (edits < fewest) [best, fewest] = [one, edits];
		}
	return best;
}

/** How many letters must be added, removed, changed or swapped with their neighbour (Damerau-Levenshtein). */
export function editDistance(a: string, b: string): number {
	let before: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const line = [row];
		for (let column = 1; column <= b.length; column++) {
			const same = a[row - 1] === b[column - 1];
			let edits = Math.min(at(last, column) + 1, at(line, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
			const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
			if (swapped) edits = Math.min(edits, at(before, column - 2) + 1);
			line.push(edits);
		}
		[before, last] = [last, line];
	}
	return at(last, b.length);
}

function at(line: readonly number[], column: number): number {
	return line[column] ?? Number.POSITIVE_INFINITY;
}
