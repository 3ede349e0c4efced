import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { appWindowArgs, hasDisplay } from "../../cli/browser/app-window.ts";
import { findBrowser } from "../../cli/browser/find-browser.ts";
import { createHubClient } from "../../cli/hub-call.ts";
import { homeFromEnv, homePaths } from "../../hub/home.ts";
import { dist } from "../bundles.ts";

/**
 * Starts the headless hub, or finds it running, and opens its window in an installed browser. Without a browser or a
 * display prints the address. `reason` is why it is not Electron's window, one sentence. Resolves to the exit code, when
 * the window is closed.
 */
export async function openInBrowser(reason: string): Promise<number> {
	const cli = join(dist, "clawmux.js");
	const started = spawnSync(process.execPath, [cli, "start"], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
	if (started.status !== 0) {
		process.stderr.write(`clawmux: the hub did not start: ${started.stderr.trim() || `exit code ${started.status}`}\n`);
		return 1;
	}
	const { home, socket } = homePaths(homeFromEnv());
	const { hub } = createHubClient({ home, socket, timeoutMs: 10_000 });
	const stopping = `The hub keeps running; to stop it: node ${cli} stop`;

	const browser = hasDisplay() ? findBrowser() : null;
	if (browser !== null) {
		process.stdout.write(`${reason} Opening the window in ${browser} instead.\n${stopping}\n`);
		const code = await runBrowser(browser, appWindowArgs((await hub.ticket()).url, home));
		if (code === 0) return 0;
		process.stdout.write(`${browser} ended with code ${code}.\n`);
	} else {
		process.stdout.write(`${reason}${hasDisplay() ? " No Chromium, Chrome, Edge or Brave was found either." : ""}\n`);
	}
	const { url } = await hub.ticket();
	process.stdout.write(`Open this address in a browser (it works once, within a minute; run again for another):\n${url}\n`);
	if (browser === null) process.stdout.write(`${stopping}\n`);
	return 0;
}

/** Resolves to the exit code; 0 too when we were told to end. */
function runBrowser(browser: string, args: readonly string[]): Promise<number> {
	return new Promise((done, failed) => {
		// What the browser says of its own affairs (fonts, D-Bus) is no news of ours.
		const child = spawn(browser, args, { stdio: "ignore" });
		let told = false;
		const end = (signal: NodeJS.Signals) => {
			told = true;
			child.kill(signal);
		};
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
		child.on("error", failed);
		child.on("close", (code) => done(told ? 0 : (code ?? 1)));
	});
}
