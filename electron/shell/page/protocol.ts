import { protocol } from "electron";
import { desktopOrigin } from "../../../shared/desktop-bridge.ts";
import { pagePath } from "./page-address.ts";

const scheme = new URL(desktopOrigin).protocol.replace(":", "");

/** The built page: a closed list of files. */
export interface PageFiles {
	find(path: string): { readonly content: Uint8Array<ArrayBuffer>; readonly type: string } | undefined;
}

/**
 * Makes `app:` a scheme with an origin of its own. Must run before the app is ready. It is not a scheme for `fetch`: the
 * page needs none, and CVE-2026-70604 was about schemes that had it.
 */
export function declarePageScheme(): void {
	protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);
}

/** Serves these files under the page's origin, each with these headers. */
export function servePage(files: PageFiles, headers: Readonly<Record<string, string>>): void {
	protocol.handle(scheme, (request) => {
		const path = pagePath(request.method, request.url);
		const file = path === undefined ? undefined : files.find(path);
		const common = { ...headers, "x-content-type-options": "nosniff" };
		if (!file) return new Response("not found", { status: 404, headers: { ...common, "content-type": "text/plain" } });
		return new Response(file.content, { headers: { ...common, "content-type": file.type } });
	});
}
