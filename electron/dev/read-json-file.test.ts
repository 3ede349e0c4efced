import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readJsonFile } from "./read-json-file.ts";

const folder = mkdtempSync(join(tmpdir(), "clawmux-json-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file that is cut off, empty or absent is as good as none", () => {
	const file = join(folder, "stamp.json");
	const text = JSON.stringify({ inputs: "a", outputs: "b" });
	expect(readJsonFile(file)).toBeNull();
	for (let length = 0; length < text.length; length++) {
		writeFileSync(file, text.slice(0, length));
		expect(readJsonFile(file)).toBeNull();
	}
	writeFileSync(file, text);
	expect(readJsonFile(file)).toEqual({ inputs: "a", outputs: "b" });
	expect(() => readJsonFile(folder)).toThrow("EISDIR");
});
