import { mainJob } from "../fixtures/claude/claude-flow.ts";
import { test } from "../fixtures/claude/scripted-claude.ts";
import { HubProcess } from "../fixtures/hub-process.ts";

// Without a GPU the terminal draws with elements, and its text can be read from the page.
test.use({
	launchOptions: async ({ launchOptions }, use) =>
		use({ ...launchOptions, args: [...(launchOptions.args ?? []), "--disable-3d-apis"] }),
});

test("the real Claude Code in a browser: started, asked, moved, and still there after its hub was killed", async ({
	claude,
	home,
	page,
}) => {
	test.setTimeout(180_000);
	const hub = new HubProcess(home, claude.env);
	const start = async () => {
		await hub.start();
		await page.goto(await hub.ticketUrl());
		return page;
	};
	try {
		await mainJob({ client: hub.client, start, crash: () => hub.crash() }, claude);
	} finally {
		await hub.end();
	}
});
