/** Longer ones are not links a person would follow, and some systems' openers cut them off. */
const longestLink = 2048;

/**
 * The address as it may be given to the system's browser, or undefined when it may not: http and https only, without
 * credentials, of a bearable length. What comes back is the parsed form, so what is shown is what is opened.
 */
export function externalLink(address: unknown): string | undefined {
	if (typeof address !== "string" || address.length > longestLink || !URL.canParse(address)) return undefined;
	const url = new URL(address);
	if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
	if (url.username !== "" || url.password !== "" || url.hostname === "") return undefined;
	return url.href.length <= longestLink ? url.href : undefined;
}
