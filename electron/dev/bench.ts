// `npm run bench`: builds what is stale and runs the measurements, which print JSON.
import { join } from "node:path";
import { buildIfStale } from "./build-all.ts";
import { root } from "./bundles.ts";
import { runProgram } from "./run-program.ts";
import { prepareBrowser } from "./test/prepare-browser.ts";

const longestMs = 60 * 60_000;

await buildIfStale();
const browser = await prepareBrowser();
if (browser === null) {
	process.stderr.write("clawmux: the measurements need a browser: install Chromium or Chrome\n");
	process.exitCode = 1;
} else {
	process.exitCode = await runProgram(
		[process.execPath, join(root, "e2e", "bench", "run.ts"), ...process.argv.slice(2)],
		longestMs,
		{
			CLAWMUX_BROWSER: browser,
		},
	);
}
