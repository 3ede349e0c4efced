import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/fleet-window.ts";

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

/** Of a colour as the browser writes it, from 0 to 255. */
const brightness = (colour: string) => {
	const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
	return (red + green + blue) / 3;
};

test("the theme is chosen once for every window, survives a reload, and may follow the system", async ({
	fleet,
	hub,
	openAnother,
	page,
}) => {
	await page.emulateMedia({ colorScheme: "light" });
	const other = await openAnother();
	await other.emulateMedia({ colorScheme: "light" });
	const pages = [page, other];
	const choose = async (from: string, to: string) => {
		await page.getByRole("button", { name: `Theme: ${from}` }).click();
		await page.getByRole("menuitemcheckbox", { name: to }).click();
	};
	const isDark = async (one: Page) => brightness(await background(one)) < 128;

	for (const one of pages) await expect.poll(() => isDark(one)).toBe(false);
	await choose("As the system", "Dark");
	for (const one of pages) await expect.poll(() => isDark(one)).toBe(true);
	expect((await hub.client.settings.get()).theme).toBe("dark");
	await page.reload();
	await expect(fleet.row("Sky")).toBeVisible();
	expect(await isDark(page)).toBe(true);

	await page.emulateMedia({ colorScheme: "dark" });
	await choose("Dark", "Light");
	for (const one of pages) await expect.poll(() => isDark(one)).toBe(false);
	expect((await hub.client.settings.get()).theme).toBe("light");

	await choose("Light", "As the system");
	await expect.poll(() => isDark(page), "its system is dark").toBe(true);
	await expect.poll(() => isDark(other), "its system is light").toBe(false);
	await page.emulateMedia({ colorScheme: "light" });
	await expect.poll(() => isDark(page)).toBe(false);
	expect((await hub.client.settings.get()).theme).toBe("system");
});

test("the terminal changes with the theme and keeps what it shows", async ({ fleet, give, hub, terminal }) => {
	await give("af_sky", { sh: "echo ready; exec cat" });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	const ground = terminal.element.locator(".xterm-scrollable-element");
	const shown = () => ground.evaluate((element) => getComputedStyle(element).backgroundColor);
	await hub.client.settings.update({ theme: "light" });
	await expect.poll(async () => brightness(await shown())).toBeGreaterThan(200);
	await hub.client.settings.update({ theme: "dark" });
	await expect.poll(async () => brightness(await shown())).toBeLessThan(60);
	await terminal.expectText("ready");
});
