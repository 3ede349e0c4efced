// `npm run build`: every bundle, anew.
import { buildAll } from "./build-all.ts";

try {
	await buildAll();
} catch (error) {
	// The bundler's message already shows the file and the place; its own stack says nothing about them.
	process.stderr.write(`clawmux: the build failed: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
