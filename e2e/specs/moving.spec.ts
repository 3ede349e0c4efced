import { backends, expect, test } from "../fixtures/fleet-window.ts";

test.beforeEach(async ({ hub }) => {
	await hub.client.projects.create({ name: "Orchard" });
	await hub.client.projects.create({ name: "Quarry" });
});

for (const backend of backends) {
	test(`an agent dragged into a project keeps its running session on ${backend}`, async ({
		fleet,
		give,
		hub,
		sessionOf,
		terminal,
	}) => {
		await give("af_sky", { sh: "echo begun; exec cat" }, { backend });
		await fleet.row("Sky").click();
		await terminal.expectText("begun");
		await fleet.expectState("Sky", "running");
		const before = await sessionOf("af_sky");
		const agentBefore = await hub.client.agents.get({ id: "af_sky" });

		await fleet.dragToProject("Sky", "Orchard");
		await fleet.expectProject("Sky", "Orchard");
		await expect(fleet.row("Orchard")).toHaveAccessibleName("Orchard, 1 of 1 live");
		await expect(fleet.row("Unassigned")).toHaveAccessibleName("Unassigned, 0 of 26 live");
		const after = await hub.client.agents.get({ id: "af_sky" });
		expect(after).toMatchObject({ project: "orchard", workDir: agentBefore.workDir, sessionId: agentBefore.sessionId });
		expect(await sessionOf("af_sky"), "the session, which knows nothing of projects").toEqual(before);
		await terminal.type("still here\n");
		await terminal.expectText("still here\nstill here");

		await fleet.dragToProject("Sky", "Unassigned");
		await fleet.expectProject("Sky", "Unassigned");
		expect((await hub.client.agents.get({ id: "af_sky" })).project).toBeNull();
		expect(await sessionOf("af_sky")).toEqual(before);
	});
}

test("Escape during a drag drops the agent nowhere", async ({ fleet, hub, page }) => {
	await fleet.row("Sky").hover();
	await page.mouse.down();
	await fleet.row("Orchard").hover();
	await expect(fleet.row("Orchard")).toHaveAttribute("data-drop", "true");
	await page.keyboard.press("Escape");
	await expect(fleet.row("Orchard")).toHaveAttribute("data-drop", "false");
	await page.mouse.up();
	await fleet.dragToProject("Nova", "Quarry");
	await fleet.expectProject("Nova", "Quarry");
	await fleet.expectProject("Sky", "Unassigned");
	expect((await hub.client.agents.get({ id: "af_sky" })).project).toBeNull();
	expect(await hub.client.sessions.list(), "a drag is no click").toEqual([]);
});

test("an agent is moved with the keyboard alone, and every step is said", async ({ fleet, give, hub, page, sessionOf }) => {
	await give("af_sky", { sh: "exec cat" });
	await hub.client.sessions.start({ id: "af_sky" });
	await fleet.expectState("Sky", "running");
	const before = await sessionOf("af_sky");
	const said = page.locator('[role="alert"], [role="status"], [aria-live]').filter({ hasText: /Sky|of 3/ });

	await fleet.row("Sky").focus();
	await page.keyboard.press("Space");
	await expect(said).toHaveText("Sky picked up, in Unassigned. Arrow keys choose a project, Enter moves, Escape cancels.");
	await page.keyboard.press("Home");
	await expect(said).toHaveText("Orchard, 1 of 3.");
	await expect(fleet.row("Orchard")).toHaveAttribute("data-drop", "true");
	await page.keyboard.press("ArrowDown");
	await expect(said).toHaveText("Quarry, 2 of 3.");
	await page.keyboard.press("Escape");
	await expect(said).toHaveText("Cancelled. Sky stays in Unassigned.");
	expect((await hub.client.agents.get({ id: "af_sky" })).project).toBeNull();

	await expect(fleet.row("Sky")).toBeFocused();
	await page.keyboard.press("Space");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Enter");
	await expect(said).toHaveText("Sky moves to Quarry.");
	await fleet.expectProject("Sky", "Quarry");
	await expect(fleet.row("Sky")).toBeFocused();
	expect((await hub.client.agents.get({ id: "af_sky" })).project).toBe("quarry");
	expect(await sessionOf("af_sky")).toEqual(before);
});

test("agents are put in order by dragging one before another", async ({ fleet, hub, page }) => {
	const shown = () =>
		page.locator('[role="treeitem"][aria-level="2"]').evaluateAll((rows) => rows.map((row) => row.ariaLabel?.split(", ")[0]));
	const before = await shown();
	const [first = "", second = "", third = "", ...rest] = before;
	await fleet.row(third).dragTo(fleet.row(first), { targetPosition: { x: 60, y: 2 } });
	await expect.poll(shown).toEqual([third, first, second, ...rest]);
	const listed = (await hub.client.agents.list()).sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
	expect(listed.map(({ name }) => name)).toEqual([third, first, second, ...rest]);
	await page.reload();
	await expect.poll(shown).toEqual([third, first, second, ...rest]);
});
