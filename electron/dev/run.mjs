// The door of every npm script: `node electron/dev/run.mjs COMMAND [ARGS]`. It runs on a bare Node 20 with nothing
// installed, installs what the lock file says, and hands over to the same command under the project's own Node.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled, InstallError } from "./install.mjs";

const commands = {
	/** Ends when all is installed. */
	install: null,
	start: "start/start.ts",
	build: "build.ts",
	test: "test/test.ts",
	check: "test/test.ts",
	e2e: "test/test.ts",
	bench: "bench.ts",
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const [command = "", ...args] = process.argv.slice(2);

/** @param {string} message */
function fail(message) {
	process.stderr.write(`clawmux: ${message}\n`);
	process.exit(1);
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) fail(`Node ${process.versions.node} is too old: install Node 20 or newer (https://nodejs.org).`);
if (!Object.hasOwn(commands, command)) {
	fail(`there is no command ${JSON.stringify(command)}: it is one of ${Object.keys(commands).join(", ")}.`);
}

let node = "";
try {
	node = await ensureInstalled(root);
} catch (error) {
	if (!(error instanceof InstallError)) throw error;
	fail(error.message);
}

const file = commands[/** @type {keyof typeof commands} */ (command)];
if (file === null) process.exit(0);
const script = join(root, "electron", "dev", ...file.split("/"));
// One file serves three commands: it is told which.
const scriptArgs = file === commands.test ? [command, ...args] : args;
const bin = join(root, "node_modules", ".bin");
const separator = process.platform === "win32" ? ";" : ":";
const child = spawn(node, [script, ...scriptArgs], {
	stdio: "inherit",
	// So that whatever a step starts by the name `node` is the project's Node too.
	env: { ...process.env, PATH: existsSync(bin) ? `${bin}${separator}${process.env.PATH ?? ""}` : process.env.PATH },
});
// Ctrl+C reaches the whole process group by itself; a signal sent to this process alone is handed on.
process.on("SIGINT", () => undefined);
for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) process.on(signal, () => child.kill(signal));
child.on("error", (error) => fail(`cannot run ${node}: ${error.message}`));
child.on("exit", (code, signal) => {
	if (signal === null) process.exit(code ?? 1);
	process.exit(128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[/** @type {string} */ (signal)] ?? 0));
});
