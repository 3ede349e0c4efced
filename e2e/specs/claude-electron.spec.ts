import { mainJob } from "../fixtures/claude/claude-flow.ts";
import { test } from "../fixtures/claude/scripted-claude.ts";
import { DesktopApp } from "../fixtures/desktop-app.ts";

test("the real Claude Code in the desktop app: started, asked, moved, and still there after the app was killed", async ({
	claude,
	home,
}) => {
	test.setTimeout(180_000);
	const app = new DesktopApp(home, claude.env);
	try {
		await mainJob(app, claude);
	} finally {
		await app.end();
	}
});
