import type { Page } from "@playwright/test";
import { AgentWindow } from "../fixtures/agent-window.ts";
import { backends, expect, test } from "../fixtures/fleet-window.ts";
import type { HubProcess } from "../fixtures/hub-process.ts";
import { expectWhole, lineBytes, numberedLines } from "../fixtures/numbered-lines.ts";
import { ShownTerminal } from "../fixtures/shown-terminal.ts";

const floodLines = 70_000;

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
