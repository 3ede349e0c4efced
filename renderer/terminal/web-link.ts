/** An address that may be opened from a terminal: http or https, without a name or password in it. Anything else is null. */
export function webLink(text: string): string | null {
	if (!URL.canParse(text)) return null;
	const url = new URL(text);
	const allowed = (url.protocol === "http:" || url.protocol === "https:") && url.username === "" && url.password === "";
	return allowed ? url.href : null;
}
