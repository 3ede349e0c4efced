import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { findBrowser } from "../electron/cli/browser/find-browser.ts";

const output = join(import.meta.dirname, "output");
/** An installed browser, or else the one that Playwright downloaded. */
const executablePath = findBrowser() ?? undefined;
const isRoot = process.getuid?.() === 0;

export default defineConfig({
	testDir: "specs",
	outputDir: join(output, "results"),
	// A test that needs a second try is a failure, here as in CI.
	retries: 0,
	workers: 2,
	fullyParallel: false,
	forbidOnly: Boolean(process.env.CI),
	timeout: 60_000,
	expect: { timeout: 10_000 },
	// The json reporter's file is named by PLAYWRIGHT_JSON_OUTPUT_FILE, set by `npm test`.
	reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : [["list"]],
	use: { trace: "retain-on-failure", screenshot: "only-on-failure" },
	projects: [
		{
			name: "browser",
			testIgnore: /electron[^/]*\.spec\.ts$/,
			use: {
				browserName: "chromium",
				viewport: { width: 1280, height: 800 },
				launchOptions: { executablePath, args: isRoot ? ["--no-sandbox"] : [] },
			},
		},
		{
			name: "electron",
			testMatch: /electron[^/]*\.spec\.ts$/,
			// Two windows on one display take the keyboard from each other.
			workers: 1,
		},
	],
});
