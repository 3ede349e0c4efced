import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/fleet-window.ts";

/** Goes to a menu's entry with the arrow keys and chooses it; a path leads through a menu within the menu. */
async function choose(page: Page, ...path: readonly string[]): Promise<void> {
	for (const [depth, entry] of path.entries()) {
		const found = page.getByRole("menuitem", { name: entry, exact: true });
		await expect(found).toBeVisible();
		const reached = async () => {
			if (await found.evaluate((element) => element === document.activeElement)) return true;
			await page.keyboard.press("ArrowDown");
			return false;
		};
		await expect.poll(reached, { intervals: [0] }).toBe(true);
		await page.keyboard.press(depth < path.length - 1 ? "ArrowRight" : "Enter");
	}
}

test("Shift+F10 and the keyboard alone: start, stop, role, new project, terminate", async ({
	fleet,
	give,
	hub,
	page,
	sessionOf,
	terminal,
}) => {
	await give("af_sky", { sh: "echo ready; exec cat" });
	const sky = fleet.row("Sky");
	await sky.focus();
	await page.keyboard.press("Shift+F10");
	await choose(page, "Start");
	await terminal.expectText("ready");
	expect(await sessionOf("af_sky")).toMatchObject({ live: true });

	await sky.focus();
	await page.keyboard.press("Shift+F10");
	await choose(page, "Set role...");
	await expect(page.getByRole("dialog", { name: "Role of Sky" }).getByLabel("Role")).toBeFocused();
	await page.keyboard.type("Reviewer");
	await page.keyboard.press("Enter");
	await expect(sky).toContainText("Reviewer");
	expect((await hub.client.agents.get({ id: "af_sky" })).role).toBe("Reviewer");
	await expect(sky).toBeFocused();

	await page.keyboard.press("Shift+F10");
	await choose(page, "Move to project", "New project...");
	await expect(page.getByRole("dialog", { name: "New project" }).getByLabel("Name")).toBeFocused();
	await page.keyboard.type("Orchard");
	await page.keyboard.press("Enter");
	await fleet.expectProject("Sky", "Orchard");
	await expect(sky).toBeFocused();
	expect(await hub.client.agents.get({ id: "af_sky" })).toMatchObject({ project: "orchard", role: "Reviewer" });

	await page.keyboard.press("Shift+F10");
	await choose(page, "Terminate...");
	const dialog = page.getByRole("alertdialog", { name: "Terminate Sky?" });
	await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(dialog).toHaveCount(0);
	expect(await sessionOf("af_sky")).toMatchObject({ live: true });
	await expect(sky).toBeFocused();
	await page.keyboard.press("Shift+F10");
	await choose(page, "Terminate...");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await expect.poll(async () => (await sessionOf("af_sky"))?.live ?? false).toBe(false);
});

test("a project is made, renamed and deleted with the keyboard alone, and an agent made in it", async ({ fleet, hub, page }) => {
	await page.getByRole("button", { name: "New project or agent" }).focus();
	await page.keyboard.press("Enter");
	await choose(page, "New project...");
	await page.keyboard.type("Orchard");
	await page.keyboard.press("Enter");
	await expect(fleet.row("Orchard")).toBeVisible();

	await fleet.row("Orchard").focus();
	await page.keyboard.press("Shift+F10");
	await choose(page, "New agent...");
	await expect(page.getByRole("dialog", { name: "New agent" }).getByLabel("Name")).toBeFocused();
	await page.keyboard.type("Picker One");
	await page.keyboard.press("Enter");
	await fleet.expectProject("Picker One", "Orchard");
	expect(await hub.client.agents.list()).toContainEqual(expect.objectContaining({ name: "Picker One", project: "orchard" }));

	await fleet.row("Orchard").focus();
	await page.keyboard.press("Shift+F10");
	await choose(page, "Rename...");
	await page.keyboard.press("ControlOrMeta+A");
	await page.keyboard.type("Garden");
	await page.keyboard.press("Enter");
	await expect(fleet.row("Garden")).toBeFocused();
	expect(await hub.client.projects.list()).toMatchObject([{ slug: "orchard", name: "Garden" }]);

	await page.keyboard.press("Shift+F10");
	await choose(page, "Delete...");
	await page.keyboard.press("Escape");
	expect(await hub.client.projects.list()).toHaveLength(1);
	await expect(fleet.row("Garden")).toBeFocused();
	await page.keyboard.press("Shift+F10");
	await choose(page, "Delete...");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await fleet.expectProject("Picker One", "Unassigned");
	expect(await hub.client.projects.list()).toEqual([]);
});

test("a closed menu gives the focus back to its row, and Ctrl+Shift+S leads out of a terminal", async ({
	fleet,
	give,
	page,
	terminal,
}) => {
	await give("af_sky", { sh: "echo ready; exec cat" });
	await fleet.row("Sky").focus();
	await page.keyboard.press("Shift+F10");
	await expect(page.getByRole("menu", { name: "Sky" })).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("menu")).toHaveCount(0);
	await expect(fleet.row("Sky")).toBeFocused();
	await page.keyboard.press("Enter");
	await terminal.expectText("ready");
	await expect(terminal.element.locator("textarea")).toBeFocused();
	await page.keyboard.press("Control+Shift+S");
	await expect(fleet.row("Sky")).toBeFocused();
});
