// `npm test`, `npm run check` and `npm run e2e`: runs the steps one after another, goes on after failures, counts
// everything from the runners' own reports, and ends with one line `N passed, N failed, N skipped`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeOldOutput, stepsOf } from "./test-steps.ts";
import { sumOf, type Tally } from "./test-tally.ts";

const [command = "test", ...args] = process.argv.slice(2);
const steps = stepsOf[command];
if (steps === undefined) throw new Error(`no such command: ${command}`);

const reports = mkdtempSync(join(tmpdir(), "clawmux-test-"));
const results: { name: string; tally: Tally; seconds: number }[] = [];
removeOldOutput();
try {
	for (const step of steps) {
		process.stdout.write(`\n== ${step.name}\n`);
		const startedAt = performance.now();
		const tally = await step.run(reports, args).catch((error: unknown): Tally => {
			process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
			return { passed: 0, failed: 1, skipped: 0, notes: [`${step.name} could not be run`] };
		});
		results.push({ name: step.name, tally, seconds: (performance.now() - startedAt) / 1000 });
		// Set when the user interrupted a step: the rest would only be started to be interrupted too.
		if (process.exitCode === 130) break;
	}
} finally {
	rmSync(reports, { recursive: true, force: true });
}

const total = sumOf(results.map(({ tally }) => tally));
const interrupted = process.exitCode === 130;
process.stdout.write("\n");
for (const { name, tally, seconds } of results) {
	const counts = `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
	process.stdout.write(`${name.padEnd(14)} ${counts} (${seconds.toFixed(1)} s)\n`);
	for (const note of tally.notes) process.stdout.write(`  ${note}\n`);
}
if (interrupted) process.stdout.write("interrupted: the steps after this did not run\n");
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
if (!interrupted) process.exitCode = total.failed === 0 ? 0 : 1;
