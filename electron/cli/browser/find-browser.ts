import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Names on PATH, most wanted first. All speak the same DevTools protocol and know `--app`. */
const linuxNames = [
	"chromium",
	"chromium-browser",
	"google-chrome-stable",
	"google-chrome",
	"microsoft-edge-stable",
	"microsoft-edge",
	"brave-browser",
];
const macApps = ["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"];
const windowsPaths = [
	"Google\\Chrome\\Application\\chrome.exe",
	"Chromium\\Application\\chrome.exe",
	"Microsoft\\Edge\\Application\\msedge.exe",
	"BraveSoftware\\Brave-Browser\\Application\\brave.exe",
];

/** Path of an installed browser of the Chromium family, or null. `CLAWMUX_BROWSER` names one outright. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string | null {
	const candidates = env.CLAWMUX_BROWSER ? [env.CLAWMUX_BROWSER] : installedCandidates(env, platform);
	return candidates.find(isExecutable) ?? null;
}

function installedCandidates(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
	if (platform === "darwin") {
		const folders = ["/Applications", ...(env.HOME ? [join(env.HOME, "Applications")] : [])];
		return macApps.flatMap((app) => folders.map((folder) => join(folder, `${app}.app`, "Contents", "MacOS", app)));
	}
	if (platform === "win32") {
		const folders = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter((folder) => folder !== undefined);
		return windowsPaths.flatMap((path) => folders.map((folder) => join(folder, path)));
	}
	const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
	return linuxNames.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		// Absent or not ours to run: either way not a browser for us.
		return false;
	}
}
