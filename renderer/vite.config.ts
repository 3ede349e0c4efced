import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * The page runs under `script-src 'self'`: nothing inline, no data: addresses, every path relative, so that the same files
 * serve the app's own protocol and the hub's web server.
 */
export default defineConfig({
	root: import.meta.dirname,
	base: "./",
	publicDir: false,
	plugins: [react()],
	build: {
		outDir: join(import.meta.dirname, "..", "dist", "renderer"),
		emptyOutDir: true,
		// The oldest Chromium that shows it: that of Electron 33. Browsers are asked for no more.
		target: "chrome130",
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		chunkSizeWarningLimit: 2000,
	},
});
