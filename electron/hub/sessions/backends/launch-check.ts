import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { ClawmuxError } from "../../../../shared/errors.ts";
import type { CreateSession } from "./session-backend.ts";

/** The file that this command name runs, looked up as execvp does; null where there is none. */
export function findProgram(name: string, path: string | undefined, workDir: string): string | null {
	if (name.includes("/") || isAbsolute(name)) {
		const file = resolve(workDir, name);
		return isProgram(file) ? file : null;
	}
	const endings = process.platform === "win32" ? (process.env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";").concat("") : [""];
	for (const folder of (path ?? "/usr/bin:/bin").split(delimiter))
		for (const ending of endings) {
			const file = join(resolve(workDir, folder), name + ending);
			if (isProgram(file)) return file;
		}
	return null;
}

/**
 * Refuses, before anything starts, what could not start.
 * @throws `invalid_input` for an id, argument or variable no system can take, `not_found` for a missing program or folder.
 */
export function checkLaunch({ sessionId, agentId, argv, workDir, env, cols, rows }: CreateSession): void {
	if (!/^[a-z0-9][a-z0-9_-]*$/.test(sessionId)) throw new ClawmuxError("invalid_input", `"${sessionId}" cannot name a session.`);
	if (!/^[A-Za-z0-9_.-]+$/.test(agentId)) throw new ClawmuxError("invalid_input", `"${agentId}" cannot name an agent.`);
	const [program] = argv;
	if (!program) throw new ClawmuxError("invalid_input", `Session ${sessionId} names no program to run.`);
	for (const text of [...argv, workDir, ...Object.keys(env), ...Object.values(env)])
		if (text.includes("\0"))
			throw new ClawmuxError("invalid_input", `Session ${sessionId} has a NUL byte in its arguments or environment.`);
	for (const name of Object.keys(env))
		if (!name || name.includes("=")) throw new ClawmuxError("invalid_input", `"${name}" cannot name an environment variable.`);
	for (const size of [cols, rows])
		if (!Number.isInteger(size) || size < 1 || size > 10_000)
			throw new ClawmuxError("invalid_input", `A terminal cannot have ${cols} columns and ${rows} rows.`);
	const folder = statSync(workDir, { throwIfNoEntry: false });
	if (!folder) throw new ClawmuxError("not_found", `The working directory ${workDir} does not exist.`);
	if (!folder.isDirectory()) throw new ClawmuxError("invalid_input", `The working directory ${workDir} is not a directory.`);
	if (!findProgram(program, env.PATH, workDir))
		throw new ClawmuxError("not_found", `The program ${program} was not found; install it or give its full path.`);
}

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		return false; // Missing and not executable are the same answer.
	}
}
