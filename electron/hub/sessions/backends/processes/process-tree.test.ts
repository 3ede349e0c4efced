import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, expect, it } from "vitest";
import { until } from "../session-probe.ts";
import { hasEnded, isAlive, sendSignal, startOf } from "./process-rows.ts";
import { endTree, markerOf, processTree } from "./process-tree.ts";

const children: ChildProcess[] = [];
const run = (script: string, env: NodeJS.ProcessEnv = process.env) => {
	const child = spawn("sh", ["-c", script], { detached: true, stdio: "ignore", env });
	children.push(child);
	return child.pid ?? 0;
};

afterEach(async () => {
	for (const { pid } of children.splice(0)) if (pid) await endTree(pid, { graceMs: 0 });
});

it("knows a process by its number and its start", async () => {
	const pid = run("sleep 60");
	const start = await startOf(pid);
	expect(isAlive({ pid, start })).toBe(true);
	expect(hasEnded(pid)).toBe(false);
	expect(isAlive({ pid, start: `${start}0` })).toBe(process.platform !== "linux");
	sendSignal(pid, "SIGKILL");
	await until(() => hasEnded(pid));
	await until(() => !isAlive({ pid, start }));
	sendSignal(pid, "SIGKILL"); // Nobody is there, and that is no error.
	expect(await startOf(0)).toBe("");
});

it("ends what left the tree, and nothing that only looks like it", { skip: process.platform !== "linux" }, async () => {
	const mine = { ...process.env, CLAWMUX_SESSION: `tree-${process.pid}` };
	const elder = run("sleep 60", { ...mine, CLAWMUX_SESSION: `tree-${process.pid}0` });
	const root = run("(setsid sh -c 'sleep 60' &); sleep 60", mine);
	const marker = `CLAWMUX_SESSION=tree-${process.pid}`;
	await until(async () => (await processTree(root, marker)).length === 4);
	expect(await markerOf(root)).toBe(marker);
	await endTree(root, { graceMs: 0, marker });
	expect(await processTree(root, marker)).toEqual([]);
	expect(hasEnded(elder)).toBe(false);
});

it("lets the loop turn while it looks at every process", { skip: process.platform !== "linux" }, async () => {
	const root = run("for i in $(seq 300); do sleep 60 & done; wait");
	await until(async () => (await processTree(root)).length > 300);
	let turns = 0;
	const count = () => {
		turns += 1;
		next = setImmediate(count);
	};
	let next = setImmediate(count);
	await processTree(root, "CLAWMUX_SESSION=none");
	clearImmediate(next);
	// More than 300 processes, 64 at a time.
	expect(turns).toBeGreaterThanOrEqual(4);
});
