import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Typed, TypedBytes } from "./typed-bytes.ts";

/** Pushes the pieces, flushes, and writes down what came out: `i:` input, `a:` answer, `detach`. Neighbours are joined. */
function sort(...pieces: string[]): string[] {
	const typed = new TypedBytes();
	const sorted: Typed[] = pieces.flatMap((piece) => typed.push(Buffer.from(piece, "latin1")));
	const out: string[] = [];
	for (const one of [...sorted, ...typed.flush()]) {
		const text = one.kind === "detach" ? "detach" : `${one.kind[0]}:${Buffer.from(one.bytes).toString("latin1")}`;
		const last = out.at(-1);
		if (last?.startsWith("i:") && text.startsWith("i:")) out[out.length - 1] = last + text.slice(2);
		else out.push(text);
	}
	return out;
}

describe("what comes from a terminal", () => {
	test.each([
		["keys", "hello \x1b[A\x1bOP\x1b\x03\xc3\xa9"],
		["the mouse, focus and paste", "\x1b[<0;3;4M\x1b[<0;3;4m\x1b[I\x1b[O\x1b[200~x\x1b[201~"],
		["function and modified keys", "\x1b[15~\x1b[1;5C\x1b[97;5u"],
	])("%s are typed", (_, text) => {
		expect(sort(text)).toEqual([`i:${text}`]);
	});

	test.each([
		"\x1b[?62;22c",
		"\x1b[>0;276;0c",
		"\x1b[12;40R",
		"\x1b[?12;40;1R",
		"\x1b[0n",
		"\x1b[?2026;2$y",
		"\x1b[8;24;80t",
		"\x1b[?1u",
		"\x1bP1+r\x1b\\",
		"\x1b]11;rgb:0/0/0\x07",
		"\x1b]10;rgb:f/f/f\x1b\\",
	])("%j is an answer, also among keys and cut anywhere", (answer) => {
		const want = ["i:ab", `a:${answer}`, "i:cd"];
		expect(sort(`ab${answer}cd`)).toEqual(want);
		for (let at = 1; at < answer.length; at++) {
			// Cut right after Escape it cannot be told from the Escape key, which may not be kept.
			if (at === 1 || (answer[at - 1] === "\x1b" && answer[at] === "\\")) continue;
			expect(sort(`ab${answer.slice(0, at)}`, `${answer.slice(at)}cd`)).toEqual(want);
		}
	});

	test("every byte comes out that is no request to detach, however it is cut", () => {
		const text = fc.string({
			unit: fc.constantFrom(
				"a",
				"\x1b",
				"[",
				"?",
				"0",
				";",
				"c",
				"R",
				"\x1c",
				"P",
				"]",
				"\\",
				"\x07",
				"\xff",
				"9",
				"2",
				"5",
				"u",
			),
		});
		fc.assert(
			fc.property(fc.array(text), (pieces) => {
				const out = sort(...pieces);
				if (out.includes("detach")) return;
				const came = out.map((one) => one.slice(2)).join("");
				// An answer may overtake a Ctrl+\ that waits for a second one: a person's key and the terminal's word are two streams.
				const overtakes = out.some((one) => one.startsWith("a:"));
				const bytes = (text: string) => (overtakes ? [...text].sort().join("") : text);
				expect(bytes(came)).toBe(bytes(pieces.join("")));
			}),
		);
	});
});

describe("Ctrl+\\", () => {
	const plainKey = "\x1c";
	test.each([
		["plain", plainKey],
		["kitty", "\x1b[92;5u"],
		["kitty, with its release", "\x1b[92;5:1u\x1b[92;5:3u"],
		["modifyOtherKeys", "\x1b[27;5;92~"],
	])("twice detaches (%s)", (_, key) => {
		expect(sort(`x${key}${key}`)).toContain("detach");
		expect(sort("x", key, key)).toContain("detach");
		expect(sort("x", key, key)[0]).toBe("i:x");
	});

	test("once is typed: with the next key, or when none comes", () => {
		expect(sort(plainKey, "x")).toEqual(["i:\x1cx"]);
		expect(sort(plainKey)).toEqual(["i:\x1c"]);
		const typed = new TypedBytes();
		expect(typed.push(Buffer.from(plainKey))).toEqual([]);
		expect(typed.keeps).toBe(true);
		typed.flush();
		expect(typed.keeps).toBe(false);
		expect(typed.push(Buffer.from(plainKey))).toEqual([]);
	});

	test("twice with a key between is typed", () => {
		expect(sort("\x1cx\x1c")).toEqual(["i:\x1cx\x1c"]);
	});
});
