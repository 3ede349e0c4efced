import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireHomeLock } from "./home-lock.ts";

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-lock-"));
});

afterEach(() => {
	for (const child of children.splice(0)) child.kill("SIGKILL");
	rmSync(folder, { recursive: true, force: true });
});

const file = () => join(folder, "run", "lock.sqlite");

/** A process that takes the lock, says whether it got it, and holds it until it is killed. */
function contender() {
	const script = `
		import { acquireHomeLock } from ${JSON.stringify(new URL("./home-lock.ts", import.meta.url).href)};
		try { acquireHomeLock(${JSON.stringify(file())}); console.log("owner"); setInterval(() => {}, 1000); }
		catch (error) { console.log(error.code); }`;
	const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
	children.push(child);
	const said = once(child.stdout, "data").then(([bytes]) => String(bytes).trim());
	return { child, said };
}

test("a second owner in the same process is refused until the first lets go", () => {
	const lock = acquireHomeLock(file());
	expect(() => acquireHomeLock(file())).toThrow(/Another ClawMux hub owns/);
	lock.release();
	acquireHomeLock(file()).release();
});

test("of many at once one gets it, and after kill -9 of that one the next does", async () => {
	const contenders = Array.from({ length: 8 }, contender);
	const said = await Promise.all(contenders.map((one) => one.said));
	expect(said.filter((word) => word === "owner")).toHaveLength(1);
	expect(said.filter((word) => word === "conflict")).toHaveLength(7);
	const owner = contenders[said.indexOf("owner")];
	const gone = owner && once(owner.child, "exit");
	owner?.child.kill("SIGKILL");
	await gone;
	acquireHomeLock(file()).release();
}, 30_000);
