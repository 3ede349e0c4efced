import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { root } from "../../electron/dev/bundles.ts";
import { homePaths } from "../../electron/hub/home.ts";
import { processesOf, until } from "../fixtures/processes.ts";
import { test } from "../fixtures/temp-home.ts";

test("npm start opens Electron's window, whose main process hosts the hub, and a signal ends both", async ({ home }) => {
	const start = spawn(process.execPath, [join(root, "electron", "dev", "run.mjs"), "start"], {
		env: { ...process.env, CLAWMUX_HOME: home },
		stdio: ["ignore", "ignore", "pipe"],
	});
	let told = "";
	start.stderr.on("data", (chunk) => {
		told += chunk;
	});
	await until("the hub has said where it is", () => existsSync(homePaths(home).hubFile) || start.exitCode !== null, 30_000);
	expect(start.exitCode, told).toBeNull();
	await until("a renderer runs", () => processesOf(home).some(({ command }) => command.includes("--type=renderer")), 30_000);
	start.kill("SIGTERM");
	await once(start, "exit");
	await until("nothing of it runs", () => processesOf(home).length === 0);
});
