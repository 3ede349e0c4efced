import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The argv that runs the `clawmux` command line for hooks. Hooks run at every tool call of every agent, so a plain Node is
 * preferred: it starts in half the time of Electron's own.
 * @param cli path of the built command line
 * @param electron path of the running Electron, which serves as Node where there is no other
 */
export function cliCommand(
	cli: string,
	electron: string,
	env: NodeJS.ProcessEnv = process.env,
	platform: NodeJS.Platform = process.platform,
): string[] {
	const name = platform === "win32" ? "node.exe" : "node";
	const onPath = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
	const candidates = [env.npm_node_execpath, ...onPath.map((folder) => join(folder, name))];
	const node = candidates.find((path) => path !== undefined && isExecutable(path));
	if (node) return [node, cli];
	// Windows has no `env`: there a hook without Node fails and says so, rather than opening a window at every call.
	return platform === "win32" ? [name, cli] : ["/usr/bin/env", "ELECTRON_RUN_AS_NODE=1", electron, cli];
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		// Absent or not ours to run: either way no Node for us.
		return false;
	}
}
