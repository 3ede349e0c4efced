import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { fileLog } from "./log.ts";

const folder = mkdtempSync(join(tmpdir(), "clawmux-log-"));
afterEach(() => {
	vi.restoreAllMocks();
	rmSync(folder, { recursive: true, force: true });
});

test("goes on in a folder made anew when somebody took its own away", () => {
	const log = fileLog(folder);
	log.info("before");
	rmSync(folder, { recursive: true });
	log.info("after");
	log.info("and after");
	const lines = readFileSync(join(folder, "hub.log"), "utf8").trim().split("\n");
	expect(lines.map((line) => JSON.parse(line).message)).toEqual(["after", "and after"]);
});

test("a field that JSON cannot say costs that field and not the line", () => {
	const log = fileLog(folder);
	const own: Record<string, unknown> = {};
	own.self = own;
	log.warn("said", { own });
	expect(JSON.parse(readFileSync(join(folder, "hub.log"), "utf8"))).toMatchObject({ level: "warn", message: "said" });
});

test.skipIf(process.platform !== "linux")("says on standard error what a full disk does not take", () => {
	const told: string[] = [];
	vi.spyOn(process.stderr, "write").mockImplementation((text) => told.push(String(text)) > 0);
	const log = fileLog(folder);
	symlinkSync("/dev/full", join(folder, "hub.log"));
	log.error("the last words");
	expect(told).toHaveLength(1);
	expect(told[0]).toMatch(/ENOSPC.*the last words/);
});
