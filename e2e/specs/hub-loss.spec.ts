import { expect, test } from "../fixtures/fleet-window.ts";

/** Whether an element is drawn paler than it is made. */
function isGreyed(element: Element): boolean {
	for (let part: Element | null = element; part; part = part.parentElement) {
		if (Number(getComputedStyle(part).opacity) < 0.7) return true;
	}
	return false;
}

/** What Chromium itself writes of a server that is gone. */
const noServer = /ERR_CONNECTION_REFUSED|WebSocket connection to .* failed/;

test("a stopped hub is told of and what is known turns grey; a new one lets the window in with a new address", async ({
	complaints,
	fleet,
	give,
	hub,
	page,
	sessionOf,
	terminal,
}) => {
	complaints.expect(noServer);
	await give("af_sky", { sh: "echo ready; exec cat" }, { backend: "tmux" });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	await terminal.type("kept\n");
	await terminal.expectText("ready\nkept\nkept");
	const before = await sessionOf("af_sky");
	const { port } = new URL(hub.info.url);

	await hub.cli("stop");
	const banner = page.getByRole("alert").filter({ hasText: "Not connected to the hub since" });
	await expect(banner).toBeVisible();
	await terminal.expectText("ready\nkept\nkept");
	for (const part of [fleet.row("Sky"), terminal.element]) await expect.poll(() => part.evaluate(isGreyed)).toBe(true);
	for (const name of ["Interrupt", "Stop"]) await expect(page.getByRole("button", { name })).toBeDisabled();

	// The token was the old hub's: its answer to the page is a refusal, which Chromium writes down as well.
	complaints.expect(/status of 40[13]/);
	await hub.cli("start", "--port", port);
	expect(await sessionOf("af_sky"), "the session that outlived its hub").toEqual(before);
	await expect(page.getByRole("heading", { name: "Open this window with clawmux open" })).toBeVisible();

	await page.goto(await hub.ticketUrl());
	await expect(page.getByRole("region", { name: "Terminal of Sky" })).toBeVisible();
	await terminal.expectText("ready\nkept\nkept");
	await fleet.expectState("Sky", "running");
	await expect(banner).toHaveCount(0);
	await terminal.type("again\n");
	await terminal.expectText("kept\nkept\nagain\nagain");
});

test("a window stays grey while the hub is away, also one that was killed, and Try now changes nothing", async ({
	complaints,
	fleet,
	give,
	hub,
	page,
	sessionOf,
	terminal,
}) => {
	complaints.expect(noServer);
	await give("af_sky", { sh: "echo ready; exec cat" }, { backend: "tmux" });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	const before = await sessionOf("af_sky");
	await hub.crash();
	const banner = page.getByRole("alert").filter({ hasText: "Not connected to the hub since" });
	await expect(banner).toBeVisible();
	const refused = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/hub"));
	await page.getByRole("button", { name: "Try now" }).click();
	await refused;
	await expect(banner).toBeVisible();
	await expect(fleet.row("Sky")).toHaveAccessibleName("Sky, running");
	await hub.start();
	expect(await sessionOf("af_sky")).toEqual(before);
});

test("a session of the hub's own ends with the hub, and the window says so afterwards", async ({
	complaints,
	fleet,
	give,
	hub,
	page,
	sessionOf,
	terminal,
}) => {
	complaints.expect(noServer);
	await give("af_sky", { sh: "echo ready; exec cat" }, { backend: "pty" });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	await hub.crash();
	await hub.start();
	await page.goto(await hub.ticketUrl());
	await expect(fleet.row("Sky")).toHaveAccessibleName(/^Sky, (dead|exited|stopped)$/);
	expect((await sessionOf("af_sky"))?.live ?? false).toBe(false);
	const { evidence } = await hub.client.agents.get({ id: "af_sky" });
	await expect(fleet.row("Sky")).toHaveAccessibleDescription(new RegExp(evidence.reason.slice(0, 20)));
});
