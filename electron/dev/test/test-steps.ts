import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hasDisplay } from "../../cli/browser/app-window.ts";
import { root } from "../bundles.ts";
import { runProgram } from "../run-program.ts";
import { installedElectron } from "../start/electron-runtime.ts";
import { prepareBrowser } from "./prepare-browser.ts";
import { sumOf, type Tally, tallyOfExit, tallyOfPlaywright, tallyOfVitest } from "./test-tally.ts";

export interface Step {
	readonly name: string;
	/** `reports` is a folder of this run's own for the runners' reports; `args` are the user's. */
	run(reports: string, args: readonly string[]): Promise<Tally>;
}

const checkLimitMs = 10 * 60_000;
const unitLimitMs = 20 * 60_000;
const e2eLimitMs = 40 * 60_000;

const modules = join(root, "node_modules");
const node = process.execPath;
const vitest = [node, join(modules, "vitest", "vitest.mjs"), "run", "--config", join(root, "electron", "vitest.config.ts")];
const playwright = [
	node,
	join(modules, "@playwright", "test", "cli.js"),
	"test",
	"--config",
	join(root, "e2e", "playwright.config.ts"),
];
const architectureTests = "electron/dev/architecture";

const types: Step = {
	name: "types",
	async run() {
		const tallies: Tally[] = [];
		for (const project of ["shared", "electron/hub", "electron", "renderer", "e2e"]) {
			tallies.push(tallyOfExit(await runProgram([node, join(modules, "typescript", "bin", "tsc"), "-p", project], checkLimitMs)));
		}
		return sumOf(tallies);
	},
};

const lint: Step = {
	name: "lint",
	async run() {
		const biome = await runProgram(
			[node, join(modules, "@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings"],
			checkLimitMs,
		);
		const knip = await runProgram([node, join(modules, "knip", "bin", "knip.js")], checkLimitMs);
		return sumOf([tallyOfExit(biome), tallyOfExit(knip)]);
	},
};

const architecture: Step = {
	name: "architecture",
	run: (reports) => runVitest(join(reports, "architecture.json"), [architectureTests]),
};

const unit: Step = {
	name: "unit",
	run: (reports) => runVitest(join(reports, "unit.json"), ["--exclude", `${architectureTests}/**`]),
};

const build: Step = {
	name: "build",
	// Always anew: a build that only an earlier run could make must fail here.
	run: async () => tallyOfExit(await runProgram([node, join(root, "electron", "dev", "build.ts")], checkLimitMs)),
};

const browserE2e: Step = {
	name: "browser e2e",
	async run(reports, args) {
		const browser = await prepareBrowser();
		if (browser === null) {
			const skipped = countTests("browser");
			return {
				passed: 0,
				failed: 1,
				skipped,
				notes: [`no browser could be prepared, so ${skipped} browser tests did not run: install Chromium or Chrome`],
			};
		}
		return runPlaywright("browser", join(reports, "browser.json"), args, [], { CLAWMUX_BROWSER: browser });
	},
};

const electronE2e: Step = {
	name: "Electron e2e",
	async run(reports, args) {
		const electron = installedElectron();
		if (electron === null) return skipElectron("Electron's runtime is not installed (npx install-electron fetches it)");
		const shown = hasDisplay() ? [] : ["xvfb-run", "-a"];
		if (shown.length > 0 && spawnSync("xvfb-run", ["--help"], { stdio: "ignore" }).error) {
			return skipElectron("there is no display and no xvfb-run");
		}
		return runPlaywright("electron", join(reports, "electron.json"), args, shown);
	},
};

function skipElectron(reason: string): Tally {
	const skipped = countTests("electron");
	return { passed: 0, failed: 0, skipped, notes: [`skipped: all ${skipped} Electron tests: ${reason}`] };
}

async function runVitest(report: string, args: readonly string[]): Promise<Tally> {
	const code = await runProgram(
		[...vitest, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args],
		unitLimitMs,
	);
	return tallyOfVitest(report, code);
}

async function runPlaywright(
	project: string,
	report: string,
	args: readonly string[],
	prefix: readonly string[],
	env: NodeJS.ProcessEnv = {},
): Promise<Tally> {
	const code = await runProgram([...prefix, ...playwright, `--project=${project}`, ...args], e2eLimitMs, {
		...env,
		PLAYWRIGHT_JSON_OUTPUT_FILE: report,
	});
	return tallyOfPlaywright(report, code);
}

function countTests(project: string): number {
	const [file = "", ...args] = [...playwright, `--project=${project}`, "--list", "--reporter=json"];
	const listed = spawnSync(file, args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
	if (listed.status !== 0) throw new Error(`Playwright cannot list the ${project} tests: ${listed.stderr || listed.stdout}`);
	let count = 0;
	JSON.parse(listed.stdout, (key, value) => {
		if (key === "tests" && Array.isArray(value)) count += value.length;
		return value;
	});
	return count;
}

/** The steps of each command. */
export const stepsOf: Readonly<Record<string, readonly Step[]>> = {
	check: [types, lint, architecture, unit],
	e2e: [build, browserE2e, electronE2e],
	test: [types, lint, architecture, unit, build, browserE2e, electronE2e],
};

/** Traces and screenshots of an earlier run would be taken for this one's. */
export function removeOldOutput(): void {
	const output = join(root, "e2e", "output");
	if (existsSync(output)) rmSync(output, { recursive: true });
}
