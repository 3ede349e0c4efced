import { mkdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The arguments that make a browser of the Chromium family show an address as a window of its own, in a profile under
 * the home: the user's own profile, with its extensions, stays out of it. Makes the profile's folder.
 */
export function appWindowArgs(url: string, home: string): string[] {
	const profile = join(home, "browser");
	mkdirSync(profile, { recursive: true, mode: 0o700 });
	// Chromium's sandbox refuses to run as root.
	const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
	return [`--app=${url}`, `--user-data-dir=${profile}`, "--no-first-run", "--no-default-browser-check", ...sandbox];
}

/** Whether a window can be shown at all. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
	return process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
