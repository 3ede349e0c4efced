import { expect, test } from "vitest";
import { webLink } from "./web-link.ts";

test.each([
	["https://example.com/a?b#c", "https://example.com/a?b#c"],
	["http://localhost:3000", "http://localhost:3000/"],
	["javascript:alert(1)", null],
	["file:///etc/passwd", null],
	["vscode://open", null],
	["https://google.com@evil.example/", null],
	["not a link", null],
])("%j", (text, link) => {
	expect(webLink(text)).toBe(link);
});
