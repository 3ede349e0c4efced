import { accessSync, constants, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";

const onWindows = process.platform === "win32";

/**
 * Finds the executable that a command names, as a shell would: a path is taken from `folder` (a relative one without a
 * folder names nothing), a bare name is looked for on the PATH of `env` and then where installers put such programs (a desktop app started from a menu has a short PATH).
 * @returns an absolute path, or null.
 */
export function findBinary(command: string, env: NodeJS.ProcessEnv, folder?: string): string | null {
	if (command === "") return null;
	if (isAbsolute(command) || command.includes("/") || (onWindows && command.includes("\\"))) {
		if (folder === undefined && !isAbsolute(command)) return null;
		return executable(folder === undefined ? command : resolve(folder, command), env);
	}
	// An empty part of a PATH means the current folder to a shell; here it means nothing, as the hub's folder is nobody's.
	const path = (env.PATH ?? env.Path ?? "").split(delimiter).filter(isAbsolute);
	for (const directory of [...path, ...usualFolders(env)]) {
		const found = executable(join(directory, command), env);
		if (found) return found;
	}
	return null;
}

/** The shell that the user would get in a terminal. */
export function userShell(env: NodeJS.ProcessEnv): string {
	if (onWindows) return findBinary("pwsh", env) ?? findBinary("powershell", env) ?? env.COMSPEC ?? "cmd.exe";
	return env.SHELL || accountShell() || "/bin/sh";
}

/** A container's user may have no account: then nothing is known. */
function accountShell(): string | null {
	try {
		return userInfo().shell;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).syscall === "uv_os_get_passwd") return null;
		throw error;
	}
}

function usualFolders(env: NodeJS.ProcessEnv): string[] {
	const home = env.HOME || env.USERPROFILE || homedir();
	if (onWindows) return [join(home, ".local", "bin"), ...(env.APPDATA ? [join(env.APPDATA, "npm")] : [])];
	return [join(home, ".local", "bin"), join(home, "bin"), "/opt/homebrew/bin", "/usr/local/bin"];
}

function executable(path: string, env: NodeJS.ProcessEnv): string | null {
	if (!onWindows) return isExecutable(path) ? path : null;
	const endings = (env.PATHEXT ?? ".COM;.EXE;.BAT;.CMD").split(";");
	const hasEnding = endings.some((ending) => path.toLowerCase().endsWith(ending.toLowerCase()));
	const candidates = hasEnding ? [path] : endings.map((ending) => path + ending.toLowerCase());
	return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
	// `throwIfNoEntry` covers a missing file only, not a part of the path that is a file or may not be entered.
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch (error) {
		if (error instanceof Error && "code" in error) return false;
		throw error;
	}
}
