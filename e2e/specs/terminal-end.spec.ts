import { backends, expect, test } from "../fixtures/fleet-window.ts";

const lines = 4000;
/** 50 bytes each with its line end: 200 kB in one go, and the program is gone. */
const printAndExit = `
	let all = "";
	for (let n = 1; n <= ${lines}; n++) all += "last " + String(n).padStart(6, "0") + " " + "y".repeat(37) + "\\n";
	require("node:fs").writeSync(1, all.slice(0, 100000));
	process.stdout.write(all.slice(100000), () => process.exit(7));
`;

for (const backend of backends) {
	test(`what ten programs print just before they exit on ${backend} is all there, with the exit code`, async ({
		fleet,
		give,
		hub,
		page,
		sessionOf,
		terminal,
	}) => {
		const agents = (await hub.client.agents.list()).slice(0, 10);
		for (const { id, name } of agents) {
			await give(id, { node: printAndExit }, { backend });
			await fleet.row(name).click();
			await expect(page.getByRole("region", { name: `Terminal of ${name}` }).getByRole("status")).toContainText(
				new RegExp(`^${name}'s session ended at .* \\(.*exit code 7.*\\)\\.`),
				{ timeout: 20_000 },
			);
			await terminal.expectText(`last 00${lines} y`);
			const shown = (await terminal.history()).filter((line) => line.startsWith("last "));
			expect(shown.map((line) => Number(line.slice(5, 11)))).toEqual(Array.from({ length: lines }, (_, at) => at + 1));
			expect(await sessionOf(id)).toMatchObject({ live: false, exitCode: 7 });
			await expect(fleet.row(name)).toHaveAccessibleName(`${name}, exited`);
		}
	});
}

test("an ended session stays readable in a new page, and Start again begins another", async ({
	fleet,
	give,
	page,
	sessionOf,
	terminal,
}) => {
	await give("af_sky", { sh: "echo first run; exit 3" });
	await fleet.row("Sky").click();
	await expect(page.getByText(/exit code 3/).first()).toBeVisible();
	const first = await sessionOf("af_sky");
	await page.reload();
	await terminal.expectText("first run");
	expect(await sessionOf("af_sky"), "looking at it starts nothing").toEqual(first);

	await give("af_sky", { sh: "echo second run; exec cat" });
	await page.getByRole("button", { name: "Start again" }).click();
	await terminal.expectText("second run");
	await fleet.expectState("Sky", "running");
	expect((await terminal.rows()).join("\n")).not.toContain("first run");
	await terminal.type("to the second\n");
	await terminal.expectText("to the second\nto the second");
	expect(await sessionOf("af_sky")).toMatchObject({ live: true, exitCode: null });
});
