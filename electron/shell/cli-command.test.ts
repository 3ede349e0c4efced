import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cliCommand } from "./cli-command.ts";

const folder = mkdtempSync(join(tmpdir(), "clawmux-cli-command-"));
const node = join(folder, "node");
const plain = join(folder, "plain");
mkdirSync(plain);
writeFileSync(node, "#!/bin/sh\necho v20.9.0\n");
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

test("takes the Node of its own installation before any other", () => {
	const own = join(folder, "node_modules", "node", "bin", "node");
	mkdirSync(dirname(own), { recursive: true });
	writeFileSync(own, "", { mode: 0o755 });
	const cli = join(folder, "dist", "clawmux.js");
	expect(cliCommand(cli, "/e", { npm_node_execpath: process.execPath, PATH: folder }, "linux")).toEqual([own, cli]);
});

test("passes over a Node that is too old or does not run", () => {
	for (const script of ["#!/bin/sh\necho v18.20.0\n", "#!/bin/sh\nexit 1\n", ""]) {
		writeFileSync(join(plain, "node"), script, { mode: 0o755 });
		chmodSync(join(plain, "node"), 0o755);
		const PATH = [plain, folder].join(delimiter);
		expect(cliCommand("/c.js", "/e", { PATH }, "linux")).toEqual([node, "/c.js"]);
	}
});

test("without any Node Electron serves as one", () => {
	expect(cliCommand("/c.js", "/e", {}, "linux")).toEqual(["/usr/bin/env", "ELECTRON_RUN_AS_NODE=1", "/e", "/c.js"]);
	expect(cliCommand("/c.js", "/e", {}, "win32")).toEqual(["node.exe", "/c.js"]);
});
