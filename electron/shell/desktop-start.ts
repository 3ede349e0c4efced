import { mkdirSync } from "node:fs";
import { app } from "electron";

/** The agent that `--open=AGENT` on the command line asks for, or null. */
export function agentToOpen(argv: readonly string[]): string | null {
	const prefix = "--open=";
	return argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length) || null;
}

/**
 * Makes this the only desktop app of its home, or hands its wish to the one that runs already. The lock is Chromium's and
 * lies in the folder of its own data, so that folder is the home's.
 * @param folder for Chromium's data, below the home
 * @param onSecondStart called with the agent that a later start wants to see, or null
 * @returns false when another one runs already and was told
 */
export function becomeOnlyInstance(folder: string, onSecondStart: (open: string | null) => void): boolean {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	app.setPath("userData", folder);
	app.setPath("sessionData", folder);
	if (!app.requestSingleInstanceLock()) return false;
	app.on("second-instance", (_event, argv) => onSecondStart(agentToOpen(argv)));
	return true;
}
