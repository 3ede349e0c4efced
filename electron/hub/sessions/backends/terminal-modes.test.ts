import { expect, it } from "vitest";
import { TerminalModes } from "./terminal-modes.ts";

const modesAfter = (...chunks: string[]) => {
	const modes = new TerminalModes();
	for (const chunk of chunks) modes.feed(Buffer.from(chunk));
	return modes.sequence();
};

it("reads modes wherever the output is cut", () => {
	const text = "text\x1b[?2004h\x1b[31mred\x1b[?1000;1006h\x1b[?1000l\x1b[?25l漢字\x1b]0;title\x07\x1b[?1049h";
	const whole = modesAfter(text);
	expect(whole).toBe("\x1b[?2004h\x1b[?1000l\x1b[?1006h\x1b[?25l\x1b[?1049h");
	for (let at = 1; at < text.length; at += 1) expect(modesAfter(text.slice(0, at), text.slice(at))).toBe(whole);
	expect(modesAfter(...text)).toBe(whole);
});

it("forgets at a reset, and keeps what comes after it", () => {
	expect(modesAfter("\x1b[?2004h\x1bc")).toBe("");
	expect(modesAfter("\x1b[?2004h\x1b[!p\x1b[?1004h")).toBe("\x1b[?1004h");
});

it("is not held up by a sequence that never ends", () => {
	expect(modesAfter(`\x1b[?${"1;".repeat(100_000)}`, "\x1b[?2004h")).toBe("\x1b[?2004h");
});
