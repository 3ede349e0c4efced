import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { allRows, isAlive, type ProcessIdentity, type ProcessRow, sendSignal } from "./process-rows.ts";

/** How often a program that was asked to end is looked at. */
const pollMs = 25;

/** Environments read at once: each read holds one of Node's four file threads, and may wait for the process it asks about. */
const mostReads = 4;

/**
 * A program, its descendants, and what shares its terminal session; with `marker` (`NAME=value` of its environment) also
 * what left both by setsid and a double fork.
 */
export async function processTree(root: number, marker?: string): Promise<ProcessIdentity[]> {
	return treeOf(await allRows(), root, marker);
}

async function treeOf(rows: readonly ProcessRow[], root: number, marker?: string): Promise<ProcessRow[]> {
	const members = new Set([root]);
	const candidates = rows.filter(({ pid }) => pid > 1 && pid !== process.pid);
	grow(members, candidates, root);
	if (marker && process.platform === "linux") {
		// What the program started is younger than the program.
		const eldest = Number(rows.find(({ pid }) => pid === root)?.start ?? 0);
		const asked = candidates.filter(({ pid, start, zombie }) => !members.has(pid) && !zombie && Number(start) >= eldest);
		for (let at = 0; at < asked.length; at += mostReads) {
			const some = asked.slice(at, at + mostReads);
			const environments = await Promise.all(some.map(({ pid }) => environmentOf(pid)));
			some.forEach(({ pid }, index) => {
				if (`\0${environments[index]}`.includes(`\0${marker}\0`)) members.add(pid);
			});
		}
		grow(members, candidates, root);
	}
	return rows.filter((row) => members.has(row.pid) && !row.zombie);
}

function grow(members: Set<number>, rows: readonly ProcessRow[], root: number): void {
	for (let grown = true; grown; ) {
		grown = false;
		for (const row of rows) {
			if (members.has(row.pid) || !(members.has(row.parent) || row.session === root)) continue;
			members.add(row.pid);
			grown = true;
		}
	}
}

/** The value by which a session's processes are known wherever they went, from the leader's own environment. */
export function sessionMarker(env: Readonly<Record<string, string>>): string | undefined {
	return env.CLAWMUX_SESSION ? `CLAWMUX_SESSION=${env.CLAWMUX_SESSION}` : undefined;
}

/** The same, read from a running process that this hub did not start. */
export async function markerOf(pid: number): Promise<string | undefined> {
	return (await environmentOf(pid))
		.split("\0")
		.find((entry) => entry.startsWith("CLAWMUX_SESSION=") && entry.length > "CLAWMUX_SESSION=".length);
}

/**
 * Ends a tree: SIGTERM to the leader's group and its children's, and after `graceMs` SIGKILL to everything that is left. Resolves when
 * nothing of it runs any more. An abort ends the waiting at once with SIGKILL left undone. Windows has no way to ask a
 * program to end: there the tree is ended at once.
 */
export async function endTree(root: number, options: { graceMs: number; marker?: string; signal?: AbortSignal }): Promise<void> {
	if (process.platform === "win32") return endWindowsTree(root);
	const known = new Map<string, ProcessIdentity>();
	const look = async () => {
		const rows = await allRows();
		for (const member of await treeOf(rows, root, options.marker)) known.set(keyOf(member), member);
		// By number and start time as of this look, so that nothing is signalled whose number was used again.
		return rows.filter((row) => known.has(keyOf(row)) && !row.zombie);
	};
	let left: ProcessIdentity[] = await look();
	if (options.graceMs > 0) {
		for (const group of await groupsOf(root)) sendSignal(-group, "SIGTERM");
		const until = performance.now() + options.graceMs;
		while (left.length > 0 && performance.now() < until) {
			await delay(pollMs, undefined, { signal: options.signal });
			left = left.filter(isAlive);
			if (left.length === 0) left = await look();
		}
		// The list may be as old as the grace time.
		if (left.length > 0) left = await look();
	}
	// A process may fork while it is being killed, so look again until nothing is left.
	for (let round = 0; left.length > 0 && round < 200; round += 1) {
		for (const member of left) sendSignal(member.pid, "SIGKILL");
		await delay(round === 0 ? 1 : pollMs);
		left = await look();
	}
}

function keyOf({ pid, start }: ProcessIdentity): string {
	return `${pid} ${start}`;
}

/** The leader's group and its children's: an interactive shell moves into a group of its own under whoever started it. */
async function groupsOf(root: number): Promise<Set<number>> {
	const children = (await allRows()).filter(({ parent }) => parent === root);
	return new Set([root, ...children.map(({ group }) => group)]);
}

/** A program that has ended meanwhile is no error: taskkill fails then, and so would the second try without a word. */
function endWindowsTree(root: number): Promise<void> {
	return new Promise((resolve, reject) => {
		execFile("taskkill", ["/pid", String(root), "/T", "/F"], { windowsHide: true }, (error) => {
			try {
				if (error) sendSignal(root, "SIGKILL");
				resolve();
			} catch (reason) {
				reject(reason);
			}
		});
	});
}

/** Empty for a process that has ended or is another user's, and where no system tells. */
async function environmentOf(pid: number): Promise<string> {
	if (process.platform !== "linux") return "";
	try {
		return await readFile(`/proc/${pid}/environ`, "utf8");
	} catch (error) {
		if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
		throw error;
	}
}
