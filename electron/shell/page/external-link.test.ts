import { expect, test } from "vitest";
import { externalLink } from "./external-link.ts";

test.each([
	["https://example.org", "https://example.org/"],
	["http://127.0.0.1:8080/a?b=c#d", "http://127.0.0.1:8080/a?b=c#d"],
	["  https://example.org/a b", "https://example.org/a%20b"],
	["HTTPS://EXAMPLE.org/", "https://example.org/"],
	["https://ex\u0430mple.org/", "https://xn--exmple-4nf.org/"],
	["https://example.org/\nx", "https://example.org/x"],
	["https:\\\\example.org\\x", "https://example.org/x"],
])("passes %j on as %s", (given, passed) => {
	expect(externalLink(given)).toBe(passed);
});

test.each([
	"",
	"example.org",
	"//example.org",
	"https://",
	"https://user@example.org/",
	"https://user:secret@example.org/",
	"https://:secret@example.org/",
	"ftp://example.org/",
	"file:///etc/passwd",
	"file://server/share",
	"javascript:alert(1)",
	"JAVASCRIPT:alert(1)",
	"java\nscript:alert(1)",
	"data:text/html,<script>1</script>",
	"blob:https://example.org/1",
	"view-source:https://example.org",
	"vbscript:x",
	"mailto:a@example.org",
	"tel:123",
	"ssh://example.org",
	"smb://example.org/share",
	"vscode://file/etc/passwd",
	"ms-msdt:/id",
	"search-ms:query=x",
	"app://clawmux/",
	"chrome://settings",
	"devtools://devtools",
	"about:blank",
	"\\\\server\\share",
	"C:\\Windows\\System32\\calc.exe",
	"/usr/bin/xterm",
	"https://exa mple.org",
	"https://[::1",
	`https://example.org/${"a".repeat(2048)}`,
	`https://example.org/${"\u00e9".repeat(500)}`,
	undefined,
	null,
	42,
	{},
	["https://example.org"],
])("refuses %j", (given) => {
	expect(externalLink(given)).toBeUndefined();
});
