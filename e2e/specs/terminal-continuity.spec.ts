import type { Page } from "@playwright/test";
import { AgentWindow } from "../fixtures/agent-window.ts";
import { backends, expect, test } from "../fixtures/fleet-window.ts";
import type { HubProcess } from "../fixtures/hub-process.ts";
import { ShownTerminal } from "../fixtures/shown-terminal.ts";

/** Lines a terminal keeps besides those in sight. */
const scrollbackLines = 10_000;
const floodLines = 70_000;
/** Of one printed line, its line end as the terminal sends it included. */
const lineBytes = 72;

/**
 * Prints `line 1` and so on: bursts, and between them single lines. Pauses at each of the `stops` until a key comes, so that a
 * test does what it does in the midst of the output, however fast the machine is.
 */
function numberedLines(lines: number, stops: readonly number[] = []): string {
	return `
		const stops = new Set(${JSON.stringify(stops)});
		process.stdin.setRawMode(true);
		let n = 0;
		const line = () => "line " + String(++n).padStart(7, "0") + " " + "x".repeat(${lineBytes - 15}) + "\\n";
		const put = (text) => new Promise((done) => process.stdout.write(text, done));
		const soon = () => new Promise((done) => setTimeout(done, 2));
		const key = () => new Promise((done) => process.stdin.once("data", done));
		while (n < ${lines}) {
			let burst = "";
			do burst += line(); while (n % 1000 !== 0 && n < ${lines});
			await put(burst);
			for (let single = 0; single < 10 && n % 1000 < 10 && n < ${lines}; single++) {
				await put(line());
				await soon();
			}
			if (stops.has(n - (n % 1000))) await key();
		}
		await put("all printed\\n");
		await key();
	`;
}

/** What a terminal holds is every line up to the last one, in order, as many as it has room for. */
async function expectWhole(terminal: ShownTerminal, lines: number): Promise<void> {
	await terminal.expectText("all printed", 30_000);
	const shown = await terminal.history();
	const end = shown.lastIndexOf("all printed");
	expect(end).toBeGreaterThan(0);
	const numbers = shown.slice(0, end).map((line) => Number(/^line (\d{7}) x+$/.exec(line)?.[1] ?? Number.NaN));
	const first = numbers[0] ?? Number.NaN;
	const broken = numbers.findIndex((number, at) => number !== first + at);
	expect(broken < 0 ? "in order" : shown.slice(Math.max(0, broken - 2), broken + 3), "the lines around a fault").toBe("in order");
	expect(numbers.at(-1)).toBe(lines);
	expect(numbers.length).toBeGreaterThanOrEqual(Math.min(lines, scrollbackLines - 1));
}

async function printed(hub: HubProcess, bytes: number): Promise<void> {
	const end = async () => (await hub.client.terminals.list()).find(({ agentId }) => agentId === "af_sky")?.endOffset ?? 0;
	await expect.poll(end, { timeout: 30_000 }).toBeGreaterThan(bytes);
}

for (const backend of backends) {
	test(`a page reloaded twice in the midst of a flood on ${backend} shows every line once`, async ({
		fleet,
		give,
		hub,
		page,
		terminal,
	}) => {
		await give("af_sky", { node: numberedLines(floodLines) }, { backend });
		await fleet.row("Sky").click();
		for (const part of [0.1, 0.4]) {
			await printed(hub, floodLines * lineBytes * part);
			await page.reload();
			await expect(page.getByRole("region", { name: "Terminal of Sky" })).toBeVisible();
		}
		await expectWhole(terminal, floodLines);
	});

	test(`a page reloaded where the output pauses on ${backend} has the lines of before and after`, async ({
		fleet,
		give,
		hub,
		page,
		terminal,
	}) => {
		const lines = 8000;
		await give("af_sky", { node: numberedLines(lines, [3000, 6000]) }, { backend });
		await fleet.row("Sky").click();
		for (const stop of [3000, 6000]) {
			await printed(hub, stop * (lineBytes - 1));
			await terminal.expectText(new RegExp(`line 000${stop / 1000}0(09|10) `));
			await page.reload();
			await terminal.expectText(new RegExp(`line 000${stop / 1000}0(09|10) `));
			await terminal.type("g");
		}
		await expectWhole(terminal, lines);
	});

	test(`a page that crashed in a flood on ${backend} is opened again and shows every line once`, async ({
		fleet,
		give,
		hub,
		openAnother,
		page,
	}) => {
		await give("af_sky", { node: numberedLines(floodLines) }, { backend });
		await fleet.row("Sky").click();
		await printed(hub, floodLines * lineBytes * 0.3);
		await crash(page);
		const again = await openAnother();
		await new AgentWindow(again).row("Sky").click();
		await expectWhole(new ShownTerminal(again), floodLines);
	});
}

test("a page that stands still stops neither the program nor another page, and catches up", async ({
	fleet,
	give,
	hub,
	openAnother,
	terminal,
}) => {
	const other = await openAnother({ width: 1280, height: 800 });
	await give("af_sky", { node: numberedLines(floodLines, [1000]) });
	await fleet.row("Sky").click();
	await new AgentWindow(other).row("Sky").click();
	for (const one of [terminal, new ShownTerminal(other)]) await one.expectText(/line 00010(09|10) /);

	// A paused script is what a sleeping tab is: nothing is drawn, and no credit given.
	const inspector = await other.context().newCDPSession(other);
	await inspector.send("Debugger.enable");
	const paused = new Promise((resolve) => inspector.once("Debugger.paused", resolve));
	await inspector.send("Debugger.pause");
	await terminal.type("g");
	await paused;
	await expectWhole(terminal, floodLines);
	expect((await hub.client.sessions.capture({ id: "af_sky", lines: 5 })).text).toContain("all printed");

	await inspector.send("Debugger.disable");
	await expectWhole(new ShownTerminal(other), floodLines);
});

test("two pages of different sizes agree on the one of the page that was attended last", async ({
	fleet,
	give,
	hub,
	openAnother,
	terminal,
}) => {
	const report = `const say = () => console.log("size " + process.stdout.rows + " " + process.stdout.columns);
		process.stdout.on("resize", say); say(); process.stdin.resume()`;
	await give("af_sky", { node: report });
	const size = async () => {
		const { rows, cols } = await hub.client.terminals.get({ id: "af_sky" });
		return `size ${rows} ${cols}`;
	};
	await fleet.row("Sky").click();
	await terminal.expectText(/size \d+ \d+/);
	const large = await size();
	await terminal.expectText(large);

	const small = await openAnother({ width: 900, height: 600 });
	const shownSmall = new ShownTerminal(small);
	await new AgentWindow(small).row("Sky").click();
	await expect.poll(size).not.toBe(large);
	const smaller = await size();
	for (const one of [terminal, shownSmall]) await one.expectText(smaller);

	await terminal.type("a");
	await expect.poll(size).toBe(large);
	for (const one of [terminal, shownSmall]) await one.expectText(new RegExp(`${smaller}[^]*${large}`));
	await shownSmall.type("b");
	await expect.poll(size).toBe(smaller);
	for (const one of [terminal, shownSmall]) await one.expectText(new RegExp(`${smaller}[^]*${large}[^]*${smaller}`));
});

/** Ends a page's process as a fault in the browser does, and waits until it is gone. */
async function crash(page: Page): Promise<void> {
	const crashed = new Promise((resolve) => page.once("crash", resolve));
	const inspector = await page.context().newCDPSession(page);
	// It is never answered: who would answer is gone.
	inspector.send("Page.crash").catch(() => undefined);
	await crashed;
}
