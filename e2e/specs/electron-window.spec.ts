import { AgentWindow } from "../fixtures/agent-window.ts";
import { DesktopShell, expect, test as withHome } from "../fixtures/desktop-shell.ts";
import { backends } from "../fixtures/fleet-window.ts";
import { expectWhole, lineBytes, numberedLines } from "../fixtures/numbered-lines.ts";
import { ShownTerminal } from "../fixtures/shown-terminal.ts";

const lines = 40_000;

const test = withHome.extend({
	// Without a GPU the terminal draws with elements, and its text can be read from the page.
	shell: async ({ home }, use) => {
		const shell = new DesktopShell(home, ["--disable-3d-apis"]);
		await use(shell);
		if (shell.pid === 0) return;
		for (const { agentId, live } of await shell.client.sessions.list()) {
			if (live) await shell.client.sessions.kill({ id: agentId });
		}
		await shell.end();
	},
});

/** The system's clipboard; the page itself may not use it. */
function terminalOf(shell: DesktopShell): ShownTerminal {
	const [page] = shell.app.windows();
	if (!page) throw new Error("The app has no window.");
	return new ShownTerminal(page, {
		read: () => shell.app.evaluate(({ clipboard }) => clipboard.readText()),
		write: (text) => shell.app.evaluate(({ clipboard }, copied) => clipboard.writeText(copied), text),
	});
}

for (const backend of backends) {
	test(`a window reloaded in the midst of a flood on ${backend} shows every line once`, async ({ shell }) => {
		const page = await shell.start();
		const complaints: string[] = [];
		page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
		const argv = [process.execPath, "-e", numberedLines(lines)];
		await shell.client.agents.update({ id: "af_sky", program: "generic", argv, backend });
		await new AgentWindow(page).row("Sky").click();
		for (const part of [0.1, 0.4]) {
			const printed = async () => (await shell.client.terminals.list())[0]?.endOffset ?? 0;
			await expect.poll(printed, { timeout: 30_000 }).toBeGreaterThan(lines * lineBytes * part);
			await page.reload();
			await expect(page.getByRole("region", { name: "Terminal of Sky" })).toBeVisible();
		}
		await expectWhole(terminalOf(shell), lines);
		expect(complaints).toEqual([]);
	});
}

test("a window whose page crashed goes on with the output, in order", async ({ shell }) => {
	const page = await shell.start();
	const argv = [process.execPath, "-e", numberedLines(3000, [1000])];
	await shell.client.agents.update({ id: "af_sky", program: "generic", argv });
	await new AgentWindow(page).row("Sky").click();
	await terminalOf(shell).expectText(/line 00010(09|10) /);
	await shell.crashPage();
	const rows = () =>
		shell.inPage<string[]>(`[...document.querySelectorAll(".xterm-rows > div")].map((row) => row.textContent.trimEnd())`);
	await expect.poll(async () => (await rows()).join()).toMatch(/line 00010(09|10) /);
	await shell.client.sessions.input({ id: "af_sky", text: "g", submit: false });
	await expect.poll(async () => (await rows()).includes("all printed")).toBe(true);
	const numbers = (await rows()).flatMap((line) => Number(/^line (\d{7})/.exec(line)?.[1] ?? 0) || []);
	expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => 3000 - numbers.length + 1 + at));
});

test("copying and pasting by key use the system's clipboard, and a program does not", async ({ shell }) => {
	const page = await shell.start();
	const bracketing = `
		process.stdin.setRawMode(true);
		process.stdin.on("data", (bytes) => console.log("got " + bytes.toString("hex")));
		process.stdout.write("\\x1b[?2004h\\x1b]52;c;${Buffer.from("evil").toString("base64")}\\x07ready\\n");
	`;
	const argv = [process.execPath, "-e", bracketing];
	await shell.client.agents.update({ id: "af_sky", program: "generic", argv });
	const terminal = terminalOf(shell);
	await shell.app.evaluate(({ clipboard }) => clipboard.writeText("mine"));
	await new AgentWindow(page).row("Sky").click();
	await terminal.expectText("ready");
	expect(await shell.app.evaluate(({ clipboard }) => clipboard.readText())).toBe("mine");
	await terminal.paste("one\ntwo");
	await terminal.expectText(`got ${Buffer.from("\u001b[200~one\rtwo\u001b[201~").toString("hex")}`);
	expect((await terminal.history()).slice(0, 2)).toEqual(["ready", expect.stringContaining("got ")]);
});
