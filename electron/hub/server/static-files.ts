import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { ownHosts } from "./http/door.ts";

/** One file of the built window. */
export interface StaticFile {
	content: Buffer<ArrayBuffer>;
	type: string;
	cacheControl: string;
}

const types: Record<string, string> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".json": "application/json",
	".map": "application/json",
	".webmanifest": "application/manifest+json",
	".svg": "image/svg+xml",
	".png": "image/png",
	".ico": "image/x-icon",
	".webp": "image/webp",
	".woff": "font/woff",
	".woff2": "font/woff2",
	".wasm": "application/wasm",
	".txt": "text/plain; charset=utf-8",
};

/**
 * The built window's files by URL path, about 1 MB. They are read once: a build that is swapped in under a running hub cannot
 * give its page to one version's code and that of another, and no path that was sent can lead outside. That is why no library
 * (`sirv` and the like) is used: it would need the same care and 400 lines more.
 */
export class StaticFiles {
	readonly #files = new Map<string, StaticFile>();

	/** @param root the built renderer's folder. @throws when it cannot be read */
	constructor(root: string) {
		for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
			if (!entry.isFile()) continue;
			const path = join(entry.parentPath, entry.name);
			const name = relative(root, path).split(sep).join("/");
			// The bundler puts a hash of the content into the names under assets/.
			const cacheControl = name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-store";
			const content = readFileSync(path);
			const file = { content, type: types[extname(name).toLowerCase()] ?? "application/octet-stream", cacheControl };
			this.#files.set(`/${name}`, file);
			if (name === "index.html") this.#files.set("/", file);
		}
	}

	find(urlPath: string): StaticFile | undefined {
		return this.#files.get(urlPath);
	}
}

/**
 * What the window's page may do. Inline styles are allowed because xterm.js writes its colours and cell sizes into a style
 * element; scripts are ours only, and nothing goes anywhere but to the hub.
 * @param connect further addresses that may be connected to
 */
function contentSecurityPolicy(connect: readonly string[] = []): string {
	return [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'unsafe-inline'",
		`connect-src ${["'self'", ...connect].join(" ")}`,
		"img-src 'self' data:",
		"font-src 'self'",
		"manifest-src 'self'",
		"worker-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join("; ");
}

/** Headers of every file. `'self'` covers WebSockets in current browsers only, so they are named. */
export function pageHeaders(port: number | undefined): Record<string, string> {
	return {
		"content-security-policy": contentSecurityPolicy(port === undefined ? [] : ownHosts(port).map((host) => `ws://${host}`)),
		"x-frame-options": "DENY",
		"cross-origin-opener-policy": "same-origin",
		"permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()",
	};
}
