import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whatIsMissing } from "./install.mjs";

const nodeName = process.platform === "win32" ? "node.exe" : "node";
const otherPlatform = process.platform === "darwin" ? "linux" : "darwin";
const one = { version: "1.0.0", integrity: "sha512-one" };
const native = { version: "2.0.0", integrity: "sha512-native", optional: true, os: [otherPlatform] };

let root = "";

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "clawmux-install-"));
	write("package.json", { dependencies: { one: "1.0.0" } });
	write("package-lock.json", {
		packages: { "": { dependencies: { one: "1.0.0" } }, "node_modules/one": one, "node_modules/native": native },
	});
	write("node_modules/.package-lock.json", { packages: { "node_modules/one": one } });
	write("node_modules/one/package.json", one);
	write(`node_modules/node/bin/${nodeName}`, "");
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown): void {
	mkdirSync(dirname(join(root, path)), { recursive: true });
	writeFileSync(join(root, path), JSON.stringify(content));
}

describe("whatIsMissing", () => {
	it("finds nothing missing in a whole tree, another platform's packages left out", () => {
		expect(whatIsMissing(root)).toBeNull();
	});

	it.each<[string, () => void, string]>([
		["a fresh clone", () => rmSync(join(root, "node_modules"), { recursive: true }), "nothing is installed yet"],
		["an install cut short", () => rmSync(join(root, "node_modules/.package-lock.json")), "nothing is installed yet"],
		["a package removed by hand", () => rmSync(join(root, "node_modules/one"), { recursive: true }), "one is missing"],
		[
			"an older version",
			() => write("node_modules/.package-lock.json", { packages: { "node_modules/one": { ...one, version: "0.9.0" } } }),
			"one is not the version asked for",
		],
		[
			"the same version with other contents",
			() => write("node_modules/.package-lock.json", { packages: { "node_modules/one": { ...one, integrity: "sha512-other" } } }),
			"one is not the version asked for",
		],
		[
			"a package that no longer belongs",
			() => write("node_modules/.package-lock.json", { packages: { "node_modules/one": one, "node_modules/old": one } }),
			"node_modules holds packages the lock file does not name",
		],
		[
			"a tree copied from another system",
			() => write("node_modules/.package-lock.json", { packages: { "node_modules/one": one, "node_modules/native": native } }),
			"node_modules was installed for another platform",
		],
		[
			"a changed package.json",
			() => write("package.json", { dependencies: { one: "1.1.0" } }),
			"package.json is not what the lock file was made from",
		],
	])("notices %s", (_case, damage, expected) => {
		damage();
		expect(whatIsMissing(root)).toBe(expected);
	});

	it("names a broken lock file and its remedy", () => {
		writeFileSync(join(root, "package-lock.json"), "{");
		expect(() => whatIsMissing(root)).toThrow("package-lock.json is missing or broken: restore it from git.");
	});
});
