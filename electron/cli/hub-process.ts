// The headless hub: what `clawmux start` runs, detached or in the foreground.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { ClawmuxError } from "../../shared/errors.ts";
import { homeFromEnv, homePaths } from "../hub/home.ts";
import { createHub, type Hub } from "../hub/hub.ts";
import { fileLog, stderrLog } from "../hub/log.ts";
import { hubExitCodes } from "./hosting/hub-exit-codes.ts";
import { installation } from "./hosting/installation.ts";
import { version } from "./version.ts";

const { values } = parseArgs({ options: { port: { type: "string" }, foreground: { type: "boolean" } } });
if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) {
	process.stderr.write(`clawmux: "${values.port}" is no port: --port takes a number from 0 (any free one) to 65535.\n`);
	process.exit(hubExitCodes.wrongUsage);
}
const paths = homePaths(homeFromEnv());
const place = await installation();

// What an agent's session has in its environment is that agent's, should a hub be started from within one.
for (const name of ["CLAWMUX_AGENT_ID", "CLAWMUX_SESSION_SECRET", "CLAWMUX_SOCKET"]) delete process.env[name];

try {
	const log = values.foreground ? stderrLog() : fileLog(paths.logs);
	// One fault must not end every agent's terminal.
	process.on("uncaughtException", (error) => log.error("An error reached nobody.", { error }));
	process.on("unhandledRejection", (error) => log.error("A rejection reached nobody.", { error }));
	const hub = await createHub({
		home: paths.home,
		version,
		port: values.port === undefined ? undefined : Number(values.port),
		webRoot: existsSync(place.webRoot) ? place.webRoot : undefined,
		cliCommand: [process.execPath, place.cli],
		log,
		// After the answer to whoever asked has been written.
		onShutdown: () => setImmediate(() => end(hub)),
	});
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(hub));
	if (values.foreground) process.stdout.write(`ClawMux is running at ${hub.info.url ?? hub.info.socket}, pid ${process.pid}\n`);
} catch (error) {
	process.stderr.write(
		`clawmux: ${error instanceof ClawmuxError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
	);
	process.exit(homeIsTaken(error) ? hubExitCodes.homeTaken : hubExitCodes.failed);
}

let ending = false;

/** Closes the hub and ends the process; asked a second time, ends it as it is. */
function end(hub: Hub): void {
	if (ending) process.exit(hubExitCodes.failed);
	ending = true;
	hub.close().then(
		() => process.exit(hubExitCodes.ended),
		(error: unknown) => {
			process.stderr.write(`clawmux: the hub did not close cleanly: ${error instanceof Error ? error.stack : String(error)}\n`);
			process.exit(hubExitCodes.failed);
		},
	);
}

/** A lost race for the home, which is no failure: whoever won serves this home. */
function homeIsTaken(error: unknown): boolean {
	return error instanceof ClawmuxError && error.code === "conflict";
}
