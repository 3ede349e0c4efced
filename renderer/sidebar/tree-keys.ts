import { groupKey, type Row } from "../store/groups.ts";

/** Where a key takes the focus in the tree; null: it is no key for moving, or there is nowhere to go. */
export function rowAfterKey(rows: readonly Row[], focused: string, key: string): string | null {
	const at = Math.max(
		0,
		rows.findIndex((row) => row.key === focused),
	);
	const row = rows[at];
	switch (key) {
		case "ArrowDown":
			return rows[at + 1]?.key ?? null;
		case "ArrowUp":
			return rows[at - 1]?.key ?? null;
		case "Home":
			return rows[0]?.key ?? null;
		case "End":
			return rows.at(-1)?.key ?? null;
		case "ArrowLeft":
			return row?.kind === "agent" ? groupKey(row.group.slug) : null;
		case "ArrowRight":
			return row?.kind === "group" && row.expanded && row.group.agents.length > 0 ? (rows[at + 1]?.key ?? null) : null;
		default:
			return null;
	}
}

/** Letters typed within this time belong to one search, in ms. */
const togetherMs = 700;

/** Finds a row by the first letters of its name, as one types them. The same letter again goes to the next match. */
export class TypeAhead {
	#typed = "";
	#lastAt = Number.NEGATIVE_INFINITY;

	find(rows: readonly Row[], focused: string, letter: string, now: number): string | null {
		const goesOn = now - this.#lastAt < togetherMs;
		this.#lastAt = now;
		const again = goesOn && this.#typed === letter;
		this.#typed = goesOn && !again ? this.#typed + letter : letter;
		const at = rows.findIndex((row) => row.key === focused);
		// A longer search may stay where it is; a new one goes on to the next.
		const from = this.#typed.length > 1 ? Math.max(at, 0) : at + 1;
		const wanted = this.#typed.toLowerCase();
		for (let step = 0; step < rows.length; step++) {
			const row = rows[(from + step) % rows.length];
			const name = row?.kind === "agent" ? row.agent.name : row?.group.name;
			if (row && name?.toLowerCase().startsWith(wanted)) return row.key;
		}
		return null;
	}
}
