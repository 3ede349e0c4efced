import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/fleet-window.ts";
import type { ShownTerminal } from "../fixtures/shown-terminal.ts";

/** Clicks on a text in the terminal, as drawn. Links light up under the pointer first. */
async function clickText(page: Page, terminal: ShownTerminal, text: string): Promise<void> {
	const place = await terminal.element.evaluate((element, wanted) => {
		for (const row of element.querySelectorAll(".xterm-rows > div")) {
			const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
			for (let node = walker.nextNode(); node; node = walker.nextNode()) {
				const at = node.textContent?.indexOf(wanted) ?? -1;
				if (at < 0) continue;
				const range = document.createRange();
				range.setStart(node, at);
				range.setEnd(node, at + wanted.length);
				const { left, top, width, height } = range.getBoundingClientRect();
				return { x: left + width / 2, y: top + height / 2 };
			}
		}
		throw new Error(`The terminal does not show ${wanted}.`);
	}, text);
	await page.mouse.move(place.x - 3, place.y);
	await page.mouse.move(place.x, place.y);
	await page.mouse.click(place.x, place.y);
}

test("a web link is opened only after the person said so, in a tab that knows nothing of ours", async ({
	context,
	fleet,
	give,
	page,
	terminal,
}) => {
	await context.route("https://example.org/**", (route) => route.fulfill({ contentType: "text/html", body: "<p>a page</p>" }));
	const hidden = "\\033]8;;https://example.org/hidden?a=1\\033\\\\handbook\\033]8;;\\033\\\\";
	await give("af_sky", { sh: `printf 'see https://example.org/seen now\\n${hidden}\\nready\\n'; exec cat` });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	const dialog = page.getByRole("dialog", { name: "Open this link?" });

	await clickText(page, terminal, "example.org/seen");
	await expect(dialog).toContainText("https://example.org/seen");
	await dialog.getByRole("button", { name: "Cancel" }).click();
	await expect(dialog).toHaveCount(0);
	expect(context.pages()).toHaveLength(1);

	await clickText(page, terminal, "handbook");
	await expect(dialog, "where a link really leads").toContainText("https://example.org/hidden?a=1");
	const opened = context.waitForEvent("page");
	await dialog.getByRole("button", { name: "Open" }).click();
	const tab = await opened;
	await expect(tab).toHaveURL("https://example.org/hidden?a=1");
	expect(await tab.evaluate(() => window.opener)).toBeNull();
	expect(await tab.evaluate(() => document.referrer)).toBe("");
	await tab.close();
});

test("a link that is no web address is never offered", async ({ context, fleet, give, page, terminal }) => {
	const addresses = [
		"javascript:alert(1)",
		"file:///etc/passwd",
		"data:text/html,<script>alert(1)</script>",
		"https://user:secret@example.org/",
		"vscode://open",
	];
	const link = (address: string, at: number) => `\\033]8;;${address}\\033\\\\link${at}\\033]8;;\\033\\\\\\n`;
	await give("af_sky", { sh: `printf '%b' '${addresses.map(link).join("")}ready\\n'; exec cat` });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	for (const at of addresses.keys()) await clickText(page, terminal, `link${at}`);
	await clickText(page, terminal, "ready");
	await expect(page.getByRole("dialog")).toHaveCount(0);
	expect(context.pages()).toHaveLength(1);
});

test("a program can neither read nor write the clipboard", async ({ fleet, give, page, terminal }) => {
	const mine = "what the person copied";
	await page.evaluate((text) => navigator.clipboard.writeText(text), mine);
	const stolen = Buffer.from("rm -rf /").toString("base64");
	const reads = `
		process.stdin.setRawMode(true);
		process.stdin.on("data", (bytes) => console.log("got " + JSON.stringify(bytes.toString())));
		process.stdout.write("\\x1b]52;c;${stolen}\\x07\\x1b]52;p;${stolen}\\x1b\\\\\\x1b]52;c;?\\x07ready\\n");
	`;
	await give("af_sky", { node: reads });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	await terminal.type("x");
	await terminal.expectText('got "x"');
	expect((await terminal.rows()).filter((line) => line.startsWith("got "))).toEqual(['got "x"']);
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(mine);
});

test("a title and output with markup are text to the window, nothing more", async ({ fleet, give, page, terminal }) => {
	const title = await page.title();
	const markup = "<img src=x onerror=document.title=`broken`><script>document.title=`broken`</script>";
	await give("af_sky", {
		node: `process.stdout.write("\\x1b]0;${markup}\\x07\\x1b]2;second ${markup}\\x07" + ${JSON.stringify(markup)} + "\\nready\\n"); process.stdin.resume()`,
	});
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	await terminal.expectText("<img src=x");
	expect(await page.title()).toBe(title);
	expect(await page.locator("img").count()).toBe(0);
	const outside = page.locator("nav, header, footer, [role=status], [role=tooltip]");
	for (const text of await outside.allTextContents()) expect(text).not.toContain("onerror");
});

test("random bytes leave a terminal that a reset makes whole", async ({ fleet, give, page, terminal }) => {
	await give("af_sky", {
		node: `
			let seed = 7;
			const bytes = Buffer.from({ length: 200000 }, () => (seed = (seed * 1103515245 + 12345) % 2147483648) >> 16 & 255);
			process.stdout.write(bytes, () => process.stdout.write("\\x18\\x1bc\\x1b[?1049l\\x1b[?7hafter all that\\n"));
			process.stdin.resume();
		`,
	});
	await fleet.row("Sky").click();
	await terminal.expectText("after all that", 20_000);
	expect(await page.title()).toBe("ClawMux");
});
