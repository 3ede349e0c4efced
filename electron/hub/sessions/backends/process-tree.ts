import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** One process for certain: numbers are used again, start times with them are not. */
export interface ProcessIdentity {
	readonly pid: number;
	readonly start: string;
}

interface ProcessRow extends ProcessIdentity {
	readonly parent: number;
	readonly group: number;
	readonly session: number;
	readonly zombie: boolean;
	readonly busy: boolean;
}

/** How often a program that was asked to end is looked at. */
const pollMs = 25;

/** When the process started, in the system's own words; empty when there is no such process. */
export function startOf(pid: number): string {
	return readRow(pid)?.start ?? "";
}

/** True while this very process runs. A zombie has ended. */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
	const row = readRow(pid);
	return row !== undefined && row.start === start && !row.zombie;
}

/** Whether no process of this number runs any more; one that its parent has not asked after has ended. */
export function hasEnded(pid: number): boolean {
	const row = readRow(pid);
	return row === undefined || row.zombie;
}

/** Whether this process runs that command and is neither working nor waiting for a processor. */
export function waitsForInput(pid: number, command: string): boolean {
	if (process.platform !== "linux") {
		const row = psRows(["-p", String(pid)])[0];
		return row !== undefined && !row.busy;
	}
	return readProc(pid, "stat").startsWith(`${pid} (${command}) S `);
}

/**
 * A program, its descendants, and what shares its terminal session; with `marker` (`NAME=value` of its environment) also
 * what left both by setsid and a double fork.
 */
export function processTree(root: number, marker?: string): ProcessIdentity[] {
	const rows = allRows();
	const members = new Set([root]);
	for (let grown = true; grown; ) {
		grown = false;
		for (const row of rows) {
			if (members.has(row.pid) || row.pid <= 1 || row.pid === process.pid) continue;
			if (members.has(row.parent) || row.session === root || (marker && hasInEnvironment(row.pid, marker))) {
				members.add(row.pid);
				grown = true;
			}
		}
		marker = undefined; // One look at every environment is enough: it is inherited.
	}
	return rows.filter((row) => members.has(row.pid) && !row.zombie);
}

/** The value by which a session's processes are known wherever they went, from the leader's own environment. */
export function sessionMarker(env: Readonly<Record<string, string>>): string | undefined {
	return env.CLAWMUX_SESSION ? `CLAWMUX_SESSION=${env.CLAWMUX_SESSION}` : undefined;
}

/** The same, read from a running process that this hub did not start. */
export function markerOf(pid: number): string | undefined {
	return environmentOf(pid)
		.split("\0")
		.find((entry) => entry.startsWith("CLAWMUX_SESSION=") && entry.length > "CLAWMUX_SESSION=".length);
}

/** Sends a signal to a process group; one that is gone is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
	sendSignal(-group, signal);
}

/**
 * Ends a tree: SIGTERM to the leader's group and its children's, and after `graceMs` SIGKILL to everything that is left. Resolves when
 * nothing of it runs any more. An abort ends the waiting at once with SIGKILL left undone.
 */
export async function endTree(root: number, options: { graceMs: number; marker?: string; signal?: AbortSignal }): Promise<void> {
	const known = new Map<string, ProcessIdentity>();
	const look = () => {
		for (const member of processTree(root, options.marker)) known.set(`${member.pid} ${member.start}`, member);
		return [...known.values()].filter(isAlive);
	};
	let left = look();
	if (options.graceMs > 0) {
		for (const group of groupsOf(root)) signalGroup(group, "SIGTERM");
		const until = performance.now() + options.graceMs;
		while (left.length > 0 && performance.now() < until) {
			await delay(pollMs, undefined, { signal: options.signal });
			left = left.filter(isAlive);
			if (left.length === 0) left = look();
		}
	}
	// A process may fork while it is being killed, so look again until nothing is left.
	for (let round = 0; left.length > 0 && round < 200; round += 1) {
		for (const member of left) sendSignal(member.pid, "SIGKILL");
		await delay(round === 0 ? 1 : pollMs);
		left = look();
	}
}

/** The leader's group and its children's: an interactive shell moves into a group of its own under whoever started it. */
function groupsOf(root: number): Set<number> {
	const children = allRows().filter(({ parent }) => parent === root);
	return new Set([root, ...children.map(({ group }) => group)]);
}

function sendSignal(target: number, signal: NodeJS.Signals): void {
	try {
		process.kill(target, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}

function allRows(): ProcessRow[] {
	if (process.platform !== "linux") return psRows([]);
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.flatMap((name) => readRow(Number(name)) ?? []);
}

function readRow(pid: number): ProcessRow | undefined {
	if (!Number.isInteger(pid) || pid <= 0) return undefined;
	if (process.platform !== "linux") return psRows(["-p", String(pid)])[0];
	const text = readProc(pid, "stat");
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

function psRows(select: readonly string[]): ProcessRow[] {
	if (process.platform === "win32") return [];
	let text: string;
	try {
		text = execFileSync("ps", [...(select.length > 0 ? select : ["-A"]), "-o", "pid=,ppid=,pgid=,stat=,lstart="], {
			encoding: "utf8",
		});
	} catch {
		return []; // ps exits with 1 when nothing matches.
	}
	return text.split("\n").flatMap((line) => {
		const [pid, parent, group, state, ...start] = line.trim().split(/\s+/);
		if (!pid || !state) return [];
		// There is no session column that is a pid on every system; the leader's group stands for it.
		const row = { pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(group) };
		return [{ ...row, start: start.join(" "), zombie: state.startsWith("Z"), busy: !/^[SI]/.test(state) }];
	});
}

function hasInEnvironment(pid: number, entry: string): boolean {
	return `\0${environmentOf(pid)}`.includes(`\0${entry}\0`);
}

function environmentOf(pid: number): string {
	return process.platform === "linux" ? readProc(pid, "environ") : "";
}

/** Empty for a process that has ended or is another user's. */
function readProc(pid: number, file: string): string {
	try {
		return readFileSync(`/proc/${pid}/${file}`, "utf8");
	} catch {
		return "";
	}
}
