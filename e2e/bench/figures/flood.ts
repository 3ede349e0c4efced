import { cpus } from "node:os";
import type { Page } from "@playwright/test";
import type { Bench } from "../bench.ts";
import { type Figure, percentile, rounded, spread } from "../figure.ts";
import { DiscardingPipe } from "../fixtures/backend-pipe.ts";
import type { BenchHome } from "../fixtures/bench-home.ts";
import { type CpuUse, cpuPerMb, cpuUse } from "../fixtures/cpu-use.ts";
import { type PayloadName, payloadNames } from "../fixtures/payloads.ts";
import { printer } from "../fixtures/programs.ts";
import type { FloodRun } from "../page/bench-page-calls.ts";

const goal = 0.9;

/** Everything that was measured of one payload, in the order of the rounds; times in ms. */
interface Rounds {
	bytes: number;
	runs: FloodRun[];
	memory: number[];
	/** Milliseconds of processor time per megabyte, by kind of process. */
	cpu: CpuUse[];
	memoryCpu: CpuUse[];
	/** Empty where the backend has no way of its own to compare with. */
	pipe: number[];
}

/** Throughput from a program to the screen, against the same screen drawing the same bytes from memory. */
export async function flood(bench: Bench): Promise<Figure[]> {
	const { page } = await bench.page();
	return floodAll(bench, bench.hub, page, "flood", "over the WebSocket to Chromium");
}

/** The same in the desktop app; nothing where it cannot run. */
export async function desktopFlood(bench: Bench): Promise<Figure[]> {
	const desktop = bench.desktop();
	if (!desktop) return [];
	try {
		const page = await desktop.start(bench.product.desktop);
		await page.waitForFunction(() => window.bench !== undefined);
		await page.evaluate(() => window.bench.connect());
		return await floodAll(bench, desktop, page, "desktop-flood", "over the MessagePort to Electron");
	} finally {
		await desktop.remove();
	}
}

async function floodAll(bench: Bench, home: BenchHome, page: Page, name: string, way: string): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const backend of await home.backends()) {
		const id = `flood-${backend}`;
		const pipe = backend === "tmux" ? new DiscardingPipe() : undefined;
		try {
			await pipe?.start();
			await home.run(id, backend, printer);
			await page.evaluate((id) => window.bench.show(id), id);
			for (const kind of payloadNames) {
				const full = `${name}.${backend}.${kind}`;
				const rounds = await floodRounds(bench, home, page, kind, full, pipe);
				figures.push(...figuresOf(full, way, rounds));
			}
			await page.evaluate(() => window.bench.hide());
			await home.stopAll([id]);
		} finally {
			await pipe?.end();
		}
	}
	return figures;
}

async function floodRounds(
	bench: Bench,
	home: BenchHome,
	page: Page,
	kind: PayloadName,
	name: string,
	pipe?: DiscardingPipe,
): Promise<Rounds> {
	const { file, bytes } = bench.product.payloads[kind];
	const rounds: Rounds = { bytes, runs: [], memory: [], cpu: [], memoryCpu: [], pipe: [] };
	// The first round warms the page's code up.
	for (let round = 0; round < bench.rounds + 1; round += 1) {
		bench.tell(`${name} ${round}/${bench.rounds}`);
		const atStart = cpuUse(home.home);
		const run = await page.evaluate(([command, bytes]) => window.bench.flood(command, bytes), [`${file}\n`, bytes] as const);
		const atEnd = cpuUse(home.home);
		const memory = await page.evaluate(([kind, scale]) => window.bench.parse(kind, scale), [kind, bench.product.scale] as const);
		const afterMemory = cpuUse(home.home);
		const pipeMs = await pipe?.flood(file, bytes);
		if (round === 0) continue;
		rounds.runs.push(run);
		rounds.memory.push(memory);
		rounds.cpu.push(cpuPerMb(atStart, atEnd, bytes) ?? {});
		rounds.memoryCpu.push(cpuPerMb(atEnd, afterMemory, bytes) ?? {});
		if (pipeMs !== undefined) rounds.pipe.push(pipeMs);
	}
	return rounds;
}

function figuresOf(figure: string, way: string, { bytes, runs, memory, cpu, memoryCpu, pipe }: Rounds): Figure[] {
	const speed = (ms: number) => bytes / 1e3 / ms;
	const details = {
		endToEndMBs: spread(runs.map((run) => speed(run.ms))),
		memoryMBs: spread(memory.map(speed)),
		cpuMsPerMB: medians(cpu),
		memoryCpuMsPerMB: medians(memoryCpu),
		bytes,
		// Below 1 the viewer fell off the tail: what it skipped it was shown as a picture.
		drawnShare: spread(runs.map((run) => run.drawnBytes / bytes)),
		resets: spread(runs.map((run) => run.resets)),
		frameKB: spread(runs.map((run) => run.drawnBytes / 1e3 / run.frames)),
	};
	const what = `program to the last byte drawn ${way}, relative to xterm.js drawing the same bytes from memory in the same page`;
	const figures = [relative(figure, what, runs, memory, details, processorLimit(details.cpuMsPerMB, bytes, memory))];
	if (pipe.length > 0) {
		const pipeDetails = { pipeMBs: spread(pipe.map(speed)) };
		figures.push(
			relative(
				`${figure}.own-pipe`,
				"the same, relative to the backend's own pipe into a reader that discards",
				runs,
				pipe,
				pipeDetails,
			),
		);
	}
	return figures;
}

function relative(
	figure: string,
	what: string,
	runs: FloodRun[],
	others: number[],
	details: Record<string, unknown>,
	limitedBy?: string,
): Figure {
	const ratios = runs.map((run, round) => (others[round] ?? Number.NaN) / run.ms);
	const value = rounded(percentile(ratios, 50));
	const reached = value >= goal;
	const limit = !reached && limitedBy !== undefined ? { limitedBy } : {};
	return { figure, what, goal: `>= ${goal}`, reached, value, details: { ratio: spread(ratios), ...details }, ...limit };
}

/** Says so when the processor time of all processes, spread evenly over all cores, takes longer than the goal allows. */
function processorLimit(cpu: CpuUse, bytes: number, memory: readonly number[]): string | undefined {
	const cores = cpus().length;
	const least = Object.values(cpu).reduce((sum, ms) => sum + ms, 0) / cores;
	const allowed = percentile(memory, 50) / (bytes / 1e6) / goal;
	if (least <= allowed) return undefined;
	const shares = Object.entries(cpu)
		.sort(([, a], [, b]) => b - a)
		.map(([kind, ms]) => `${kind} ${ms}`);
	return `processor time: ${rounded(least)} ms per MB on each of ${cores} cores (${shares.join(", ")}), the goal allows ${rounded(allowed)} ms`;
}

/** Of each kind the median over the rounds. */
function medians(uses: readonly CpuUse[]): CpuUse {
	const kinds = new Set(uses.flatMap((use) => Object.keys(use)));
	return Object.fromEntries(
		[...kinds].map((kind) => [
			kind,
			rounded(
				percentile(
					uses.map((use) => use[kind] ?? 0),
					50,
				),
			),
		]),
	);
}
