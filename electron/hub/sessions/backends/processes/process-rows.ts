import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";

/** One process for certain: numbers are used again, start times with them are not. */
export interface ProcessIdentity {
	readonly pid: number;
	readonly start: string;
}

export interface ProcessRow extends ProcessIdentity {
	readonly parent: number;
	readonly group: number;
	readonly session: number;
	readonly zombie: boolean;
	readonly busy: boolean;
}

/** Processes read in one go: 64 take about a millisecond, and the loop's limit is 16. */
const sliceLength = 64;

/** When the process started, in the system's own words; empty when there is no such process or nothing is known. */
export async function startOf(pid: number): Promise<string> {
	if (process.platform === "linux") return procRow(pid)?.start ?? "";
	return (await psRows(["-p", String(pid)]))[0]?.start ?? "";
}

/**
 * True while this very process runs; a zombie has ended. Cheap enough to ask many times a second. Off Linux it says only
 * that a process of this number is there: ask `startOf` before something that another process must not suffer.
 */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
	if (process.platform !== "linux") return isThere(pid);
	const row = procRow(pid);
	return row !== undefined && row.start === start && !row.zombie;
}

/** Whether no process of this number runs any more; on Linux one that its parent has not asked after has ended too. */
export function hasEnded(pid: number): boolean {
	if (process.platform !== "linux") return !isThere(pid);
	return procRow(pid)?.zombie ?? true;
}

/** Whether this process runs that command and is neither working nor waiting for a processor. */
export async function waitsForInput(pid: number, command: string): Promise<boolean> {
	if (process.platform === "linux") return readStat(pid).startsWith(`${pid} (${command}) S `);
	const [row] = await psRows(["-p", String(pid)]);
	return row !== undefined && !row.busy;
}

/** Every process of this machine; none on Windows. */
export async function allRows(): Promise<ProcessRow[]> {
	if (process.platform !== "linux") return psRows(["-A"]);
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
	const rows: ProcessRow[] = [];
	for (let at = 0; at < pids.length; at += sliceLength) {
		if (at > 0) await nextTurn();
		for (const pid of pids.slice(at, at + sliceLength)) {
			const row = procRow(pid);
			if (row) rows.push(row);
		}
	}
	return rows;
}

/** Sends a signal to a process, or to a group by its negative number; one that is gone is no error. */
export function sendSignal(target: number, signal: NodeJS.Signals): void {
	try {
		process.kill(target, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}

function isThere(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Another user's process may not be signalled, and is there.
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

function procRow(pid: number): ProcessRow | undefined {
	if (!Number.isInteger(pid) || pid <= 0) return undefined;
	const text = readStat(pid);
	// The command name in parentheses may hold anything, so fields count from its last parenthesis (proc(5)).
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	const [state, parent, group, session] = fields;
	const start = fields[19];
	if (!state || !start) return undefined;
	return {
		pid,
		start,
		parent: Number(parent),
		group: Number(group),
		session: Number(session),
		zombie: "ZX".includes(state),
		busy: state !== "S",
	};
}

/** Empty for a process that has ended. The kernel makes this text from what it has in memory: reading it never waits. */
function readStat(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/stat`, "utf8");
	} catch (error) {
		if (["ENOENT", "ESRCH", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
		throw error;
	}
}

async function psRows(select: readonly string[]): Promise<ProcessRow[]> {
	if (process.platform === "win32") return [];
	const text = await new Promise<string>((resolve, reject) => {
		// Start times are compared as text, so they must not depend on who asks.
		const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
		const args = [...select, "-o", "pid=,ppid=,pgid=,stat=,lstart="];
		execFile("ps", args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
			// ps exits with 1 when nothing matches.
			if (error && error.code !== 1) reject(error);
			else resolve(stdout);
		});
	});
	return text.split("\n").flatMap((line) => {
		const [pid, parent, group, state, ...start] = line.trim().split(/\s+/);
		if (!pid || !state) return [];
		// There is no session column that is a pid on every system; the leader's group stands for it.
		const row = { pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(group) };
		return [{ ...row, start: start.join(" "), zombie: state.startsWith("Z"), busy: !/^[SI]/.test(state) }];
	});
}
