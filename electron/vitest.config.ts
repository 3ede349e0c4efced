import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The unit tests of shared, electron and renderer. They use real processes, so they get more than the default 5 s. */
export default defineConfig({
	root: join(import.meta.dirname, ".."),
	test: {
		include: ["shared/**/*.test.ts", "electron/**/*.test.ts", "renderer/**/*.test.{ts,tsx}"],
		testTimeout: 30_000,
		hookTimeout: 30_000,
		allowOnly: false,
		passWithNoTests: false,
	},
});
