import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { ClawmuxError } from "../../../shared/errors.ts";

/** The oldest Node a hub runs on: better-sqlite3's binary needs it. */
const hubNode = [22, 14] as const;

/** Where the parts of this installation are. Built, they lie beside each other in `dist`; in a checkout, in their folders. */
export interface Installation {
	/** What runs the `clawmux` command. */
	readonly cli: string;
	/** What runs a headless hub. */
	readonly hub: string;
	/** The built page. */
	readonly webRoot: string;
}

export async function installation(): Promise<Installation> {
	// Not import.meta.dirname, which the first releases of Node 20 lack.
	const { fileURLToPath } = await import("node:url");
	const here = dirname(fileURLToPath(import.meta.url));
	const source = dirname(here);
	if (here.endsWith(join("electron", "cli", "hosting")))
		return {
			cli: join(source, "clawmux.ts"),
			hub: join(source, "hub-process.ts"),
			webRoot: join(source, "..", "..", "dist", "renderer"),
		};
	return { cli: join(here, "clawmux.js"), hub: join(here, "hub.js"), webRoot: join(here, "renderer") };
}

/** Whether a version such as `v22.14.0` can run a hub. */
export function runsHub(version: string): boolean {
	const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
	return major > hubNode[0] || (major === hubNode[0] && minor >= hubNode[1]);
}

/**
 * The Node to run a hub with: this one when it is new enough, else the one that came with this installation.
 * @throws ClawmuxError `unavailable` when there is neither.
 */
export function nodeForHub(from: string): string {
	if (runsHub(process.version)) return process.execPath;
	const name = process.platform === "win32" ? "node.exe" : "node";
	for (let folder = dirname(from); ; folder = dirname(folder)) {
		for (const candidate of [join(folder, "node_modules", ".bin", name), join(folder, "node_modules", "node", "bin", name)])
			if (existsSync(candidate)) return candidate;
		if (dirname(folder) === folder || !folder.includes(sep)) break;
	}
	throw new ClawmuxError(
		"unavailable",
		`A ClawMux hub needs Node ${hubNode.join(".")} or newer; this is ${process.version}, and none came with the installation in ${dirname(from)}.`,
	);
}
