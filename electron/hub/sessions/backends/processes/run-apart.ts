import { closeSync, openSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { spawn } from "node-pty";

/**
 * Runs a program that leaves a server behind, and waits for its end. It inherits no open file of this process: a plain child
 * of Electron's main process gets Chromium's own sockets, and while a server holds those, the window, GPU and network
 * processes of a killed app never notice that it is gone (seen with Electron 33).
 * @throws Error with what the program printed, when it fails.
 */
export async function runApart([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
	let output = "";
	const exitCode = await new Promise<number>((resolve) => {
		const child = withoutGaps(() => spawn(program, args, { env, cwd: tmpdir(), cols: 500 }));
		child.onData((text) => {
			output += text;
		});
		child.onExit((end) => resolve(end.exitCode));
	});
	if (exitCode !== 0) throw new Error(output.trim() || `${program} ended with exit code ${exitCode}`);
}

/**
 * node-pty closes what a child would inherit, but on Linux its built binary stops at the first free number above 15 (pty.cc,
 * 1.2.0-beta.15). So there is none while it works.
 */
function withoutGaps<T>(work: () => T): T {
	const fillers: number[] = [];
	try {
		if (process.platform === "linux") {
			const highest = Math.max(...readdirSync("/proc/self/fd").map(Number));
			for (let filler = 0; filler < highest; fillers.push(filler)) filler = openSync("/dev/null", "r");
		}
		return work();
	} finally {
		for (const filler of fillers) closeSync(filler);
	}
}
