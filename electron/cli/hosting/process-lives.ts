import { readFileSync } from "node:fs";

/** Whether a process is there and is more than a zombie that nobody has collected yet. */
export function processLives(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		// EPERM: it is there and another user's.
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
	if (process.platform !== "linux") return true;
	try {
		return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch (error) {
		if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return false;
		throw error;
	}
}
