import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasDisplay } from "../../cli/browser/app-window.ts";
import { installedElectron } from "./electron-runtime.ts";

/** An end by signal this soon after the start is a runtime that cannot run on this machine, not a crash of the app. */
const startupMs = 5_000;

/** Whether programs run as root, where Chromium's sandbox refuses to. */
const isRoot = process.getuid?.() === 0;

/** One clause on why no Electron window can be opened here, known before anything is fetched; null when nothing speaks against it. */
export function whyElectronCannotRun(env: NodeJS.ProcessEnv = process.env): string | null {
	if (!hasDisplay(env)) return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)";
	if (process.platform !== "linux" || isRoot || sandboxWorks()) return null;
	return "this system denies Chromium's sandbox to programs in one's own folders (AppArmor, or no user namespaces)";
}

/**
 * Runs Electron until it ends, handing it SIGTERM and SIGHUP. `cannotRun` is for a runtime that the system cannot even
 * load; an app that starts and fails ends with its own exit code.
 */
export function runElectron(path: string, args: readonly string[]): Promise<{ exitCode: number } | { cannotRun: string }> {
	if (isRoot) process.stderr.write("clawmux: running as root, so Electron runs without its sandbox\n");
	return new Promise((done, failed) => {
		const startedAt = Date.now();
		const child = spawn(path, [...(isRoot ? ["--no-sandbox"] : []), ...args], {
			stdio: ["inherit", "inherit", "pipe"],
			// Set in some editors' terminals; with it Electron would be a plain Node.
			env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined },
		});
		let told = "";
		child.stderr.on("data", (chunk: Buffer) => {
			if (told.length < 4_000) told += chunk;
			process.stderr.write(chunk);
		});
		let signalled = false;
		const forward = (signal: NodeJS.Signals) => {
			signalled = true;
			child.kill(signal);
		};
		for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, forward);
		process.on("SIGINT", () => {
			signalled = true;
		});
		child.on("error", failed);
		child.on("close", (code, signal) => {
			const library = /error while loading shared libraries: ([^:\s]+)/.exec(told);
			if (library) done({ cannotRun: `the system lacks ${library[1]}` });
			else if (signal !== null && !signalled && Date.now() - startedAt < startupMs)
				done({ cannotRun: `it ended at once with ${signal}` });
			else done({ exitCode: code ?? (signalled ? 0 : 1) });
		});
	});
}

/** Whether an Electron in a user's own folder can have its sandbox: by its setuid helper, or by user namespaces. */
function sandboxWorks(): boolean {
	const electron = installedElectron();
	const helper = electron === null ? null : join(dirname(electron), "chrome-sandbox");
	if (helper !== null && existsSync(helper)) {
		const { uid, mode } = statSync(helper);
		if (uid === 0 && (mode & 0o4000) !== 0) return true;
	}
	// Ubuntu 23.10 and later deny them to programs without an AppArmor profile; Debian once had the other switch.
	return (
		kernelSetting("kernel/apparmor_restrict_unprivileged_userns") !== "1" &&
		kernelSetting("kernel/unprivileged_userns_clone") !== "0"
	);
}

function kernelSetting(name: string): string | null {
	const path = `/proc/sys/${name}`;
	return existsSync(path) ? readFileSync(path, "utf8").trim() : null;
}
