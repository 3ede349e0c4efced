import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findBrowser } from "../../cli/browser/find-browser.ts";
import { root } from "../bundles.ts";
import { runProgram } from "../run-program.ts";

/** Half a gigabyte with its libraries, on a slow line. */
const downloadLimitMs = 15 * 60_000;

/**
 * Path of a Chromium that starts: an installed one; else Playwright's own, downloaded; else, as root on Debian and its
 * kin, the distribution's package. Null when there is no way.
 */
export async function prepareBrowser(): Promise<string | null> {
	const installed = findBrowser();
	if (installed !== null && starts(installed)) return installed;

	const { chromium } = await import("@playwright/test");
	const own = chromium.executablePath();
	if (!starts(own)) {
		process.stderr.write("clawmux: no installed Chromium or Chrome found; downloading Playwright's\n");
		const cli = join(root, "node_modules", "@playwright", "test", "cli.js");
		await runProgram([process.execPath, cli, "install", "chromium"], downloadLimitMs, {
			PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "20000",
		});
	}
	if (starts(own)) return own;

	if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
		process.stderr.write("clawmux: Playwright's Chromium cannot be had or lacks libraries; installing the system's package\n");
		const env = { DEBIAN_FRONTEND: "noninteractive" };
		await runProgram(["apt-get", "update", "-q"], downloadLimitMs, env);
		await runProgram(["apt-get", "install", "-yq", "--no-install-recommends", "chromium"], downloadLimitMs, env);
		const packaged = findBrowser();
		if (packaged !== null && starts(packaged)) return packaged;
	}
	return null;
}

/** A browser can be present and lack the system's libraries; asking its version loads them. */
function starts(path: string): boolean {
	return existsSync(path) && spawnSync(path, ["--version"], { stdio: "ignore", timeout: 30_000 }).status === 0;
}
