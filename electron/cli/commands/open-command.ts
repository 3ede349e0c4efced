import { appWindowArgs, hasDisplay } from "../browser/app-window.ts";
import { findBrowser } from "../browser/find-browser.ts";
import type { Command } from "../line/command.ts";
import { theAgent } from "./agent-commands.ts";

export const openCommand: Command = {
	name: "open",
	args: "[AGENT]",
	summary: "open the window in a browser, at an agent if one is named",
	options: { print: { help: "print the address instead; it works once, within a minute" } },
	async run(call) {
		const agent = call.args[0] === undefined ? undefined : await theAgent(call);
		const ticket = await call.hub.hub.ticket();
		const url = agent ? `${ticket.url}&agent=${agent.id}` : ticket.url;
		if (call.has("print") || !hasDisplay() || !(await openSomewhere(url, call.home))) call.out.print(url);
		return 0;
	},
};

/** As a window of its own in a browser of the Chromium family, else as a tab of the default browser. */
async function openSomewhere(url: string, home: string): Promise<boolean> {
	const browser = findBrowser();
	if (browser !== null && (await launch(browser, appWindowArgs(url, home)))) return true;
	if (process.platform === "darwin") return launch("open", [url]);
	if (process.platform === "win32") return launch("rundll32", ["url.dll,FileProtocolHandler", url]);
	return launch("xdg-open", [url]);
}

/** Starts a program that outlives this command. False when there is no such program. */
async function launch(program: string, args: readonly string[]): Promise<boolean> {
	const { spawn } = await import("node:child_process");
	const child = spawn(program, args, { detached: true, stdio: "ignore" });
	return new Promise((resolve) => {
		child.once("spawn", () => {
			child.unref();
			resolve(true);
		});
		child.once("error", () => resolve(false));
	});
}
