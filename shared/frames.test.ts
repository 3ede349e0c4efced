import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClawmuxError } from "./errors.ts";
import {
	decodeFrame,
	encodeFrame,
	encodeJsonFrame,
	type FrameKind,
	frameHeaderBytes,
	frameJson,
	frameKinds,
	frameText,
} from "./frames.ts";

const kinds = Object.keys(frameKinds) as FrameKind[];
const anyKind = fc.constantFrom(...kinds);
const anyViewer = fc.nat({ max: 0xffffffff });
const anyOffset = fc.maxSafeNat();

describe("terminal frames", () => {
	test("what is written is what is read", () => {
		fc.assert(
			fc.property(anyKind, anyViewer, anyOffset, fc.uint8Array({ maxLength: 2000 }), (kind, viewer, offset, payload) => {
				const frame = decodeFrame(encodeFrame(kind, viewer, offset, payload));
				expect({ ...frame, payload: [...frame.payload] }).toEqual({ kind, viewer, offset, payload: [...payload] });
			}),
		);
	});

	test("a frame is read at any place in a larger buffer", () => {
		fc.assert(
			fc.property(
				anyKind,
				anyViewer,
				anyOffset,
				fc.uint8Array({ maxLength: 50 }),
				fc.nat({ max: 20 }),
				(kind, viewer, offset, payload, at) => {
					const frame = encodeFrame(kind, viewer, offset, payload);
					const larger = new Uint8Array(at + frame.byteLength + 7).fill(255);
					larger.set(frame, at);
					const read = decodeFrame(larger.subarray(at, at + frame.byteLength));
					expect([read.kind, read.viewer, read.offset, [...read.payload]]).toEqual([kind, viewer, offset, [...payload]]);
				},
			),
		);
	});

	test("the payload is copied on writing", () => {
		const payload = new Uint8Array([1, 2, 3]);
		const frame = encodeFrame("output", 1, 0, payload);
		payload.fill(9);
		expect([...decodeFrame(frame).payload]).toEqual([1, 2, 3]);
	});

	test("JSON and text survive, whatever the text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (text) => {
				expect(frameJson(decodeFrame(encodeJsonFrame("attach", 1, { text })))).toEqual({ text });
				expect(frameText(decodeFrame(encodeFrame("paste", 1, 0, new TextEncoder().encode(text))))).toBe(text);
			}),
		);
	});

	test("garbage is read as a frame or refused as invalid_input, never anything else", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
				try {
					const frame = decodeFrame(bytes);
					expect(kinds).toContain(frame.kind);
					expect(Number.isSafeInteger(frame.offset) && frame.offset >= 0).toBe(true);
					frameJson(frame);
				} catch (error) {
					expect(error).toBeInstanceOf(ClawmuxError);
					expect((error as ClawmuxError).code).toBe("invalid_input");
				}
			}),
			{ numRuns: 2000 },
		);
	});

	test.each([
		["a cut header", encodeFrame("ack", 1, 5).subarray(0, frameHeaderBytes - 1)],
		["an unknown kind", Uint8Array.from([200, ...encodeFrame("ack", 1, 5).subarray(1)])],
		["a negative offset", encodeFrame("ack", 1, -1)],
		["a broken offset", encodeFrame("ack", 1, 0.5)],
		["an offset beyond 2^53", encodeFrame("ack", 1, 2 ** 60)],
		["no number", encodeFrame("ack", 1, Number.NaN)],
	])("refuses %s", (_, bytes) => {
		expect(() => decodeFrame(bytes)).toThrow(expect.objectContaining({ code: "invalid_input" }));
	});

	test("no two kinds share a number", () => {
		expect(new Set(Object.values(frameKinds)).size).toBe(kinds.length);
	});
});
