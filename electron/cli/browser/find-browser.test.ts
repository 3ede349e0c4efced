import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findBrowser } from "./find-browser.ts";

let folder = "";

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-browser-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function program(path: string, mode = 0o755): string {
	const full = join(folder, path);
	mkdirSync(dirname(full), { recursive: true });
	writeFileSync(full, "", { mode });
	return full;
}

it("finds the most wanted one on PATH", () => {
	program("b/brave-browser");
	const chrome = program("b/google-chrome");
	const env = { PATH: `${join(folder, "a")}:${join(folder, "b")}` };
	expect(findBrowser(env, "linux")).toBe(chrome);
	expect(findBrowser({ ...env, PATH: `${program("a/chromium").replace("/chromium", "")}:${env.PATH}` }, "linux")).toBe(
		join(folder, "a/chromium"),
	);
});

it("finds an app in the user's own folder on a Mac", () => {
	const edge = program("Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge");
	expect(findBrowser({ HOME: folder }, "darwin")).toBe(edge);
});

it("finds none where there is none, or none that may be run", () => {
	program("a/chromium", 0o644);
	expect(findBrowser({ PATH: join(folder, "a") }, "linux")).toBeNull();
	expect(findBrowser({ PATH: "" }, "linux")).toBeNull();
});

it("takes the one that is named, and no other in its place", () => {
	const own = program("mine");
	const chromium = program("a/chromium");
	const env = { PATH: dirname(chromium) };
	expect(findBrowser({ ...env, CLAWMUX_BROWSER: own }, "linux")).toBe(own);
	expect(findBrowser({ ...env, CLAWMUX_BROWSER: join(folder, "gone") }, "linux")).toBeNull();
});
