import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { runApart } from "./run-apart.ts";

const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
	for (const child of children.splice(0)) child.kill("SIGKILL");
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("runApart", () => {
	it("hands on no open file, wherever its number lies", { skip: process.platform !== "linux" }, async () => {
		const folder = mkdtempSync(join(tmpdir(), "clawmux-apart-"));
		folders.push(folder);
		const module = JSON.stringify(join(import.meta.dirname, "run-apart.ts"));
		const script = `import { runApart } from ${module};
			await runApart(["/bin/sh", "-c", "ls -l /proc/self/fd > '${folder}/files'"], process.env);`;
		// A process with inheritable files at 3, 40 and 250, as Electron's main process has them.
		const stdio = [
			"ignore",
			"inherit",
			"inherit",
			...Array.from({ length: 248 }, (_, at) => ([0, 37, 247].includes(at) ? "pipe" : undefined)),
		];
		const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: stdio as "pipe"[] });
		children.push(child);
		expect((await once(child, "exit"))[0]).toBe(0);
		// 0, 1 and 2 are its own, 3 is the folder that ls reads.
		const numbers = [...readFileSync(join(folder, "files"), "utf8").matchAll(/ (\d+) -> /g)].map(([, number]) => number);
		expect(numbers).toEqual(["0", "1", "2", "3"]);
	});

	it("tells what a failing program said", async () => {
		await expect(runApart(["/bin/sh", "-c", "echo no room >&2; exit 3"], process.env)).rejects.toThrow("no room");
		await expect(runApart(["/bin/sh", "-c", "exit 3"], process.env)).rejects.toThrow("/bin/sh ended with exit code 3");
	});
});
