/** Private modes (`CSI ? n h`) worth keeping: what a terminal must be told to go on as the program left it. */
const kept = new Set([1, 6, 7, 9, 25, 45, 47, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 1047, 1049, 2004]);

const introducer = Buffer.from("\x1b[?");
const fullReset = Buffer.from("\x1bc");
const softReset = Buffer.from("\x1b[!p");

/** No sequence of interest is longer; that much is looked at again with the next chunk. */
const longestSequence = 40;

export const bracketedPaste = 2004;

/**
 * Which private modes a program has set, read off its output. Everything between the sequences is skipped by native
 * searches, so a flood costs next to nothing.
 */
export class TerminalModes {
	readonly #modes = new Map<number, boolean>();
	#carry = Buffer.alloc(0);
	/** Grows with every change. */
	version = 0;

	feed(chunk: Buffer): void {
		const bytes = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk;
		// What starts after `end` may be cut short: it is left for the next chunk.
		const lastEscape = bytes.lastIndexOf(0x1b);
		const open = lastEscape >= 0 && bytes.length - lastEscape < longestSequence && !isComplete(bytes.subarray(lastEscape));
		const end = open ? lastEscape : bytes.length;
		this.#carry = open ? Buffer.from(bytes.subarray(lastEscape)) : Buffer.alloc(0);
		const reset = Math.max(bytes.lastIndexOf(fullReset), bytes.lastIndexOf(softReset));
		if (reset >= 0 && reset < end && this.#modes.size > 0) {
			this.#modes.clear();
			this.version += 1;
		}
		for (let at = bytes.indexOf(introducer, Math.max(reset, 0)); at >= 0 && at < end; at = bytes.indexOf(introducer, at + 3))
			this.#read(bytes, at + introducer.length);
	}

	has(mode: number): boolean {
		return this.#modes.get(mode) ?? false;
	}

	set(mode: number, on: boolean): void {
		if (this.#modes.get(mode) === on) return;
		this.#modes.set(mode, on);
		this.version += 1;
	}

	/** The sequences that set a fresh terminal to these modes. */
	sequence(only?: (mode: number) => boolean): string {
		return [...this.#modes].flatMap(([mode, on]) => (only && !only(mode) ? [] : `\x1b[?${mode}${on ? "h" : "l"}`)).join("");
	}

	#read(bytes: Buffer, from: number): void {
		let mode = 0;
		const modes: number[] = [];
		for (let at = from; at < bytes.length && at < from + longestSequence; at += 1) {
			const byte = bytes[at] ?? 0;
			if (byte >= 0x30 && byte <= 0x39) mode = mode * 10 + byte - 0x30;
			else if (byte === 0x3b) {
				modes.push(mode);
				mode = 0;
			} else {
				if (byte === 0x68 || byte === 0x6c) for (const one of [...modes, mode]) if (kept.has(one)) this.set(one, byte === 0x68);
				return;
			}
		}
	}
}

/** Whether the escape sequence that starts here has its final byte. */
function isComplete(bytes: Buffer): boolean {
	if (bytes.length < 2) return false;
	if (bytes[1] !== 0x5b) return true;
	for (let at = 2; at < bytes.length; at += 1) {
		const byte = bytes[at] ?? 0;
		if (byte >= 0x40 && byte <= 0x7e) return true;
		if (byte < 0x20) return true;
	}
	return false;
}
