import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/hub-process.ts";

for (const colorScheme of ["light", "dark"] as const) {
	test(`the ${colorScheme} window has no accessibility fault that axe can find, at rest and with a menu open`, async ({
		hub,
		openWindow,
		page,
	}) => {
		await page.emulateMedia({ colorScheme });
		await hub.client.projects.create({ name: "Orchard" });
		await hub.client.agents.assign({ id: "af_sky", project: "orchard" });
		await openWindow();
		const sky = page.getByRole("treeitem", { name: /^Sky\b/ });
		await expect(sky).toBeVisible();
		expect(await faultsOf(page)).toEqual([]);
		await sky.click({ button: "right" });
		await expect(page.getByRole("menu").first()).toBeVisible();
		// While a menu is open it is all there is: the rest is hidden from readers.
		expect(await faultsOf(page, '[role="menu"]')).toEqual([]);
	});
}

/** What axe finds, one line a fault with the first element that has it. */
async function faultsOf(page: Page, part = "html"): Promise<string[]> {
	const axe = new AxeBuilder({ page }).include(part).disableRules([
		// A group shows `0/1` and is read out as "0 of 1 live".
		"label-content-name-mismatch",
		// A menu floats over the page and belongs to none of its landmarks.
		...(part === "html" ? [] : ["region"]),
	]);
	const { violations } = await axe.analyze();
	return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html} ${nodes[0]?.failureSummary ?? ""}`);
}
