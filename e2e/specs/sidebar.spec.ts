import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { backends, expect, test } from "../fixtures/fleet-window.ts";
import { ShownTerminal } from "../fixtures/shown-terminal.ts";

test("the sidebar shows the 27 agents under Unassigned, and nothing runs", async ({ fleet, hub, page }) => {
	await expect(page.locator('[role="treeitem"][aria-level="2"]')).toHaveCount(27);
	await expect(page.locator('[role="treeitem"][aria-level="1"]')).toHaveCount(1);
	await expect(fleet.row("Unassigned")).toHaveAccessibleName("Unassigned, 0 of 27 live");
	await expect(fleet.row("Unassigned")).toContainText("0/27");
	await expect(page.getByText("0 live", { exact: true })).toBeVisible();
	expect(await hub.client.sessions.list()).toEqual([]);
	const agents = JSON.parse(await hub.cli("agents", "--json"));
	const names = await page.locator('[role="treeitem"][aria-level="2"]').evaluateAll((rows) => rows.map((row) => row.ariaLabel));
	expect(names).toEqual(agents.map(({ name }: { name: string }) => `${name}, stopped`));
});

for (const backend of backends) {
	test(`a click starts an agent on ${backend}, and its terminal answers what is typed`, async ({
		fleet,
		give,
		hub,
		page,
		sessionOf,
		terminal,
	}) => {
		await give("af_sky", { sh: 'echo ready; read -r line; echo "heard <$line>"; exec cat' }, { backend });
		await expect(fleet.row("Sky").locator("[data-state]")).toHaveAttribute("data-state", "stopped");
		expect(await sessionOf("af_sky")).toBeUndefined();

		await fleet.row("Sky").click();
		await terminal.expectText("ready");
		await terminal.type("good morning\n");
		await terminal.expectText("heard <good morning>");

		await fleet.expectState("Sky", "running");
		await expect(fleet.row("Sky").locator("[data-state]")).toHaveAttribute("data-state", "running");
		await expect(fleet.row("Unassigned")).toHaveAccessibleName("Unassigned, 1 of 27 live");
		await expect(fleet.row("Unassigned")).toContainText("1/27");
		await expect(page.getByText("1 live", { exact: true })).toBeVisible();
		expect(await sessionOf("af_sky")).toMatchObject({ backend, live: true, program: "generic" });
		expect((await hub.client.sessions.list()).length).toBe(1);
		expect(JSON.parse(await hub.cli("status", "--json")).agents).toEqual({ total: 27, live: 1 });
		expect((await hub.client.sessions.capture({ id: "af_sky" })).text).toContain("heard <good morning>");
	});
}

test("resting on a row tells why its state is believed, as the hub does", async ({ fleet, give, hub, page }) => {
	await give("af_sky", { sh: "exec cat" });
	await fleet.row("Sky").click();
	await fleet.expectState("Sky", "running");
	const { evidence } = await hub.client.agents.get({ id: "af_sky" });
	await page.getByRole("main").hover();
	await fleet.row("Sky").hover();
	await expect(page.getByRole("tooltip")).toContainText(`Sky: running`);
	await expect(page.getByRole("tooltip")).toContainText(evidence.reason === "running" ? "running" : evidence.reason);
	await expect(page.getByRole("tooltip")).toContainText(/\d\d:\d\d:\d\d/);
	await expect(fleet.row("Sky")).toHaveAccessibleDescription(/running.*\d\d:\d\d:\d\d/);
});

test("two windows show one start, and a click shows what runs without starting it again", async ({
	fleet,
	give,
	openAnother,
	page,
	sessionOf,
	terminal,
}) => {
	await give("af_sky", { sh: "echo begun $$; exec cat" });
	const other = await openAnother();
	await fleet.row("Sky").click();
	await terminal.expectText(/begun \d+/);
	const started = await sessionOf("af_sky");
	await other.getByRole("treeitem", { name: /^Sky, running/ }).click();
	const [begun = ""] = await terminal.rows();
	await new ShownTerminal(other).expectText(begun);
	await fleet.row("Nova").focus();
	await fleet.row("Sky").click();
	await expect(page.getByRole("region", { name: "Terminal of Sky" })).toBeVisible();
	expect(await sessionOf("af_sky")).toEqual(started);
});

test("a refused start says why, and Retry works once that is mended", async ({ fleet, give, home, hub, page, terminal }) => {
	const folder = join(home, "not there yet");
	await give("af_sky", { sh: "echo here: $PWD; exec cat" }, { folder });
	await fleet.row("Sky").click();
	await expect(page.getByRole("heading", { name: "Sky did not start" })).toBeVisible();
	await expect(page.getByRole("alert")).toContainText(folder);
	expect(await hub.client.sessions.list()).toEqual([]);

	await mkdir(folder);
	await page.getByRole("button", { name: "Retry" }).click();
	await terminal.expectText(`here: ${folder}`);
	await fleet.expectState("Sky", "running");
	await expect(page.getByRole("alert")).toHaveCount(0);
});

test("groups fold in every window, and letters and arrows find rows", async ({ fleet, hub, openAnother, page }) => {
	const other = await openAnother();
	await fleet.row("Unassigned").click();
	await expect(fleet.row("Sky")).toHaveCount(0);
	await expect(other.getByRole("treeitem", { name: /^Sky, / })).toHaveCount(0);
	expect((await hub.client.settings.get()).collapsedProjects).toHaveLength(1);
	await page.keyboard.press("ArrowRight");
	await expect(fleet.row("Sky")).toBeVisible();
	await page.keyboard.type("sky");
	await expect(fleet.row("Sky")).toBeFocused();
	await page.keyboard.press("Home");
	await expect(fleet.row("Unassigned")).toBeFocused();
	expect(await hub.client.sessions.list()).toEqual([]);
});

test("clawmux open AGENT opens the window at that agent and starts it", async ({ give, hub, page, sessionOf }) => {
	await give("af_nova", { sh: "echo nova is here; exec cat" });
	await page.goto((await hub.cli("open", "--print", "nova")).trim());
	await expect(page.getByRole("region", { name: "Terminal of Nova" })).toBeVisible();
	await new ShownTerminal(page).expectText("nova is here");
	await expect(page.getByRole("treeitem", { name: /^Nova, / })).toHaveAttribute("aria-selected", "true");
	expect(await sessionOf("af_nova")).toMatchObject({ live: true });
	expect(page.url()).not.toContain("ticket");
});
