import { expect, test } from "vitest";
import { QueryScanner } from "./query-scanner.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
	["plain text, no escape", []],
	["a\x1b[cb", [4]],
	["\x1b[?2026$p", [9]],
	["\x1b[31mred\x1b[0m", []],
	["\x1b]11;?\x07x", [7]],
	["\x1b]11;?\x1b\\x", [8]],
	["\x1b]0;a title\x07", []],
	["\x1bP$qm\x1b\\", [7]],
	["\x1b[?1004h", [8]],
	["\x1b[6\x18n", []],
	["\x1b]0;t\x1b[6n", [9]],
])("%j", (text, ends) => {
	expect(new QueryScanner().ends(bytes(text))).toEqual(ends);
});

test("a stream cut anywhere has its queries at the same offsets", () => {
	const stream = bytes("ab\x1b[c\x1b]10;?\x07text\x1b[2J\x1b[6n\x1bP$q q\x1b\\end");
	const whole = new QueryScanner().ends(stream);
	expect(whole.length).toBe(4);
	for (let size = 1; size < stream.length; size++) {
		const scanner = new QueryScanner();
		const ends: number[] = [];
		for (let at = 0; at < stream.length; at += size)
			ends.push(...scanner.ends(stream.subarray(at, at + size)).map((end) => at + end));
		expect(ends, `chunks of ${size}`).toEqual(whole);
	}
});
