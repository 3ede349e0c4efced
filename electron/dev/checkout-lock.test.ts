import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder = "";

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-lock-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A process that takes the lock of `folder` and runs `work` under it; its locks lie in `folder` too. */
function script(work: string): string[] {
	const file = join(import.meta.dirname, "checkout-lock.mjs");
	const text = `import fs from "node:fs"; import { withLock } from ${JSON.stringify(file)}; await withLock(${JSON.stringify(folder)}, async () => { ${work} });`;
	return ["--input-type=module", "--eval", text];
}

const env = () => ({ ...process.env, TMPDIR: folder });

it("lets one of many in at a time", async () => {
	const counter = join(folder, "counter");
	writeFileSync(counter, "0");
	// Read, wait, write: two inside at once would lose a count.
	const work = `const n = Number(fs.readFileSync(${JSON.stringify(counter)}, "utf8")); await new Promise((done) => setTimeout(done, 20)); fs.writeFileSync(${JSON.stringify(counter)}, String(n + 1));`;
	await Promise.all(Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, script(work), { env: env() })));
	expect(readFileSync(counter, "utf8")).toBe("6");
	expect(readdirSync(folder)).toEqual(["counter"]);
});

it("is taken over from a process that was killed", async () => {
	const holder = spawn(process.execPath, script('console.log("in"); await new Promise((done) => setTimeout(done, 60_000));'), {
		env: env(),
	});
	await once(holder.stdout, "data");
	holder.kill("SIGKILL");
	await once(holder, "close");
	expect(readdirSync(folder)).toHaveLength(1);
	const { stdout } = await promisify(execFile)(process.execPath, script('console.log("taken over");'), {
		env: env(),
		timeout: 10_000,
	});
	expect(stdout).toBe("taken over\n");
	expect(readdirSync(folder)).toEqual([]);
});
