/** What the files under one path may import. */
export interface Layer {
	/** A folder with its slash, or one file. The longest that fits a file rules it. */
	readonly path: string;
	/** Folders and files of the tree. */
	readonly files: readonly string[];
	/** Packages; `@scope/*` is all of a scope, `node:*` is Node's own. */
	readonly packages: readonly string[];
	/** What its tests may import besides: they run against the real thing. */
	readonly testFiles?: readonly string[];
}

/** What anyone outside needs to find a running hub and ask it something. */
const paths = "electron/hub/home.ts";
const client = "electron/cli/hub-call.ts";
/** How a window is shown in an installed browser. */
const browser = "electron/cli/browser/";

/**
 * Who may import whom. Each row is a decision: a new import that is refused here either belongs in another layer, or
 * changes the design and this table with it.
 */
export const layers: readonly Layer[] = [
	{ path: "shared/", files: ["shared/"], packages: ["zod", "@orpc/contract"] },
	{
		path: "electron/hub/",
		files: ["shared/", "electron/hub/"],
		packages: [
			"node:*",
			"better-sqlite3",
			"node-pty",
			"ws",
			"zod",
			"@orpc/*",
			"@xterm/headless",
			"@xterm/addon-serialize",
			"@xterm/addon-unicode-graphemes",
		],
	},
	// The command line knows a hub by its contract; only the process that is one builds one.
	{
		path: "electron/cli/",
		files: ["shared/", "electron/cli/", paths, "package.json"],
		packages: ["node:*", "zod", "@orpc/*", "ws"],
		testFiles: ["electron/hub/"],
	},
	{ path: "electron/cli/hub-process.ts", files: ["shared/", "electron/cli/", "electron/hub/"], packages: ["node:*"] },
	{
		path: "electron/shell/",
		files: ["shared/", "electron/shell/", paths],
		packages: ["node:*", "electron", "@orpc/*", "ws"],
		testFiles: ["electron/hub/"],
	},
	{ path: "electron/main.ts", files: ["shared/", "electron/shell/", "electron/hub/"], packages: ["node:*", "electron"] },
	{ path: "electron/preload.ts", files: ["shared/"], packages: ["electron"] },
	// Tools for the checkout: no part of the product imports them.
	{ path: "electron/dev/", files: ["electron/dev/", paths, client, browser], packages: ["node:*", "vite", "@playwright/test"] },
	{ path: "electron/vitest.config.ts", files: [], packages: ["node:*", "vitest"] },
	{
		path: "renderer/",
		files: ["shared/", "renderer/"],
		packages: ["react", "react-dom", "zustand", "radix-ui", "lucide-react", "zod", "@atlaskit/*", "@orpc/*", "@xterm/*"],
	},
	{ path: "renderer/vite.config.ts", files: [], packages: ["node:*", "vite", "@vitejs/plugin-react"] },
	{
		path: "e2e/",
		files: [
			"shared/",
			"e2e/",
			"electron/hub/",
			client,
			browser,
			"electron/dev/start/electron-runtime.ts",
			"electron/dev/bundles.ts",
		],
		packages: ["node:*", "@playwright/test", "@axe-core/playwright", "@orpc/*", "@xterm/*", "ws", "zod", "electron", "node-pty"],
	},
	// The measurements build a page of their own around the product's terminal.
	{
		path: "e2e/bench/",
		files: [
			"shared/",
			"e2e/",
			"electron/hub/",
			client,
			"electron/dev/start/electron-runtime.ts",
			"electron/dev/bundles.ts",
			"renderer/",
		],
		packages: ["node:*", "@playwright/test", "vite", "ws", "node-pty"],
	},
];

/** What every unit test may import besides what its subject may. */
export const testPackages: readonly string[] = ["node:*", "vitest", "fast-check", "ws", "node-pty", "@xterm/headless"];

export function isTest(path: string): boolean {
	return /\.(test|spec)\.tsx?$/.test(path);
}

/** The layer that rules a file: the longest path that fits, or undefined when the table does not know it. */
export function layerOf(path: string, table: readonly Layer[] = layers): Layer | undefined {
	return table
		.filter((layer) => covers(layer.path, path))
		.sort((a, b) => b.path.length - a.path.length)
		.at(0);
}

/** Whether a folder (with its slash) or file of the table holds a file. */
export function covers(entry: string, file: string): boolean {
	return entry.endsWith("/") ? file.startsWith(entry) : file === entry;
}

/** Whether a pattern of the table allows an imported package or a path inside it. */
export function allowsPackage(pattern: string, specifier: string): boolean {
	if (pattern.endsWith("*")) return specifier.startsWith(pattern.slice(0, -1));
	return specifier === pattern || specifier.startsWith(`${pattern}/`);
}
