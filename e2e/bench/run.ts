// `npm run bench -- [--only NAME,...] [--quick] [--profile FOLDER]`: prints one JSON document on standard output.
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { installedElectron } from "../../electron/dev/start/electron-runtime.ts";
import { Bench } from "./bench.ts";
import type { Figure } from "./figure.ts";
import { adoption } from "./figures/adoption.ts";
import { commands } from "./figures/commands.ts";
import { echo } from "./figures/echo.ts";
import { desktopFlood, flood } from "./figures/flood.ts";
import { loopDelay } from "./figures/loop-delay.ts";
import { windowStart } from "./figures/window-start.ts";
import { makeBenchProduct } from "./fixtures/bench-product.ts";
import { describeBackends, describeMachine } from "./machine.ts";

const all: Readonly<Record<string, (bench: Bench) => Promise<Figure[]>>> = {
	flood,
	"desktop-flood": desktopFlood,
	echo,
	commands,
	adoption,
	"loop-delay": loopDelay,
	"window-start": windowStart,
};

/** Of one measurement; the longest takes 5 minutes on two busy cores. */
const longestMs = 15 * 60_000;

const { values } = parseArgs({
	options: { only: { type: "string" }, quick: { type: "boolean", default: false }, profile: { type: "string" } },
});
const names = values.only?.split(",") ?? Object.keys(all);
const unknown = names.filter((name) => !Object.hasOwn(all, name));
const browserPath = process.env.CLAWMUX_BROWSER;
if (unknown.length > 0) {
	process.stderr.write(`clawmux: there is no measurement ${unknown.join(", ")}: they are ${Object.keys(all).join(", ")}\n`);
	process.exitCode = 2;
} else if (browserPath === undefined) {
	process.stderr.write("clawmux: CLAWMUX_BROWSER names no browser; run `npm run bench`\n");
	process.exitCode = 2;
} else await measure(browserPath);

/** Output that never came whole must not keep the rest from being measured. */
async function inTime<T>(name: string, result: T | Promise<T>): Promise<T> {
	const late = new AbortController();
	const limit = delay(longestMs, undefined, { signal: late.signal }).then(() => {
		throw new Error(`${name} was not over after ${longestMs / 60_000} minutes.`);
	});
	try {
		return await Promise.race([result, limit]);
	} finally {
		late.abort();
		limit.catch(() => undefined);
	}
}

async function measure(browserPath: string): Promise<void> {
	const startedAt = new Date();
	const electronPath = installedElectron();
	const machine = describeMachine(browserPath, electronPath);
	const product = await makeBenchProduct(values.quick ? 0.25 : 1);
	const bench = new Bench({ product, quick: values.quick, browserPath, electronPath, profiles: values.profile });
	const figures: Figure[] = [];
	const failures: { measurement: string; error: string }[] = [];
	try {
		await bench.hub.start(product.hub, values.profile);
		const { backends } = await bench.hub.client.hub.info();
		for (const name of names) {
			bench.tell(`measuring ${name}`);
			try {
				figures.push(...(await inTime(name, all[name]?.(bench) ?? [])));
			} catch (error) {
				failures.push({ measurement: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
			}
		}
		const report = {
			startedAt: startedAt.toISOString(),
			seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
			quick: values.quick,
			machine: { ...machine, backends: describeBackends(backends) },
			figures,
			failures,
		};
		process.stdout.write(`${JSON.stringify(report, null, "\t")}\n`);
		if (failures.length > 0) process.exitCode = 1;
	} finally {
		await bench.end();
	}
}
