import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures/fleet-window.ts";

/** Counts interrupts, so that one is told from an end. */
const counting = `process.on("SIGINT", () => console.log("interrupted")); console.log("ready"); setInterval(() => {}, 1000)`;

function item(page: Page, name: string): Locator {
	return page.getByRole("menuitem", { name, exact: true });
}

test("right-click starts, interrupts and stops an agent", async ({ fleet, give, page, sessionOf, terminal }) => {
	await give("af_sky", { node: counting });
	await fleet.row("Sky").click({ button: "right" });
	await expect(item(page, "Stop")).toBeDisabled();
	await expect(item(page, "Interrupt")).toBeDisabled();
	await expect(item(page, "Terminate...")).toBeDisabled();
	await item(page, "Start").click();
	await terminal.expectText("ready");
	expect(await sessionOf("af_sky")).toMatchObject({ live: true });

	await fleet.row("Sky").click({ button: "right" });
	await expect(item(page, "Start")).toBeDisabled();
	await item(page, "Interrupt").click();
	await terminal.expectText("interrupted");
	expect(await sessionOf("af_sky")).toMatchObject({ live: true });

	await fleet.row("Sky").click({ button: "right" });
	await item(page, "Stop").click();
	await expect(fleet.row("Sky")).toHaveAccessibleName(/^Sky, (stopped|exited|dead)$/);
	await expect.poll(async () => (await sessionOf("af_sky"))?.live ?? false).toBe(false);
});

test("Terminate asks first: cancelled it does nothing, confirmed it ends the program", async ({
	fleet,
	give,
	page,
	sessionOf,
	terminal,
}) => {
	await give("af_sky", { node: `process.on("SIGTERM", () => {}); process.on("SIGHUP", () => {}); ${counting}` });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	const before = await sessionOf("af_sky");
	const dialog = page.getByRole("alertdialog", { name: "Terminate Sky?" });

	for (const cancel of ["button", "Escape"]) {
		await fleet.row("Sky").click({ button: "right" });
		await item(page, "Terminate...").click();
		if (cancel === "button") await dialog.getByRole("button", { name: "Cancel" }).click();
		else await page.keyboard.press("Escape");
		await expect(dialog).toHaveCount(0);
		expect(await sessionOf("af_sky")).toEqual(before);
	}

	await fleet.row("Sky").click({ button: "right" });
	await item(page, "Terminate...").click();
	await dialog.getByRole("button", { name: "Terminate" }).click();
	await expect(dialog).toHaveCount(0);
	await expect(fleet.row("Unassigned")).toHaveAccessibleName("Unassigned, 0 of 27 live");
	await expect.poll(async () => (await sessionOf("af_sky"))?.live ?? false).toBe(false);
});

test("Move to project goes to a project, to a new one and back, and a running agent stays as it is", async ({
	fleet,
	give,
	hub,
	page,
	sessionOf,
	terminal,
}) => {
	await hub.client.projects.create({ name: "Orchard" });
	await give("af_sky", { node: counting });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	const before = await sessionOf("af_sky");
	const move = async (target: () => Promise<void>) => {
		await fleet.row("Sky").click({ button: "right" });
		await item(page, "Move to project").click();
		await target();
	};

	await move(() => page.getByRole("menuitemcheckbox", { name: "Orchard" }).click());
	await fleet.expectProject("Sky", "Orchard");
	await move(() => item(page, "New project...").click());
	const dialog = page.getByRole("dialog", { name: "New project" });
	await expect(dialog).toContainText("Sky moves into it.");
	await dialog.getByLabel("Name").fill("Quarry <b>& co</b>");
	await dialog.getByRole("button", { name: "Create project" }).click();
	await expect(dialog).toHaveCount(0);
	await expect.poll(async () => (await hub.client.agents.get({ id: "af_sky" })).project).toMatch(/^quarry/);
	await expect(page.getByText("Quarry <b>& co</b>", { exact: true })).toBeVisible();
	await move(() => page.getByRole("menuitemcheckbox", { name: "Unassigned" }).click());
	await fleet.expectProject("Sky", "Unassigned");
	expect((await hub.client.agents.get({ id: "af_sky" })).project).toBeNull();
	expect(await sessionOf("af_sky")).toEqual(before);
});

test("a project is renamed and deleted; its agents become Unassigned and run on", async ({
	fleet,
	give,
	hub,
	page,
	sessionOf,
	terminal,
}) => {
	await hub.client.projects.create({ name: "Orchard" });
	await give("af_sky", { node: counting });
	await hub.client.agents.assign({ id: "af_sky", project: "orchard" });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	const before = await sessionOf("af_sky");

	await fleet.row("Orchard").click({ button: "right" });
	await item(page, "Rename...").click();
	await page.getByRole("dialog", { name: "Rename Orchard" }).getByLabel("Name").fill("Garden");
	await page.keyboard.press("Enter");
	await fleet.expectProject("Sky", "Garden");
	expect(await hub.client.projects.list()).toMatchObject([{ slug: "orchard", name: "Garden" }]);

	await fleet.row("Garden").click({ button: "right" });
	await item(page, "Delete...").click();
	const dialog = page.getByRole("alertdialog", { name: "Delete Garden?" });
	await expect(dialog).toContainText("Its agent becomes Unassigned. Running sessions go on");
	await dialog.getByRole("button", { name: "Delete project" }).click();
	await fleet.expectProject("Sky", "Unassigned");
	await expect(fleet.row("Garden")).toHaveCount(0);
	expect(await hub.client.projects.list()).toEqual([]);
	expect(await sessionOf("af_sky")).toEqual(before);
});

test("a refused dialog stays open with what was written and says why", async ({ fleet, hub, page }) => {
	await page.getByRole("button", { name: "New project or agent" }).click();
	await item(page, "New agent...").click();
	const dialog = page.getByRole("dialog", { name: "New agent" });
	await dialog.getByLabel("Name").fill("Second Sky");
	await dialog.getByLabel("Id").fill("af_sky");
	await dialog.getByRole("button", { name: "Create agent" }).click();
	await expect(dialog.getByRole("alert")).toContainText("af_sky");
	await expect(dialog.getByLabel("Name")).toHaveValue("Second Sky");
	expect(await hub.client.agents.list()).toHaveLength(27);
	await dialog.getByLabel("Id").fill("sky2");
	await dialog.getByRole("button", { name: "Create agent" }).click();
	await expect(dialog).toHaveCount(0);
	await expect(fleet.row("Second Sky")).toBeVisible();
	await expect(fleet.row("Unassigned")).toHaveAccessibleName("Unassigned, 0 of 28 live");
	expect(await hub.client.agents.get({ id: "sky2" })).toMatchObject({ name: "Second Sky", project: null });
});
