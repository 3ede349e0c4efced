import { builtinModules } from "node:module";
import { join } from "node:path";
import type { InlineConfig, Plugin } from "vite";

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

/**
 * The addon (0.4.0) reads its table from the start of its Buffer's memory, which in Node is the pool that small Buffers
 * share: it takes other bytes for a size and allocates up to 4 GB, on which Electron hangs. Its way for browsers is right.
 */
const graphemesWithoutPool: Plugin = {
	name: "graphemes-without-pool",
	transform(code, id) {
		if (!id.includes("addon-unicode-graphemes")) return null;
		const mended = code.replace(/typeof Buffer\s*<\s*"u"/, "false");
		if (mended === code)
			throw new Error("@xterm/addon-unicode-graphemes has changed: see whether it still reads a pooled Buffer wrongly");
		return { code: mended, map: null };
	},
};

/** The vite configuration of one bundle. */
export function nodeBundleConfig(bundle: NodeBundle): InlineConfig {
	return {
		root,
		configFile: false,
		publicDir: false,
		logLevel: "warn",
		mode: "production",
		plugins: [graphemesWithoutPool],
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
