import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createHubClient } from "../../cli/hub-call.ts";
import { homeFromEnv, homePaths } from "../../hub/home.ts";
import { dist, root } from "../bundles.ts";
import { findBrowser } from "../find-browser.ts";
import { hasDisplay, isRoot } from "./run-electron.ts";

/**
 * Starts the headless hub, or finds it running, and opens its window in an installed browser, in a profile of its own.
 * Without a browser or a display prints the address. `reason` is why it is not Electron's window, one sentence. Resolves
 * to the exit code, when the window is closed.
 */
export async function openInBrowser(reason: string): Promise<number> {
	const cli = join(dist, "clawmux.js");
	const started = spawnSync(process.execPath, [cli, "start"], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
	if (started.status !== 0) {
		process.stderr.write(`clawmux: the hub did not start: ${started.stderr.trim() || `exit code ${started.status}`}\n`);
		return 1;
	}
	const paths = homePaths(homeFromEnv());
	const { url } = await createHubClient({ home: paths.home, socket: paths.socket, timeoutMs: 10_000 }).hub.ticket();
	const stopping = `The hub keeps running; to stop it: node ${join(root, "dist", "clawmux.js")} stop`;
	const browser = hasDisplay() ? findBrowser() : null;
	if (browser === null) {
		const missing = hasDisplay() ? " No Chromium, Chrome, Edge or Brave was found either." : "";
		process.stdout.write(
			`${reason}${missing}\nOpen this address in a browser (it works once, within a minute; run again for another):\n${url}\n${stopping}\n`,
		);
		return 0;
	}
	process.stdout.write(`${reason} Opening the window in ${browser} instead.\n${stopping}\n`);
	const profile = join(paths.home, "browser");
	mkdirSync(profile, { recursive: true, mode: 0o700 });
	return new Promise((done, failed) => {
		const child = spawn(
			browser,
			[
				`--app=${url}`,
				`--user-data-dir=${profile}`,
				"--no-first-run",
				"--no-default-browser-check",
				...(isRoot ? ["--no-sandbox"] : []),
			],
			// What the browser says of its own affairs (fonts, D-Bus) is no news of ours.
			{ stdio: "ignore" },
		);
		for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
		child.on("error", failed);
		child.on("close", (code) => done(code ?? 0));
	});
}
