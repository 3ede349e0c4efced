import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../bundles.ts";
import { readJsonFile } from "../read-json-file.ts";

const packageFolder = join(root, "node_modules", "electron");
/** Remembers a failed download, so that the next start does not wait for it again. Gone with node_modules. */
const failureFile = join(root, "node_modules", ".cache", "clawmux", "electron-download-failed.json");

/** How long a download may stand still. Without a network the refusal is quick; behind a silent proxy this bounds it. */
const stallMs = 30_000;
/** How long the whole download may take: 110 MB at about 1.5 Mbit/s. */
const longestMs = 600_000;
/** How long a failure is believed. */
const failureLastsMs = 24 * 3_600_000;

/** The command that fetches the runtime by hand, for messages. */
export const downloadCommand = "npx install-electron";

/** What can be started, or one sentence on why nothing can. */
export type ElectronRuntime = { readonly path: string } | { readonly unavailable: string };

/** The runtime that is there already: the one `ELECTRON_OVERRIDE_DIST_PATH` names, else the one of the electron package. */
export function installedElectron(env: NodeJS.ProcessEnv = process.env): string | null {
	const pathFile = join(packageFolder, "path.txt");
	const name = existsSync(pathFile) ? readFileSync(pathFile, "utf8") : executableName();
	const folder = env.ELECTRON_OVERRIDE_DIST_PATH || join(packageFolder, "dist");
	const path = join(folder, name);
	return existsSync(path) ? path : null;
}

/** The installed runtime, or a downloaded one. Tries the download once and remembers that it failed for a day. */
export async function obtainElectron(): Promise<ElectronRuntime> {
	const installed = installedElectron();
	if (installed !== null) return { path: installed };
	if (process.env.ELECTRON_OVERRIDE_DIST_PATH) {
		return { unavailable: `ELECTRON_OVERRIDE_DIST_PATH=${process.env.ELECTRON_OVERRIDE_DIST_PATH} holds no ${executableName()}` };
	}
	const remembered = readFailure();
	if (remembered !== null) return { unavailable: remembered };
	const failure = await download();
	const path = failure === null ? installedElectron() : null;
	if (path !== null) return { path };
	const reason = failure ?? "the download left no runtime behind";
	mkdirSync(join(failureFile, ".."), { recursive: true });
	writeFileSync(failureFile, JSON.stringify({ at: Date.now(), reason }));
	return { unavailable: reason };
}

function executableName(): string {
	if (process.platform === "darwin") return "Electron.app/Contents/MacOS/Electron";
	return process.platform === "win32" ? "electron.exe" : "electron";
}

function readFailure(): string | null {
	const { at = 0, reason } = readJsonFile<{ at: number; reason: string }>(failureFile) ?? {};
	return Date.now() - at < failureLastsMs ? String(reason) : null;
}

/** Runs the electron package's own installer. Resolves to null, or to why it failed. */
async function download(): Promise<string | null> {
	const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
	process.stderr.write(`clawmux: downloading Electron ${version} (about 110 MB, once)\n`);
	// The installer downloads into the temporary folder; one of its own shows how far it is.
	const temporary = mkdtempSync(join(tmpdir(), "clawmux-electron-"));
	try {
		return await new Promise((done) => {
			const child = spawn(process.execPath, [join(packageFolder, "install.js")], {
				stdio: ["ignore", "ignore", "pipe"],
				env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
			});
			let told = "";
			let stopped: string | null = null;
			const stop = (why: string) => {
				stopped = why;
				child.kill("SIGKILL");
			};
			const startedAt = Date.now();
			let progress = { bytes: 0, at: startedAt, shown: 0 };
			const timer = setInterval(() => {
				const bytes = sizeOf(temporary) + sizeOf(join(packageFolder, "dist"));
				if (bytes !== progress.bytes) progress = { ...progress, bytes, at: Date.now() };
				if (bytes - progress.shown >= 10_000_000) {
					process.stderr.write(`clawmux: ${Math.round(bytes / 1_000_000)} MB\n`);
					progress.shown = bytes;
				}
				if (Date.now() - progress.at > stallMs) stop(`the download stood still for ${stallMs / 1000} s`);
				else if (Date.now() - startedAt > longestMs) stop(`the download took over ${longestMs / 60_000} minutes`);
			}, 500);
			child.stderr.on("data", (chunk) => {
				told = (told + chunk).slice(-20_000);
			});
			child.on("error", (error) => {
				told += error.message;
			});
			child.on("close", (code) => {
				clearInterval(timer);
				done(code === 0 ? null : (stopped ?? reasonIn(told, code)));
			});
		});
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
}

/** The most telling line of a stack printed by the installer. */
function reasonIn(told: string, code: number | null): string {
	if (/fetch failed|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT/.test(told)) return "its download server cannot be reached";
	const line = told.split("\n").find((text) => /Error:/.test(text)) ?? told.split("\n").find((text) => text.trim() !== "");
	return line?.trim().replace(/^(\w*Error: )+/, "") ?? `the installer ended with code ${code}`;
}

function sizeOf(folder: string): number {
	if (!existsSync(folder)) return 0;
	return readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce((sum, name) => {
		const info = statSync(join(folder, name), { throwIfNoEntry: false });
		return sum + (info?.isFile() ? info.size : 0);
	}, 0);
}
