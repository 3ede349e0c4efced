import { statSync } from "node:fs";
import { ClawmuxError } from "../../../../shared/errors.ts";
import { findBinary } from "../../programs/find-binary.ts";
import type { CreateSession } from "./session-backend.ts";

/**
 * Refuses, before anything starts, what could not start.
 * @returns the program's absolute path and its arguments
 * @throws `invalid_input` for an id, argument or variable no system can take, `not_found` for a missing program or folder.
 */
export function checkLaunch({ sessionId, agentId, argv, workDir, env, cols, rows }: CreateSession): string[] {
	if (!/^[a-z0-9][a-z0-9_-]*$/.test(sessionId)) throw new ClawmuxError("invalid_input", `"${sessionId}" cannot name a session.`);
	if (!/^[A-Za-z0-9_.-]+$/.test(agentId)) throw new ClawmuxError("invalid_input", `"${agentId}" cannot name an agent.`);
	const [program, ...rest] = argv;
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
	// Without a PATH programs are looked for as execvp does.
	const file = findBinary(program, { PATH: "/usr/bin:/bin", ...env }, workDir);
	if (!file) throw new ClawmuxError("not_found", `The program ${program} was not found; install it or give its full path.`);
	return [file, ...rest];
}
