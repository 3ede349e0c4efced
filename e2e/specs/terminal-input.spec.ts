import { backends, expect, test } from "../fixtures/fleet-window.ts";

/** Switches a mode on where one is named, and prints each piece of input that it gets as hex, one line each. */
const hexOf = (mode: string) => `
	process.stdin.setRawMode(true);
	process.stdout.write("${mode}ready\\n");
	process.stdin.on("data", (bytes) => console.log("got " + bytes.toString("hex")));
`;

const hex = (text: string) => Buffer.from(text).toString("hex");

/** The bytes the program said it got, however they were cut. */
function got(history: readonly string[]): string {
	return history
		.filter((line) => line.startsWith("got "))
		.map((line) => line.slice("got ".length))
		.join("");
}

for (const backend of backends) {
	test(`a paste of three lines arrives bracketed as one on ${backend} where the program asked for that`, async ({
		fleet,
		give,
		terminal,
	}) => {
		await give("af_sky", { node: hexOf("\\x1b[?2004h") }, { backend });
		await fleet.row("Sky").click();
		await terminal.expectText("ready");
		await terminal.paste("one\ntwo\nthree");
		await expect.poll(async () => got(await terminal.history())).toBe(hex("\u001b[200~one\rtwo\rthree\u001b[201~"));
	});

	test(`a paste is not bracketed on ${backend} where the program did not ask for it`, async ({ fleet, give, terminal }) => {
		await give("af_sky", { node: hexOf("") }, { backend });
		await fleet.row("Sky").click();
		await terminal.expectText("ready");
		await terminal.paste("one\ntwo\nthree");
		await expect.poll(async () => got(await terminal.history())).toBe(hex("one\rtwo\rthree"));
	});

	test(`a paste cannot end its own bracket on ${backend}`, async ({ fleet, give, terminal }) => {
		await give("af_sky", { node: hexOf("\\x1b[?2004h") }, { backend });
		await fleet.row("Sky").click();
		await terminal.expectText("ready");
		await terminal.paste("safe\u001b[201~rm -rf x\nend");
		const arrived = async () => got(await terminal.history());
		await expect.poll(arrived).toContain(hex("end\u001b[201~"));
		expect((await arrived()).split(hex("\u001b[201~")).length - 1, "ends of a bracket").toBe(1);
	});

	test(`emoji and wide characters arrive as UTF-8 on ${backend}, typed and pasted, and are drawn`, async ({
		fleet,
		give,
		page,
		terminal,
	}) => {
		const text = "漢字 👩‍👩‍👧 é ñ 🎉";
		await give("af_sky", { node: hexOf("") }, { backend });
		await fleet.row("Sky").click();
		await terminal.expectText("ready");
		await terminal.focus();
		await page.keyboard.insertText(text);
		await expect.poll(async () => got(await terminal.history())).toBe(hex(text));
		await terminal.paste(text);
		await expect.poll(async () => got(await terminal.history())).toBe(hex(text) + hex(text));

		await give("af_nova", { sh: "echo '漢字|👩‍👩‍👧|🎉|'; exec cat" }, { backend });
		await fleet.row("Nova").click();
		await terminal.expectText("漢字|👩‍👩‍👧|🎉|");
	});
}

test("what an input method composes arrives once", async ({ fleet, give, page, terminal }) => {
	await give("af_sky", { node: hexOf("") });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	await terminal.focus();
	const inspector = await page.context().newCDPSession(page);
	for (const composed of ["に", "にほ", "にほん", "日本"]) {
		await inspector.send("Input.imeSetComposition", {
			text: composed,
			selectionStart: composed.length,
			selectionEnd: composed.length,
		});
	}
	await inspector.send("Input.insertText", { text: "日本" });
	// Typed behind it: when this has arrived, so has everything before it.
	await page.keyboard.type("!");
	await expect.poll(async () => got(await terminal.history())).toBe(hex("日本!"));
});

test("keys with modifiers arrive as a program knows them", async ({ fleet, give, page, terminal }) => {
	await give("af_sky", { node: hexOf("") });
	await fleet.row("Sky").click();
	await terminal.expectText("ready");
	await terminal.focus();
	const keys: readonly (readonly [string, string])[] = [
		["ArrowUp", "\u001b[A"],
		["Control+ArrowLeft", "\u001b[1;5D"],
		["Escape", "\u001b"],
		["Control+C", "\u0003"],
		["Control+R", "\u0012"],
		["Control+W", "\u0017"],
		["Tab", "\t"],
		["Shift+Tab", "\u001b[Z"],
		["Enter", "\r"],
		["Backspace", "\u007f"],
		["F5", "\u001b[15~"],
	];
	let sent = "";
	for (const [key, bytes] of keys) {
		await page.keyboard.press(key);
		sent += hex(bytes);
		await expect.poll(async () => got(await terminal.rows()), key).toBe(sent);
	}
});
