import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeWindow, readPlace, writePlace } from "./window-place.ts";

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const beside = { x: 1440, y: 0, width: 1920, height: 1080 };
const saved = { x: 1500, y: 100, width: 1000, height: 700, maximized: false };

test("a window comes back where it was", () => {
	expect(placeWindow(saved, [laptop, beside])).toEqual({ x: 1500, y: 100, width: 1000, height: 700 });
});

test("a window whose display is gone comes back centred, with its size", () => {
	expect(placeWindow(saved, [laptop])).toEqual({ width: 1000, height: 700 });
});

test("a window never hides its title bar nor exceeds its display", () => {
	expect(placeWindow({ ...saved, x: 100, y: -200, width: 5000, height: 5000 }, [laptop])).toEqual({
		x: 100,
		y: 25,
		width: 1440,
		height: 875,
	});
	expect(placeWindow({ ...saved, x: 0, y: 30, width: 10, height: 10 }, [laptop])).toEqual({ width: 700, height: 480 });
});

test("without a saved place it is of a usual size, smaller on a small display", () => {
	expect(placeWindow(undefined, [beside])).toEqual({ width: 1280, height: 820 });
	expect(placeWindow(undefined, [{ x: 0, y: 0, width: 1024, height: 600 }])).toEqual({ width: 1024, height: 600 });
	expect(placeWindow(undefined, [])).toEqual({ width: 1280, height: 820 });
});

test("what is written is read, and what cannot be read is no place", () => {
	const folder = mkdtempSync(join(tmpdir(), "clawmux-place-"));
	try {
		const file = join(folder, "window.json");
		expect(readPlace(file)).toBeUndefined();
		writePlace(file, saved);
		expect(readPlace(file)).toEqual(saved);
		expect(readdirSync(folder)).toEqual(["window.json"]);
		for (const damaged of ["", "{", "null", '{"x":1}', JSON.stringify({ ...saved, width: "wide" })]) {
			writeFileSync(file, damaged);
			expect(readPlace(file)).toBeUndefined();
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
