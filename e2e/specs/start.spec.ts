import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { root } from "../../electron/dev/bundles.ts";
import { HubProcess } from "../fixtures/hub-process.ts";
import { test } from "../fixtures/temp-home.ts";

/** `npm start` on a machine without a display, as over ssh. */
function startWithoutDisplay(home: string, env: NodeJS.ProcessEnv = {}) {
	return promisify(execFile)(process.execPath, [join(root, "electron", "dev", "run.mjs"), "start"], {
		env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "", CLAWMUX_HOME: home, ...env },
		timeout: 60_000,
	});
}

test("without a display, npm start says why and prints an address that opens the window", async ({ home, page }) => {
	const { stdout } = await startWithoutDisplay(home);
	const [reason, , address = ""] = stdout.split("\n");
	expect(reason).toBe("Electron cannot open a window here: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).");
	await page.goto(address);
	await expect(page.getByText("Sky", { exact: true }).first()).toBeVisible();
	await new HubProcess(home).end();
});

test("a second npm start finds the running hub and is done in seconds", async ({ home }) => {
	await startWithoutDisplay(home);
	const hub = new HubProcess(home);
	const { pid } = hub.info;
	const startedAt = Date.now();
	await startWithoutDisplay(home);
	// Without a build: the first one above made what was stale.
	expect(Date.now() - startedAt).toBeLessThan(5_000);
	expect(hub.info.pid).toBe(pid);
	await hub.end();
});
