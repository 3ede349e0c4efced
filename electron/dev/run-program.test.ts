import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runProgram } from "./run-program.ts";

const run = (text: string, limitMs = 20_000) => runProgram([process.execPath, "--eval", text], limitMs);

it("tells the exit code", async () => {
	expect(await run("process.exit(0)")).toBe(0);
	expect(await run("process.exit(7)")).toBe(7);
	expect(await runProgram(["/nonexistent/program"], 1000)).toBe(127);
});

it("counts an end by signal as a failure", async () => {
	expect(await run('process.kill(process.pid, "SIGSEGV")')).toBe(1);
});

it("ends one that takes too long, with what it started", async () => {
	const folder = mkdtempSync(join(tmpdir(), "clawmux-run-"));
	const pidFile = join(folder, "pid");
	const grandchild = `require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
	const code = await run(
		`require("child_process").spawn(process.execPath, ["--eval", ${JSON.stringify(grandchild)}], { stdio: "inherit" })`,
		3000,
	);
	expect(code).toBe(124);
	const pid = Number(readFileSync(pidFile, "utf8"));
	await expect.poll(() => ended(pid)).toBe(true);
	rmSync(folder, { recursive: true });
});

function ended(pid: number): boolean {
	try {
		// A zombie that nobody has collected yet still answers signals; its state says Z.
		return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "ENOENT";
	}
}
