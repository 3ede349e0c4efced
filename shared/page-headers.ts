/**
 * What the page may load and where it may talk to, in the window and in a browser tab alike. `connect-src 'self'` covers
 * the WebSockets of its own server; styles are the one thing allowed inline, because xterm.js makes style elements for the
 * theme and the size of each terminal. Images by data: are the small ones that the bundler puts into the style sheet.
 */
const contentSecurityPolicy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self' 'unsafe-inline'",
	"img-src 'self' data:",
	"font-src 'self' data:",
	"connect-src 'self'",
	"manifest-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join("; ");

/** The headers that every file of the page is served with. */
export const pageHeaders: Readonly<Record<string, string>> = {
	"content-security-policy": contentSecurityPolicy,
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
	"referrer-policy": "no-referrer",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
};
