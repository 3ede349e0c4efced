import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** The oldest Node that the command line runs on. */
const oldestMajor = 20;

/** How long a Node may take to say its version, in ms: a stub that asks to be installed must not hold up the app. */
const answerMs = 3_000;

/**
 * The argv that runs the `clawmux` command line for hooks. Hooks run at every tool call of every agent, so a plain Node is
 * preferred: it starts in half the time of Electron's own. The one that came with this installation is known to do; any
 * other is asked for its version, once for each start of the app.
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
	const bundled = join(dirname(dirname(cli)), "node_modules", "node", "bin", name);
	if (isExecutable(bundled)) return [bundled, cli];
	const onPath = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
	const candidates = [env.npm_node_execpath, ...onPath.map((folder) => join(folder, name))];
	const node = candidates.find((path) => path !== undefined && isExecutable(path) && isNewEnough(path));
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

function isNewEnough(path: string): boolean {
	const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: answerMs, stdio: ["ignore", "pipe", "ignore"] });
	return Number(/^v(\d+)\./.exec(stdout ?? "")?.[1] ?? 0) >= oldestMajor;
}
