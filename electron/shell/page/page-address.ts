import { desktopOrigin } from "../../../shared/desktop-bridge.ts";

/**
 * The path, as spelled in the address, that a request for our page asks for; undefined when it asks for anything else. It
 * is only ever looked up in the list of the page's files, so nothing is decoded or resolved here.
 */
export function pagePath(method: string, address: string): string | undefined {
	if (method !== "GET" || !URL.canParse(address)) return undefined;
	const url = new URL(address);
	if (originOf(url) !== desktopOrigin || url.username !== "" || url.password !== "") return undefined;
	return url.pathname;
}

/** Whether an address is of our page. */
export function isPageAddress(address: string): boolean {
	return URL.canParse(address) && originOf(new URL(address)) === desktopOrigin;
}

/** `URL.origin` is "null" for schemes the web does not know. */
function originOf(url: URL): string {
	return `${url.protocol}//${url.host}`;
}
