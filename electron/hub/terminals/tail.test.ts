import fc from "fast-check";
import { expect, test } from "vitest";
import { Tail } from "./tail.ts";

function read(tail: Tail, from: number, piece: number): Buffer {
	const pieces: Buffer[] = [];
	for (let at = from; at < tail.end; ) {
		const view = tail.slice(at, piece);
		expect(view.byteLength).toBeGreaterThan(0);
		pieces.push(Buffer.from(view));
		at += view.byteLength;
	}
	return Buffer.concat(pieces);
}

test("keeps the last bytes at their offsets, whatever the sizes of the pieces", () => {
	const capacity = 200_000; // more than the first ring, so that growing is covered
	const source = Buffer.from(Uint8Array.from({ length: 2_500_000 }, (_, i) => (i * 7 + (i >> 8)) % 251));
	fc.assert(
		fc.property(
			fc.array(fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 150_000 }), fc.constant(capacity + 77)), { maxLength: 12 }),
			fc.integer({ min: 500, max: 70_000 }),
			(sizes, piece) => {
				const tail = new Tail(capacity);
				let written = 0;
				for (const size of sizes) {
					const bytes = Buffer.from(source.subarray(written, written + size));
					tail.append(bytes);
					bytes.fill(255);
					written += size;
				}
				expect(tail.end).toBe(written);
				expect(tail.start).toBeLessThanOrEqual(Math.max(0, written - 64 * 1024));
				expect(tail.end - tail.start).toBeLessThanOrEqual(capacity);
				expect(read(tail, tail.start, piece).equals(source.subarray(tail.start, written))).toBe(true);
			},
		),
		{ numRuns: 60 },
	);
});

test("nothing is dropped before the capacity is reached", () => {
	const tail = new Tail(1 << 20);
	for (let i = 0; i < 1 << 20; i += 4096) tail.append(new Uint8Array(4096));
	expect([tail.start, tail.end]).toEqual([0, 1 << 20]);
	tail.append(new Uint8Array(1));
	expect(tail.start).toBe(1);
});

test("a reader that fell off or runs ahead is told", () => {
	const tail = new Tail(10);
	tail.append(new Uint8Array(25));
	expect(() => tail.slice(14, 1)).toThrow(RangeError);
	expect(() => tail.slice(26, 1)).toThrow(RangeError);
	expect(tail.slice(25, 100).byteLength).toBe(0);
});
