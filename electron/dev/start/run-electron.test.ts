import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runElectron, whyElectronCannotRun } from "./run-electron.ts";

let folder = "";

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-run-electron-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A program that stands where Electron would. */
function program(text: string): string {
	const path = join(folder, "electron");
	writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
	return path;
}

it("hands arguments on and the exit code back", async () => {
	const told = join(folder, "args");
	expect(await runElectron(program(`echo "$@" > ${told}; exit 3`), ["/app", "--agent", "sky"])).toEqual({ exitCode: 3 });
	const sandbox = process.getuid?.() === 0 ? "--no-sandbox " : "";
	expect(readFileSync(told, "utf8")).toBe(`${sandbox}/app --agent sky\n`);
});

it("tells a runtime that lacks a library from an app that fails", async () => {
	const path = program("echo 'electron: error while loading shared libraries: libgtk-3.so.0: cannot open' >&2; exit 127");
	expect(await runElectron(path, [])).toEqual({ cannotRun: "the system lacks libgtk-3.so.0" });
});

it("takes a crash at the start for a runtime that cannot run", async () => {
	expect(await runElectron(program("kill -TRAP $$"), [])).toEqual({ cannotRun: "it ended at once with SIGTRAP" });
});

it("wants a display on Linux", () => {
	const reason = whyElectronCannotRun({});
	if (process.platform === "linux") expect(reason).toMatch(/no display/);
	else expect(reason).toBeNull();
});
