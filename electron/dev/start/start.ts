// `npm start`: builds what is stale and opens the window: in Electron, else in an installed browser, else by its address.
import { buildIfStale } from "../build-all.ts";
import { root } from "../bundles.ts";
import { downloadCommand, obtainElectron } from "./electron-runtime.ts";
import { openInBrowser } from "./open-in-browser.ts";
import { runElectron, whyElectronCannotRun } from "./run-electron.ts";

const args = process.argv.slice(2);

try {
	await buildIfStale();
	process.exitCode = await start();
} catch (error) {
	process.stderr.write(`clawmux: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}

/** Resolves to the exit code, when the window is closed. */
async function start(): Promise<number> {
	const obstacle = whyElectronCannotRun();
	if (obstacle !== null) return openInBrowser(`Electron cannot open a window here: ${obstacle}.`);
	const runtime = await obtainElectron();
	if ("unavailable" in runtime) {
		return openInBrowser(`Electron's runtime is not available: ${runtime.unavailable} (to fetch it: ${downloadCommand}).`);
	}
	const ended = await runElectron(runtime.path, [root, ...args]);
	if ("cannotRun" in ended) return openInBrowser(`Electron cannot run here: ${ended.cannotRun}.`);
	return ended.exitCode;
}
