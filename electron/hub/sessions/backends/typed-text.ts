import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ClawmuxError } from "../../../../shared/errors.ts";

/** A terminal in line mode keeps this much of one line and drops the rest without a word (measured; macOS 1,023). */
const longestCookedLine = process.platform === "linux" ? 4095 : 1023;

// What would be a key or a command instead of text: C0 except tab and newline, DEL, C1.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const pasteBreakers = /[\0\x1b\x7f-\x9f]/g;

/**
 * A message as it may be typed: line ends are LF, and nothing in it is a key (Ctrl+C, Escape, the end of a paste).
 * @throws `invalid_input` for text with NUL.
 */
export function typedMessage(text: string): { text: string; note: string | null } {
	if (text.includes("\0")) throw new ClawmuxError("invalid_input", "A message cannot hold a NUL character.");
	const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
	const clean = lines.replace(controls, "");
	const removed = lines.length - clean.length;
	return { text: clean, note: removed > 0 ? `${removed} control characters were left out.` : null };
}

/** A person's paste as terminals send it: line ends are CR, and nothing can end the paste early. */
export function pastedText(text: string): string {
	return text.replace(/\r?\n/g, "\r").replace(pasteBreakers, "");
}

/** Why this message cannot be typed on this terminal without loss; null when it can. */
export async function lineTooLong(text: string, tty: string | null): Promise<string | null> {
	const longest = Math.max(...text.split("\n").map((line) => Buffer.byteLength(line) + 1));
	if (longest <= longestCookedLine || tty === null) return null;
	const { stdout } = await promisify(execFile)("stty", ["-a", process.platform === "linux" ? "-F" : "-f", tty]);
	if (/(^|\s)-icanon\b/.test(stdout)) return null;
	return `The program reads whole lines, and its terminal would drop what exceeds ${longestCookedLine} bytes of one: the longest line here has ${longest}. Put it in a file.`;
}
