import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { root } from "../../electron/dev/bundles.ts";
import { HubProcess } from "../fixtures/hub-process.ts";
import { test } from "../fixtures/temp-home.ts";

/** What `npm start` runs. Without a word on the display it is that of a machine without one, as over ssh. */
function npmStart(home: string, env: NodeJS.ProcessEnv = {}) {
	return promisify(execFile)(process.execPath, [join(root, "electron", "dev", "run.mjs"), "start"], {
		env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "", CLAWMUX_HOME: home, ...env },
		timeout: 60_000,
	});
}

test("without a display, npm start says why and prints an address that opens the window", async ({ home, page }) => {
	const { stdout } = await npmStart(home);
	const [reason, , address = ""] = stdout.split("\n");
	expect(reason).toBe("Electron cannot open a window here: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).");
	await page.goto(address);
	await expect(page.getByText("Sky", { exact: true }).first()).toBeVisible();
	await new HubProcess(home).end();
});

test("without Electron's runtime, npm start says so and opens an app window in an installed browser", async ({ home, page }) => {
	// Stands for the browser: it notes how it was called and is closed at once.
	const browser = join(home, "browser.sh");
	const called = join(home, "called");
	writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$@" > '${called}'\n`, { mode: 0o755 });
	const { stdout } = await npmStart(home, { DISPLAY: ":99", ELECTRON_OVERRIDE_DIST_PATH: home, CLAWMUX_BROWSER: browser });
	expect(stdout.split("\n")[0]).toMatch(/^Electron's runtime is not available: .+ Opening the window in .+ instead\.$/);
	const args = readFileSync(called, "utf8").trim().split("\n");
	expect(args).toContain(`--user-data-dir=${join(home, "browser")}`);
	await page.goto(args.find((arg) => arg.startsWith("--app="))?.slice("--app=".length) ?? "");
	await expect(page.getByText("Sky", { exact: true }).first()).toBeVisible();
	await new HubProcess(home).end();
});

test("a second npm start finds the running hub and is done in seconds", async ({ home }) => {
	await npmStart(home);
	const hub = new HubProcess(home);
	const { pid } = hub.info;
	const startedAt = Date.now();
	await npmStart(home);
	// Without a build: the first one above made what was stale.
	expect(Date.now() - startedAt).toBeLessThan(5_000);
	expect(hub.info.pid).toBe(pid);
	await hub.end();
});
