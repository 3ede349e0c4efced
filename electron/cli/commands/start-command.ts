import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ClawmuxError } from "../../../shared/errors.ts";
import { hubExitCodes } from "../hosting/hub-exit-codes.ts";
import { installation, nodeForHub, runsHub } from "../hosting/installation.ts";
import { StartClaim } from "../hosting/start-claim.ts";
import { type Command, type CommandCall, jsonOption, UsageError } from "../line/command.ts";
import { askStatus, type HubStatus, poll } from "../poll.ts";
import { complain } from "../printing/output.ts";
import { version } from "../version.ts";

/** How long a hub may take until it answers, in ms. */
const startLimitMs = 15_000;
/** How much of the log a failed start shows. */
const logLines = 8;

export const startCommand: Command = {
	name: "start",
	summary: "start the hub, or say where it runs",
	options: {
		foreground: { help: "run it here until Ctrl+C, its log on standard error" },
		port: { value: "N", help: "port on 127.0.0.1; 0: any free one" },
		...jsonOption,
	},
	async run(call) {
		const port = portOption(call);
		const running = await askStatus(call.home);
		if (running) return alreadyRuns(call, running, port);
		if (call.has("foreground")) return runInForeground(call, port);
		tell(call, await startDetached(call.home, port));
		return 0;
	},
};

function portOption(call: CommandCall): string | undefined {
	const port = call.text("port");
	if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
		throw new UsageError(`"${port}" is no port: --port takes a number from 0 (any free one) to 65535.`);
	return port;
}

function tell(call: CommandCall, status: HubStatus): void {
	const { pid, url } = status.hub;
	if (call.has("json")) call.out.print(JSON.stringify(status, null, 2));
	else call.out.print(`ClawMux is running at ${url ?? "its socket only"}, pid ${pid}`);
}

function alreadyRuns(call: CommandCall, status: HubStatus, port: string | undefined): number {
	tell(call, status);
	if (status.hub.version !== version)
		complain(
			`The hub that runs is ClawMux ${status.hub.version}, this command is ${version}; \`clawmux stop\` and \`clawmux start\` bring up ${version}.`,
		);
	if (port !== undefined && port !== "0" && new URL(status.hub.url ?? "http://none").port !== port)
		complain(`The hub was running already, so --port ${port} changes nothing; run \`clawmux stop\` first.`);
	return 0;
}

function hubArguments(port: string | undefined): string[] {
	return port === undefined ? [] : ["--port", port];
}

/**
 * Starts a hub that outlives this command and waits until one answers: this one, or the one that was faster.
 * @throws ClawmuxError `unavailable` with the end of the log when none does.
 */
async function startDetached(home: string, port: string | undefined): Promise<HubStatus> {
	const claim = new StartClaim(home);
	const logs = join(home, "logs");
	mkdirSync(logs, { recursive: true, mode: 0o700 });
	const log = join(logs, "hub.log");
	let child: ChildProcess | undefined;
	let logFrom = 0;
	try {
		const status = await poll(startLimitMs, async () => {
			const answering = await askStatus(home);
			if (answering) return answering;
			if (!child && claim.take()) {
				logFrom = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
				child = await spawnHub(home, log, port);
			}
			// Whoever lost the race for the home's lock waits for the winner, or tries again when that one ends instead.
			if (child?.exitCode === hubExitCodes.homeTaken) child = undefined;
			else if (child && (child.exitCode !== null || child.signalCode !== null)) throw startFailed("ended at once", log, logFrom);
			return null;
		});
		if (!status) throw startFailed(`did not answer within ${startLimitMs / 1000} s`, log, logFrom);
		return status;
	} finally {
		claim.release();
	}
}

async function spawnHub(home: string, log: string, port: string | undefined): Promise<ChildProcess> {
	const { spawn } = await import("node:child_process");
	const { hub } = await installation();
	const node = nodeForHub(hub);
	const output = openSync(log, "a", 0o600);
	try {
		// Its folder is the home, so that it holds no other folder or disk.
		const child = spawn(node, [hub, ...hubArguments(port)], {
			cwd: home,
			env: { ...process.env, CLAWMUX_HOME: home },
			detached: true,
			stdio: ["ignore", output, output],
			windowsHide: true,
		});
		await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
		child.unref();
		return child;
	} finally {
		closeSync(output);
	}
}

function startFailed(how: string, log: string, from: number): ClawmuxError {
	const text = existsSync(log) ? readFileSync(log).subarray(from).toString("utf8").trim() : "";
	const lines = text.split("\n").slice(-logLines).join("\n");
	return new ClawmuxError("unavailable", `The ClawMux hub ${how}; its log ${log} ${lines ? `ends:\n${lines}` : "says nothing."}`);
}

/** Runs the hub as long as it lives: in this very process, or in a child where this Node is too old for it. */
async function runInForeground(call: CommandCall, port: string | undefined): Promise<number> {
	const { hub } = await installation();
	const args = ["--foreground", ...hubArguments(port)];
	process.env.CLAWMUX_HOME = call.home;
	if (runsHub(process.version)) {
		const { pathToFileURL } = await import("node:url");
		process.argv = [process.execPath, hub, ...args];
		await import(/* @vite-ignore */ pathToFileURL(hub).href);
		// The hub ends the process itself.
		return new Promise(() => undefined);
	}
	const { spawn } = await import("node:child_process");
	const child = spawn(nodeForHub(hub), [hub, ...args], { stdio: "inherit" });
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
	return new Promise((resolve, reject) => child.once("error", reject).once("exit", (code) => resolve(code ?? 1)));
}
