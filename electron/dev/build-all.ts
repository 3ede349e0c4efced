import { createHash } from "node:crypto";
import {
	chmodSync,
	cpSync,
	existsSync,
	globSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { performance } from "node:perf_hooks";
import { dist, nodeBundleConfig, nodeBundles, root } from "./bundles.ts";
import { withLock } from "./checkout-lock.mjs";
import { readJsonFile } from "./read-json-file.ts";

/** Says what `dist` was built from and what came out, so that a stale or damaged one is noticed. */
const stampFile = join(dist, "stamp.json");

/** What the bundles are made of. Tests and the tools in electron/dev are not, but for those two that make them. */
const inputs = ["electron/**/*", "shared/**/*", "renderer/**/*", "resources/**/*"];
const notInputs = /(\.test\.tsx?$)|^electron\/dev\/(?!bundles\.ts|build-all\.ts)/;
const rootInputs = ["package.json", "package-lock.json", "tsconfig.json"];

/** Builds everything, anew. Rejects with the bundler's error; `dist` is then what it was before. */
export function buildAll(): Promise<void> {
	return withLock(root, build);
}

/** Builds when the sources are not those `dist` was built from, or when `dist` was touched since. */
export async function buildIfStale(): Promise<void> {
	if (isStale()) await withLock(root, async () => (isStale() ? build() : undefined));
}

async function build(): Promise<void> {
	const startedAt = performance.now();
	process.stderr.write("clawmux: building\n");
	const hash = inputsHash();
	// Built beside and swapped in at the end: a hub that runs from dist has its code and its page in memory, and a failure
	// leaves dist whole.
	const fresh = join(root, "node_modules", ".cache", "clawmux", `build-${process.pid}`);
	rmSync(fresh, { recursive: true, force: true });
	mkdirSync(fresh, { recursive: true });
	try {
		// Loaded here so that a start with nothing to build does not pay for it.
		const vite = await import("vite");
		for (const bundle of nodeBundles) {
			const config = nodeBundleConfig(bundle);
			await vite.build({ ...config, build: { ...config.build, outDir: fresh } });
		}
		chmodSync(join(fresh, "clawmux.js"), 0o755);
		const renderer = join(root, "renderer");
		await vite.build({
			root: renderer,
			configFile: join(renderer, "vite.config.ts"),
			logLevel: "warn",
			mode: "production",
			build: { outDir: join(fresh, "renderer"), emptyOutDir: true, reportCompressedSize: false },
		});
		cpSync(join(root, "resources"), join(fresh, "resources"), { recursive: true });
		writeFileSync(join(fresh, "stamp.json"), JSON.stringify({ inputs: hash, outputs: outputsHash(fresh) }));
		if (existsSync(dist)) renameSync(dist, `${fresh}-old`);
		renameSync(fresh, dist);
	} finally {
		rmSync(fresh, { recursive: true, force: true });
		rmSync(`${fresh}-old`, { recursive: true, force: true });
	}
	process.stderr.write(`clawmux: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

function isStale(): boolean {
	const stamp = readJsonFile<{ inputs?: unknown; outputs?: unknown }>(stampFile);
	return stamp?.inputs !== inputsHash() || stamp.outputs !== outputsHash(dist);
}

function inputsHash(): string {
	const files = globSync(inputs, { cwd: root }).filter((file) => !notInputs.test(file.replaceAll("\\", "/")));
	return hashOf(root, [...files, ...rootInputs]);
}

function outputsHash(folder: string): string {
	const files = globSync("**/*", { cwd: folder }).filter((file) => file !== relative(dist, stampFile));
	return hashOf(folder, files);
}

/** A hash over names and contents, independent of times and of the order in which the folder lists them. */
function hashOf(folder: string, files: string[]): string {
	const hash = createHash("sha256");
	for (const file of files.sort()) {
		const path = join(folder, file);
		if (!statSync(path).isFile()) continue;
		const content = readFileSync(path);
		hash.update(`${file.replaceAll("\\", "/")}\0${content.length}\0`).update(content);
	}
	return hash.digest("hex");
}
