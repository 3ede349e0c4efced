import { spawn } from "node:child_process";
import { root } from "./bundles.ts";

/**
 * Runs a program in the checkout with our own output, and resolves to its exit code. One that runs longer than `limitMs`
 * is ended with everything it started, says so, and counts as code 124; one that cannot be started as 127.
 */
export function runProgram(argv: readonly string[], limitMs: number, env: NodeJS.ProcessEnv = {}): Promise<number> {
	const [file = "", ...args] = argv;
	// A group of its own, so that a hung runner can be ended together with its workers and browsers.
	const ownGroup = process.platform !== "win32";
	return new Promise((done) => {
		const child = spawn(file, args, {
			cwd: root,
			stdio: ["ignore", "inherit", "inherit"],
			env: { ...process.env, ...env },
			detached: ownGroup,
		});
		const end = (signal: NodeJS.Signals) => {
			if (child.pid === undefined || child.exitCode !== null) return;
			if (ownGroup) process.kill(-child.pid, signal);
			else child.kill(signal);
		};
		let late = false;
		const timer = setTimeout(() => {
			late = true;
			process.stderr.write(`clawmux: ${argv.join(" ")} took over ${Math.round(limitMs / 60_000)} minutes and was ended\n`);
			end("SIGKILL");
		}, limitMs);
		// Being in a group of its own it does not get the terminal's Ctrl+C.
		const forward = (signal: NodeJS.Signals) => {
			end(signal);
			process.exitCode = 130;
		};
		const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
		for (const signal of signals) process.on(signal, forward);
		const finish = (code: number) => {
			clearTimeout(timer);
			for (const signal of signals) process.off(signal, forward);
			done(code);
		};
		child.on("error", (error) => {
			process.stderr.write(`clawmux: cannot run ${file}: ${error.message}\n`);
			finish(127);
		});
		child.on("close", (code) => finish(late ? 124 : (code ?? 1)));
	});
}
