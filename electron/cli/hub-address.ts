import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What the hub writes of itself into `run/hub.json`; only what a client needs of it. */
interface HubFile {
	readonly socket?: unknown;
}

/**
 * The home that the environment names. The same answer as the hub's `homeFromEnv`, which a client cannot afford: that
 * module loads node:crypto, a sixth of what a whole command may take. A test holds the two together.
 */
export function clientHome(env: NodeJS.ProcessEnv = process.env): string {
	return resolve(env.CLAWMUX_HOME || join(env.HOME || homedir(), ".clawmux"));
}

/** The socket of the hub that last ran for a home. Whether one answers there, only asking it tells. */
export function hubSocket(home: string): string {
	try {
		const { socket } = JSON.parse(readFileSync(join(home, "run", "hub.json"), "utf8")) as HubFile;
		if (typeof socket === "string" && socket !== "") return socket;
	} catch (error) {
		// No hub ran here yet, or one is writing this file right now: the usual place is as good a guess as any.
		if (!(error instanceof SyntaxError) && !isMissing(error)) throw error;
	}
	return join(home, "run", "hub.sock");
}

function isMissing(error: unknown): boolean {
	const code = error instanceof Error && "code" in error ? error.code : "";
	return code === "ENOENT" || code === "ENOTDIR";
}
