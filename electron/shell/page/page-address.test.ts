import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { StaticFiles } from "../../hub/server/static-files.ts";
import { isPageAddress, pagePath } from "./page-address.ts";

const root = mkdtempSync(join(tmpdir(), "clawmux-page-"));
const folder = join(root, "renderer");
mkdirSync(join(folder, "assets"), { recursive: true });
for (const file of ["renderer/index.html", "renderer/assets/index-a1.js", "secret.js"]) writeFileSync(join(root, file), file);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the page's protocol would serve. */
function served(method: string, address: string): string | undefined {
	const path = pagePath(method, address);
	return path === undefined ? undefined : new StaticFiles(folder).find(path)?.content.toString();
}

test.each([
	["app://clawmux/", "index.html"],
	["app://clawmux/?x=1#y", "index.html"],
	["app://clawmux/assets/index-a1.js", "assets/index-a1.js"],
	["app://clawmux/x/../assets/index-a1.js", "assets/index-a1.js"],
])("serves %s", (address, file) => {
	expect(served("GET", address)).toBe(`renderer/${file}`);
});

test.each([
	["POST", "app://clawmux/"],
	["GET", "app://clawmux/secret.js"],
	["GET", "app://clawmux/../secret.js"],
	["GET", "app://clawmux/..%2fsecret.js"],
	["GET", "app://clawmux/assets/..%2f..%2fsecret.js"],
	["GET", "app://clawmux/%2e%2e/secret.js"],
	["GET", "app://clawmux/..\\secret.js"],
	["GET", "app://clawmux/..%5csecret.js"],
	["GET", "app://clawmux//etc/passwd"],
	["GET", "app://clawmux/%2fetc%2fpasswd"],
	["GET", "app://clawmux/assets/index-a1.js%00.png"],
	["GET", "app://clawmux/assets/"],
	["GET", "app://clawmux/__proto__"],
	["GET", "app://other/index.html"],
	["GET", "app://clawmux:80/index.html"],
	["GET", "app://user@clawmux/index.html"],
	["GET", "https://clawmux/index.html"],
	["GET", "file:///etc/passwd"],
	["GET", "not an address"],
])("refuses %s %s", (method, address) => {
	expect(served(method, address)).toBeUndefined();
});

test("only our own origin is our page", () => {
	expect(isPageAddress("app://clawmux/index.html")).toBe(true);
	for (const address of ["", "app://clawmux.evil/", "app://clawmux@evil/", "file:///app://clawmux/", "about:blank"])
		expect(isPageAddress(address)).toBe(false);
});
