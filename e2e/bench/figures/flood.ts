import type { Page } from "@playwright/test";
import type { Bench } from "../bench.ts";
import { type Figure, percentile, rounded, spread } from "../figure.ts";
import type { FloodRun } from "../page/bench-page-calls.ts";
import { payloadNames } from "../payloads.ts";
import { printer } from "../programs.ts";

const goal = 0.9;

/** Throughput from a program to the screen, against the same screen drawing the same bytes from memory. */
export async function flood(bench: Bench): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const backend of await bench.backends()) {
		const id = `flood-${backend}`;
		await bench.hub.run(id, backend, printer);
		const { page } = await bench.page();
		figures.push(...(await floodOne(bench, page, id, `flood.${backend}`, "over the WebSocket to Chromium")));
		await page.evaluate(() => window.bench.hide());
		await bench.hub.stopAll([id]);
	}
	return figures;
}

export async function floodOne(bench: Bench, page: Page, id: string, name: string, way: string): Promise<Figure[]> {
	const figures: Figure[] = [];
	await page.evaluate((id) => window.bench.show(id), id);
	for (const kind of payloadNames) {
		const { file, bytes, url } = bench.product.payloads[kind];
		const runs: FloodRun[] = [];
		const memory: number[] = [];
		for (let round = 0; round < bench.rounds + 1; round += 1) {
			bench.tell(`${name}.${kind} ${round}/${bench.rounds}`);
			const run = await page.evaluate(([command, bytes]) => window.bench.flood(command, bytes), [`${file}\n`, bytes] as const);
			const ms = await page.evaluate((url) => window.bench.parse(url), url);
			// The first round warms the page's code up.
			if (round === 0) continue;
			runs.push(run);
			memory.push(ms);
		}
		figures.push(figureOf(`${name}.${kind}`, way, bytes, runs, memory));
	}
	return figures;
}

function figureOf(figure: string, way: string, bytes: number, runs: FloodRun[], memory: number[]): Figure {
	const ratios = runs.map((run, index) => (memory[index] ?? Number.NaN) / run.ms);
	const value = rounded(percentile(ratios, 50));
	const speed = (ms: number) => bytes / 1e3 / ms;
	return {
		figure,
		what: `program to the last byte drawn ${way}, speed relative to xterm.js drawing the same bytes from memory in the same page`,
		goal: `>= ${goal}`,
		reached: value >= goal,
		value,
		details: {
			ratio: spread(ratios),
			endToEndMBs: spread(runs.map((run) => speed(run.ms))),
			memoryMBs: spread(memory.map(speed)),
			bytes,
			// Below 1 the viewer fell off the tail: what it skipped it was shown as a picture.
			drawnShare: spread(runs.map((run) => run.drawnBytes / bytes)),
			drawnMBs: spread(runs.map((run) => run.drawnBytes / 1e3 / run.ms)),
			resets: spread(runs.map((run) => run.resets)),
			frameKB: spread(runs.map((run) => run.drawnBytes / 1e3 / run.frames)),
		},
	};
}
