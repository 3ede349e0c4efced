import fc from "fast-check";
import { expect, test } from "vitest";
import { Tail } from "./tail.ts";
import { wholeCharacters } from "./whole-characters.ts";

test("cuts before the character that is not whole, at every place of a text", () => {
	const bytes = Buffer.from("aé—日👩‍👧z");
	for (let end = 0; end <= bytes.byteLength; end++) {
		const part = bytes.subarray(0, end);
		const whole = wholeCharacters(part);
		expect(part.subarray(0, whole).toString()).not.toContain("\ufffd");
		expect(end - whole).toBeLessThanOrEqual(3);
		if (!part.toString().includes("\ufffd")) expect(whole).toBe(end);
	}
});

test("never holds back more than three bytes of anything", () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
			expect(bytes.byteLength - wholeCharacters(bytes)).toBeLessThanOrEqual(3);
		}),
	);
});

test("a tail gives whole characters wherever its ring turns over, and every byte in the end", () => {
	fc.assert(
		fc.property(
			fc.array(
				fc.oneof(
					fc.string({ unit: "grapheme" }).map((text) => Buffer.from(text)),
					fc.uint8Array({ maxLength: 9 }),
				),
			),
			(pieces) => {
				const tail = new Tail(61);
				let read = 0;
				const got: Buffer[] = [];
				const take = (final: boolean): void => {
					for (;;) {
						const bytes = tail.characters(read, 64, final);
						if (bytes.byteLength === 0) return;
						got.push(Buffer.from(bytes));
						read += bytes.byteLength;
					}
				};
				const all = pieces.map((piece) => Buffer.from(piece).subarray(0, 50));
				for (const piece of all) {
					tail.append(piece);
					take(false);
					expect(tail.end - read).toBeLessThanOrEqual(3);
				}
				take(true);
				expect(Buffer.concat(got).equals(Buffer.concat(all))).toBe(true);
			},
		),
	);
});
