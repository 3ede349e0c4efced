import fc from "fast-check";
import { expect, test } from "vitest";
import { Tail } from "./tail.ts";

function read(tail: Tail, from: number, piece: number): number[] {
	const bytes: number[] = [];
	for (let at = from; at < tail.end; ) {
		const view = tail.slice(at, piece);
		expect(view.byteLength).toBeGreaterThan(0);
		bytes.push(...view);
		at += view.byteLength;
	}
	return bytes;
}

test("keeps the last bytes at their offsets, whatever the sizes of the pieces", () => {
	const capacity = 200_000; // more than the first ring, so that growing is covered
	fc.assert(
		fc.property(
			fc.array(fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 150_000 }), fc.constant(capacity + 77)), { maxLength: 12 }),
			fc.integer({ min: 1, max: 70_000 }),
			(sizes, piece) => {
				const tail = new Tail(capacity);
				const all: number[] = [];
				for (const size of sizes) {
					const bytes = Uint8Array.from({ length: size }, (_, i) => (all.length + i * 7) % 251);
					for (const byte of bytes) all.push(byte);
					tail.append(bytes);
					bytes.fill(255);
				}
				expect(tail.end).toBe(all.length);
				expect(tail.start).toBeLessThanOrEqual(Math.max(0, all.length - 64 * 1024));
				expect(tail.end - tail.start).toBeLessThanOrEqual(capacity);
				expect(Buffer.from(read(tail, tail.start, piece)).equals(Buffer.from(all.slice(tail.start)))).toBe(true);
			},
		),
		{ numRuns: 40 },
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
