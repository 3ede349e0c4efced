import type { Tail } from "./tail.ts";

/** A mode sequence is a few bytes long; pieces overlap by this much, so that none is missed where they meet. */
const overlapBytes = 64;

const modeSequence = /^\x1b\[\?([\d;]{1,40})([hl])/;

/**
 * Finds what a stretch of output does to the terminal's private modes (alternate screen, bracketed paste, mouse, cursor
 * keys, ...), without parsing the rest: it looks for the sequences' first bytes only, about ten times as fast as a terminal.
 * @returns sequences with the same effect, in the order of their last use.
 */
export function scanModes(tail: Tail, from: number, to: number): string {
	const modes = new Map<string, string>();
	for (let at = from; at < to; ) {
		const view = tail.slice(at, to - at);
		const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
		for (let found = bytes.indexOf("\x1b[?", 0, "latin1"); found !== -1; found = bytes.indexOf("\x1b[?", found + 3, "latin1")) {
			const match = modeSequence.exec(bytes.latin1Slice(found, found + overlapBytes));
			for (const mode of match?.[1]?.split(";") ?? []) {
				modes.delete(mode);
				modes.set(mode, match?.[2] ?? "");
			}
		}
		at = at + view.byteLength === to ? to : Math.max(at + view.byteLength - overlapBytes, at + 1);
		if (view.byteLength <= overlapBytes && at < to) at = Math.min(to, Math.max(at, from));
	}
	return [...modes].map(([mode, final]) => `\x1b[?${mode}${final}`).join("");
}
