import { spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import type { HubInfo } from "../../shared/contract/hub.ts";

/** What the figures were measured on. */
export interface Machine {
	cpu: string;
	cores: number;
	memoryGb: number;
	system: string;
	node: string;
	browser: string;
	electron: string | null;
	/** The hub's own words on its backends, with their versions. */
	backends: Record<string, string>;
	/** Runnable processes in the minute before the measurements: more than the cores means neighbours. */
	loadBefore: number;
}

export function describeMachine(browser: string, electron: string | null): Omit<Machine, "backends"> {
	const [cpu] = cpus();
	return {
		cpu: cpu?.model ?? "unknown",
		cores: cpus().length,
		memoryGb: Math.round(totalmem() / 2 ** 30),
		system: `${type()} ${release()}`,
		node: process.version,
		browser: versionOf(browser, ["--version"]),
		electron: electron && versionOf(electron, ["--version", "--no-sandbox"]),
		loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
	};
}

export function describeBackends(backends: HubInfo["backends"]): Record<string, string> {
	return Object.fromEntries(
		backends.map(({ name, available, detail }) => [name, available ? detail : `not available: ${detail}`]),
	);
}

function versionOf(program: string, args: string[]): string {
	const { stdout, error } = spawnSync(program, args, { encoding: "utf8", timeout: 30_000 });
	return error ? `unknown: ${error.message}` : stdout.trim();
}
