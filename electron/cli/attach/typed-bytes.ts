/** A stretch of what came from the user's terminal. */
export type Typed = { readonly kind: "input" | "answer"; readonly bytes: Uint8Array } | { readonly kind: "detach" };

// Ctrl+\ as a plain terminal sends it, in the kitty keyboard protocol (also for a held key), and with xterm's
// modifyOtherKeys: agents turn the latter two on.
const detachKey = String.raw`\x1c|\x1b\[92;5(?::[12])?u|\x1b\[27;5;92~`;
const detachKeyUp = String.raw`\x1b\[92;5:3u`;
// Answers to queries: device attributes, cursor position, status, modes, window reports, keyboard flags; then the strings
// (DCS, OSC) that no keyboard sends.
const csiAnswer = String.raw`\x1b\[[?>=]?[\d;]*c|\x1b\[\??\d+;\d+(?:;\d+)?R|\x1b\[\??[\d;]+n|\x1b\[\??[\d;]+\$y|\x1b\[\d+;\d+;\d+t|\x1b\[\?\d+u`;
const stringAnswer = String.raw`\x1bP[^\x1b\x07]*\x1b\\|\x1b\][^\x1b\x07]*(?:\x07|\x1b\\)`;
const token = new RegExp(`(?<key>${detachKey})|(?<up>${detachKeyUp})|(?<answer>${csiAnswer}|${stringAnswer})`, "g");
/** The beginning of what may become one of them. A lone Escape is a key, and is not kept. */
const beginning = String.raw`\x1b(?:\[[?>=]?[\d;:]*\$?|[P\]][^\x1b\x07]{0,4096}\x1b?)$`;
const unfinished = new RegExp(beginning);

/**
 * Sorts the bytes of a terminal in raw mode into what a person types, what the terminal itself answers to a query, and
 * the request to detach: Ctrl+\ twice. A single one is kept until it is clear that no second follows.
 */
export class TypedBytes {
	#armed = "";
	#kept = "";

	/** Whether something is kept back; then call `flush` when nothing more comes. */
	get keeps(): boolean {
		return this.#armed !== "" || this.#kept !== "";
	}

	push(bytes: Uint8Array): Typed[] {
		// One character a byte: the patterns are ASCII, and every other byte passes as it is.
		let text = this.#kept + Buffer.from(bytes).toString("latin1");
		this.#kept = unfinished.exec(text)?.[0] ?? "";
		text = text.slice(0, text.length - this.#kept.length);
		const sorted: Typed[] = [];
		let at = 0;
		for (const match of text.matchAll(token)) {
			this.#typed(sorted, text.slice(at, match.index));
			at = match.index + match[0].length;
			if (match.groups?.key !== undefined) {
				if (this.#armed !== "") {
					this.#armed = "";
					return [...sorted, { kind: "detach" }];
				}
				this.#armed = match[0];
			} else if (match.groups?.up !== undefined && this.#armed !== "") this.#armed += match[0];
			else if (match.groups?.answer !== undefined) sorted.push({ kind: "answer", bytes: Buffer.from(match[0], "latin1") });
			else this.#typed(sorted, match[0]);
		}
		this.#typed(sorted, text.slice(at));
		return sorted;
	}

	/** What was kept, as typed: nothing that would have made more of it came. */
	flush(): Typed[] {
		const text = this.#armed + this.#kept;
		this.#armed = "";
		this.#kept = "";
		return text === "" ? [] : [{ kind: "input", bytes: Buffer.from(text, "latin1") }];
	}

	#typed(sorted: Typed[], text: string): void {
		if (text === "") return;
		sorted.push({ kind: "input", bytes: Buffer.from(this.#armed + text, "latin1") });
		this.#armed = "";
	}
}
