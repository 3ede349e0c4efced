import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cliCommand } from "./cli-command.ts";

const folder = mkdtempSync(join(tmpdir(), "clawmux-cli-command-"));
const node = join(folder, "node");
const plain = join(folder, "plain");
mkdirSync(plain);
writeFileSync(node, "");
chmodSync(node, 0o755);
writeFileSync(join(plain, "node"), "not a program");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("prefers the Node that npm runs on, then the first on the path that can be run", () => {
	expect(cliCommand("/c.js", "/e", { npm_node_execpath: process.execPath, PATH: folder }, "linux")).toEqual([
		process.execPath,
		"/c.js",
	]);
	expect(cliCommand("/c.js", "/e", { PATH: ["", "/nowhere", plain, folder].join(delimiter) }, "linux")).toEqual([node, "/c.js"]);
	expect(cliCommand("/c.js", "/e", { npm_node_execpath: "/gone/node", PATH: folder }, "darwin")).toEqual([node, "/c.js"]);
});

test("without any Node Electron serves as one", () => {
	expect(cliCommand("/c.js", "/e", {}, "linux")).toEqual(["/usr/bin/env", "ELECTRON_RUN_AS_NODE=1", "/e", "/c.js"]);
	expect(cliCommand("/c.js", "/e", {}, "win32")).toEqual(["node.exe", "/c.js"]);
});
