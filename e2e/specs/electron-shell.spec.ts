import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test as withShell } from "../fixtures/desktop-shell.ts";
import { HubProcess } from "../fixtures/hub-process.ts";
import { isAlive, until } from "../fixtures/processes.ts";

const test = withShell.extend<{ background: HubProcess }>({
	background: async ({ home }, use) => {
		const hub = new HubProcess(home);
		await hub.start();
		await use(hub);
		await hub.end();
	},
});

/** A program that waits for ever and ends when told, in place of a real agent. */
const quiet = { program: "generic", argv: ["/bin/cat"] };

async function expectSidebar(page: Page): Promise<void> {
	await expect(page.getByRole("treeitem", { name: /^Sky\b/ })).toBeVisible();
}

/** The same through Electron, for a page that was reloaded after a crash. */
const sidebarIsThere = `[...document.querySelectorAll("[role=treeitem]")].some((row) => row.textContent.includes("Sky"))`;

test("the window shows the fleet of the hub in its own process", async ({ shell }) => {
	const page = await shell.start();
	await expectSidebar(page);
	expect(await page.title()).toBe("ClawMux");
	expect(page.url()).toBe("app://clawmux/");
	expect((await shell.client.hub.info()).pid).toBe(shell.pid);
});

test("the tray counts, starts, stops, opens, shows and quits", async ({ shell }) => {
	const page = await shell.start();
	await expectSidebar(page);
	await shell.client.agents.update({ id: "af_sky", ...quiet });
	const { name: project } = await shell.client.projects.create({ name: "Tools & toys" });
	await shell.client.agents.assign({ id: "af_sky", project: "tools-toys" });
	await expect.poll(() => shell.trayLines()).toContain(project.replace("&", "&&"));
	const before = await shell.trayLines();
	expect(before[0]).toBe("27 stopped");
	expect(before[before.indexOf("Tools && toys") + 1]).toBe("  Sky (stopped)");
	expect(before.slice(-2)).toEqual(["Show window", "Quit ClawMux"]);

	await shell.clickTray("Tools", "Sky", "Start");
	await expect.poll(() => shell.trayLines()).toContain("Sky (running, Tools && toys)");
	expect((await shell.trayLines())[0]).toBe("26 stopped, 1 running");
	expect((await shell.client.agents.get({ id: "af_sky" })).state).toBe("running");

	await page.evaluate(() => {
		window.addEventListener("message", (event) => {
			if (event.data?.type === "clawmux:open") document.title = `opened ${event.data.agentId}`;
		});
	});
	await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
	await shell.clickTray("Sky", "Open");
	await expect.poll(() => page.evaluate(() => document.title)).toBe("opened af_sky");
	expect(await shell.isWindowVisible()).toBe(true);

	await shell.clickTray("Sky", "Stop");
	await expect
		.poll(async () => (await shell.client.agents.get({ id: "af_sky" })).sessionId ?? (await shell.trayLines())[0])
		.not.toContain("running");

	await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
	await shell.clickTray("Show window");
	await expect.poll(() => shell.isWindowVisible()).toBe(true);
	await shell.clickTray("Quit");
	await shell.gone();
});

test("closing the window leaves the app in the tray; another start shows it and may name an agent", async ({ shell }) => {
	const page = await shell.start();
	await expectSidebar(page);
	await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
	await expect.poll(() => shell.isWindowVisible()).toBe(false);
	expect(isAlive(shell.pid)).toBe(true);
	await expect(shell.client.hub.info()).resolves.toMatchObject({ pid: shell.pid });

	await page.evaluate(() => {
		window.addEventListener("message", (event) => {
			if (event.data?.type === "clawmux:open") document.title = `opened ${event.data.agentId}`;
		});
	});
	const [exitCode] = await once(shell.startAgain("--open=af_luna"), "exit");
	expect(exitCode).toBe(0);
	await expect.poll(() => shell.isWindowVisible()).toBe(true);
	await expect.poll(() => page.evaluate(() => document.title)).toBe("opened af_luna");
	expect((await shell.client.hub.info()).pid).toBe(shell.pid);
});

