import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { dist, root } from "../../electron/dev/bundles.ts";
import { type PayloadName, payload, payloadNames } from "./payloads.ts";

/** The built product with the page of the measurements in place of its window. */
export interface BenchProduct {
	folder: string;
	/** The headless hub. */
	hub: string;
	/** The desktop app. */
	desktop: string;
	/** What programs print. */
	payloads: Record<PayloadName, { file: string; bytes: number }>;
	/** Their share of the full length. */
	scale: number;
	remove(): void;
}

/** A copy of the built product without its page, in a folder from which its natives are still found. */
export function makeProductFolder(name: string): { folder: string; remove(): void } {
	const folder = join(root, "node_modules", ".cache", "clawmux", `bench-${name}-${process.pid}`);
	const remove = () => rmSync(folder, { recursive: true, force: true });
	remove();
	mkdirSync(folder, { recursive: true });
	for (const part of ["clawmux.js", "hub.js", "electron", "resources"])
		cpSync(join(dist, part), join(folder, part), { recursive: true });
	return { folder, remove };
}

/** Builds the page into a copy of the product. @param scale share of the payloads' full length */
export async function makeBenchProduct(scale: number): Promise<BenchProduct> {
	const { folder, remove } = makeProductFolder("page");
	await build({
		root: join(import.meta.dirname, "page"),
		configFile: false,
		base: "./",
		publicDir: false,
		logLevel: "warn",
		mode: "production",
		build: {
			outDir: join(folder, "renderer"),
			emptyOutDir: true,
			target: "chrome130",
			assetsInlineLimit: 0,
			modulePreload: { polyfill: false },
			chunkSizeWarningLimit: 2000,
			reportCompressedSize: false,
		},
	});
	const payloads = Object.fromEntries(
		payloadNames.map((name) => {
			const bytes = payload(name, scale);
			const file = join(folder, `${name}.out`);
			writeFileSync(file, bytes);
			return [name, { file, bytes: bytes.byteLength }];
		}),
	) as BenchProduct["payloads"];
	return {
		folder,
		hub: join(folder, "hub.js"),
		desktop: join(folder, "electron", "main.cjs"),
		payloads,
		scale,
		remove,
	};
}
