import { builtinModules } from "node:module";
import { join } from "node:path";
import type { InlineConfig } from "vite";

/** The checkout. */
export const root = join(import.meta.dirname, "..", "..");
/** Where everything that is built goes. */
export const dist = join(root, "dist");

/** What is never bundled: the runtime itself and the packages that carry binaries. */
const external = ["electron", "better-sqlite3", "node-pty"];

interface NodeBundle {
	/** Names the file in `dist`, without its ending. */
	readonly name: string;
	readonly entry: string;
	readonly format: "es" | "cjs";
	/** The oldest Node that runs it. */
	readonly target: string;
}

/** Everything that runs on Node or in Electron's main process and preload. One file each, whatever it imports lazily. */
export const nodeBundles: readonly NodeBundle[] = [
	{ name: "clawmux", entry: "electron/cli/clawmux.ts", format: "es", target: "node20" },
	{ name: "hub", entry: "electron/cli/hub-process.ts", format: "es", target: "node20" },
	// What the app must say before it is ready (its scheme, its sandbox) would come too late from an ES module.
	{ name: "electron/main", entry: "electron/main.ts", format: "cjs", target: "node20.18" },
	// A sandboxed preload can only be CommonJS.
	{ name: "electron/preload", entry: "electron/preload.ts", format: "cjs", target: "chrome130" },
];

/** The vite configuration of one bundle. */
export function nodeBundleConfig(bundle: NodeBundle): InlineConfig {
	return {
		root,
		configFile: false,
		publicDir: false,
		logLevel: "warn",
		mode: "production",
		ssr: { target: "node", noExternal: true, external },
		// The optional natives of `ws` are not installed; without this it would look for them at run time.
		define: { "process.env.WS_NO_BUFFER_UTIL": '"1"', "process.env.WS_NO_UTF_8_VALIDATE": '"1"' },
		build: {
			ssr: join(root, bundle.entry),
			outDir: dist,
			emptyOutDir: false,
			target: bundle.target,
			minify: false,
			sourcemap: false,
			reportCompressedSize: false,
			rolldownOptions: {
				platform: "node",
				external: [...external, ...builtinModules, /^node:/],
				output: {
					format: bundle.format,
					entryFileNames: `${bundle.name}.${bundle.format === "cjs" ? "cjs" : "js"}`,
					codeSplitting: false,
				},
			},
		},
	};
}