test("quitting asks when sessions would end with the app, a signal does not", async ({ shell }) => {
	await expectSidebar(await shell.start());
	await shell.client.agents.update({ id: "af_sky", ...quiet, backend: "pty" });
	await shell.client.sessions.start({ id: "af_sky" });
	await expect.poll(async () => (await shell.trayLines())[0]).toContain("running");

	await shell.app.evaluate(({ app }) => app.quit());
	await expect.poll(() => shell.questions()).toHaveLength(1);
	expect((await shell.questions())[0]).toContain("One agent ends with ClawMux. Sky");
	expect((await shell.client.agents.get({ id: "af_sky" })).state).toBe("running");

	const exited = once(shell.app.process(), "exit");
	process.kill(shell.pid, "SIGTERM");
	expect(await exited).toEqual([0, null]);
	expect(readFileSync(join(shell.home, "logs", "hub.log"), "utf8")).toContain("the hub has ended");
});

test("saying yes to the question quits", async ({ shell }) => {
	await expectSidebar(await shell.start());
	await shell.client.agents.update({ id: "af_sky", ...quiet, backend: "pty" });
	await shell.client.sessions.start({ id: "af_sky" });
	await expect.poll(async () => (await shell.trayLines())[0]).toContain("running");
	await shell.answer(1);
	await shell.app.evaluate(({ app }) => app.quit());
	await shell.gone();
});

test("beside a headless hub the app is a client, and takes over when that hub dies", async ({ shell, background: hub }) => {
	const page = await shell.start();
	await expectSidebar(page);
	const { pid } = hub.info;
	expect((await shell.client.hub.info()).pid).toBe(pid);
	expect(shell.log()).toContain('"mode":"attach"');

	await hub.client.agents.update({ id: "af_sky", name: "Skyler" });
	await expect(page.getByRole("treeitem", { name: /^Skyler\b/ })).toBeVisible();
	await expect.poll(async () => (await shell.trayLines()).join()).toContain("Skyler");

	await hub.crash();
	await until("the app hosts the hub", async () => {
		const answer = await shell.client.hub.info().catch(() => undefined);
		return answer?.pid === shell.pid;
	});
	await shell.client.agents.update({ id: "af_sky", name: "Skye" });
	await expect(page.getByRole("treeitem", { name: /^Skye\b/ })).toBeVisible();
	await expect.poll(async () => (await shell.trayLines()).join()).toContain("Skye");
});

test("quitting an attached app leaves the hub running", async ({ shell, background: hub }) => {
	await expectSidebar(await shell.start());
	await shell.app.evaluate(({ app }) => app.quit());
	await shell.gone();
	expect(isAlive(hub.info.pid)).toBe(true);
});

test("clawmux stop ends the app that hosts the hub", async ({ shell, home }) => {
	await expectSidebar(await shell.start());
	await new HubProcess(home).cli("stop");
	await shell.gone();
});

test("a crashed page is loaded again three times, then the person is asked", async ({ shell }) => {
	await expectSidebar(await shell.start());
	for (let round = 0; round < 3; round++) {
		await shell.crashPage();
		await expect.poll(() => shell.inPage<boolean>(sidebarIsThere)).toBe(true);
	}
	expect(await shell.questions()).toEqual([]);
	await shell.answer(0);
	await shell.crashPage();
	expect((await shell.questions())[0]).toContain("The window keeps crashing.");
	await expect.poll(() => shell.inPage<boolean>(sidebarIsThere)).toBe(true);
});

test("the window comes back where it was", async ({ shell }) => {
	await shell.start();
	const place = { x: 40, y: 60, width: 820, height: 640 };
	await shell.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), place);
	const file = join(shell.home, "electron", "window.json");
	const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);
	await expect.poll(read).toMatchObject({ width: 820, height: 640 });
	const saved = read();
	await shell.end();
	await shell.start();
	const bounds = () => shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
	await expect.poll(bounds).toEqual({ x: saved.x, y: saved.y, width: 820, height: 640 });
	await shell.end();
	writeFileSync(file, "{ damaged");
	await expectSidebar(await shell.start());
});
