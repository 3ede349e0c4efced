import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Bench } from "../bench.ts";
import { type Figure, percentile, rounded } from "../figure.ts";
import { echoer, flooder } from "../fixtures/programs.ts";

const otherCounts = [1, 4, 16];
/** Keystrokes are this far apart: a fast typist's, and time enough for any timer to run out between two. */
const gapMs = 24;

/** Keystroke to the screen and back: idle against a bare terminal in the same page, then while others flood. */
export async function echo(bench: Bench): Promise<Figure[]> {
	const bare = fork(join(import.meta.dirname, "..", "fixtures", "bare-terminal.ts"), { stdio: ["ignore", 2, 2, "ipc"] });
	try {
		const [url] = (await once(bare, "message")) as [string];
		const figures: Figure[] = [];
		for (const backend of await bench.hub.backends()) figures.push(...(await echoOf(bench, backend, url)));
		return figures;
	} finally {
		bare.kill();
	}
}

async function echoOf(bench: Bench, backend: string, bareUrl: string): Promise<Figure[]> {
	const id = `echo-${backend}`;
	await bench.hub.run(id, backend, echoer);
	const { page } = await bench.page();
	await page.evaluate((id) => window.bench.show(id), id);

	const block = bench.quick ? 25 : 50;
	const hub: number[] = [];
	const bare: number[] = [];
	await echoes(page, block);
	for (let round = 0; round < bench.rounds * 2; round += 1) {
		bench.tell(`echo.${backend}.idle ${round + 1}/${bench.rounds * 2}`);
		hub.push(...(await echoes(page, block)));
		bare.push(
			...(await page.evaluate(([url, count, gap]) => window.bench.bareEcho(url, count, gap), [bareUrl, block, gapMs] as const)),
		);
	}
	const idle = summary(hub);
	const without = summary(bare);
	const ratio = rounded(idle.p50 / without.p50);
	const figures: Figure[] = [
		{
			figure: `echo.${backend}.idle`,
			what: "keystroke until its echo is drawn, nothing else going on, p50 in ms",
			goal: "<= 2 ms",
			reached: idle.p50 <= 2,
			value: idle.p50,
			details: idle,
		},
		{
			figure: `echo.${backend}.idle.relative`,
			what: "the same, relative to a bare pseudo-terminal behind a WebSocket in the same page",
			goal: "<= 1.3",
			reached: ratio <= 1.3,
			value: ratio,
			details: { hub: idle, bare: without },
		},
	];
	for (const count of otherCounts) {
		const others = Array.from({ length: count }, (_, index) => `flood-${backend}-${index}`);
		for (const other of others) await bench.hub.run(other, backend, flooder(bench.product.payloads.ascii.file));
		const times: number[] = [];
		const bareTimes: number[] = [];
		const loop = await bench.loopDelayDuring(async () => {
			for (let round = 0; round < bench.rounds; round += 1) {
				bench.tell(`echo.${backend}.flooding-${count} ${round + 1}/${bench.rounds}`);
				times.push(...(await echoes(page, block)));
				bareTimes.push(...(await bareEchoes(page, bareUrl, block)));
			}
		});
		const busy = summary(times);
		const bareBusy = summary(bareTimes);
		const isIn = ({ p99 }: { p99: number }) => p99 <= 3 * idle.p99 && p99 < 50;
		await bench.hub.stopAll(others);
		figures.push({
			figure: `echo.${backend}.flooding-${count}`,
			what: `the same while ${count} other sessions that nobody looks at flood, p99 in ms`,
			goal: count === 16 ? "<= 3 x idle p99, and < 50 ms" : null,
			reached: count === 16 ? isIn(busy) : null,
			value: busy.p99,
			details: { ...busy, timesIdleP99: rounded(busy.p99 / idle.p99), bare: bareBusy, eventLoopDelayMs: loop },
			...(count === 16 && !isIn(busy) && !isIn(bareBusy)
				? { limitedBy: `the machine: a terminal without a hub took ${bareBusy.p99} ms beside the same floods (p99)` }
				: {}),
		});
	}
	await page.evaluate(() => window.bench.hide());
	await bench.hub.stopAll([id]);
	return figures;
}

function echoes(page: Page, count: number): Promise<number[]> {
	return page.evaluate(([count, gap]) => window.bench.echo(count, gap), [count, gapMs] as const);
}

function bareEchoes(page: Page, url: string, count: number): Promise<number[]> {
	return page.evaluate(([url, count, gap]) => window.bench.bareEcho(url, count, gap), [url, count, gapMs] as const);
}

function summary(times: readonly number[]): { p50: number; p99: number; max: number; of: number } {
	return {
		p50: rounded(percentile(times, 50)),
		p99: rounded(percentile(times, 99)),
		max: rounded(Math.max(...times)),
		of: times.length,
	};
}
