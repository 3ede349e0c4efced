import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import * as rules from "./rules.ts";
import { readSourceTree } from "./source-tree.ts";

const made: string[] = [];

afterEach(() => {
	for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** Writes a small tree of sources and judges it by one rule. */
function judge(rule: rules.Rule, files: Record<string, string>): string[] {
	const root = mkdtempSync(join(tmpdir(), "clawmux-architecture-"));
	made.push(root);
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), text);
	}
	return rule(readSourceTree(root));
}

describe("layering", () => {
	const layering = rules.layering();

	it.each([
		["electron/hub/a.ts", 'import { app } from "electron";', "electron"],
		["electron/hub/a.ts", 'import type { App } from "electron/main";', "electron/main"],
		["electron/hub/a.ts", 'const { app } = require("electron");', "electron"],
		["electron/hub/a.ts", 'export const load = () => import("electron");', "electron"],
		["electron/hub/a.ts", 'export type App = import("electron").App;', "electron"],
		["shared/a.ts", 'import { readFileSync } from "node:fs";', "node:fs"],
		["shared/a.ts", 'import { os } from "@orpc/server";', "@orpc/server"],
		["renderer/a.tsx", 'import { join } from "node:path";', "node:path"],
		["renderer/a.tsx", 'import { createHub } from "../electron/hub/hub.ts";', "electron/hub/hub.ts"],
		["electron/cli/status.ts", 'import { createHub } from "../hub/hub.ts";', "electron/hub/hub.ts"],
		["electron/shell/tray.ts", 'export { createHub } from "../hub/hub.ts";', "electron/hub/hub.ts"],
		["electron/hub/a.ts", 'export * from "../dev/build.ts";', "electron/dev/build.ts"],
	])("refuses in %s: %s", (path, text, imported) => {
		expect(judge(layering, { [path]: text })).toEqual([`${path} may not import ${imported}`]);
	});

	it("refuses a file that no layer knows", () => {
		expect(judge(layering, { "electron/extra/a.ts": 'import "node:fs";' })).toEqual([
			"electron/extra/a.ts is in no layer: add it to the table in layers.ts",
		]);
	});

	it("allows what the table says", () => {
		const files = {
			"shared/a.ts": 'import * as z from "zod";\nexport const a = z.string();',
			"shared/a.test.ts": 'import { it } from "vitest";\nimport { readFileSync } from "node:fs";',
			"electron/hub/hub.ts": 'import "node:fs";\nimport Database from "better-sqlite3";\nimport { a } from "../../shared/a.ts";',
			"electron/main.ts": 'import { app } from "electron";\nimport { createHub } from "./hub/hub.ts";',
			"electron/cli/hub-process.ts": 'import { createHub } from "../hub/hub.ts";',
			"renderer/main.tsx": 'import { createRoot } from "react-dom/client";\nimport "./app.css";',
		};
		expect(judge(layering, files)).toEqual([]);
	});
});

describe("cycles", () => {
	it("are found through values and types, each once", () => {
		const files = {
			"shared/a.ts": 'import { b } from "./b.ts";\nexport const a = b;',
			"shared/b.ts": 'import type { C } from "./c.ts";\nexport const b: C = 1;',
			"shared/c.ts": 'import type { a } from "./a.ts";\nexport type C = typeof a | number;',
			"shared/d.ts": 'import { a } from "./a.ts";\nexport const d = a;',
		};
		expect(judge(rules.noCycles, files)).toEqual(["import cycle: shared/a.ts -> shared/b.ts -> shared/c.ts -> shared/a.ts"]);
	});

	it("are not seen in a diamond", () => {
		const files = {
			"shared/a.ts": 'import "./b.ts";\nimport "./c.ts";',
			"shared/b.ts": 'import "./d.ts";',
			"shared/c.ts": 'import "./d.ts";',
			"shared/d.ts": "export const d = 1;",
		};
		expect(judge(rules.noCycles, files)).toEqual([]);
	});
});

describe("sizes", () => {
	it("holds files to 400 lines", () => {
		const files = { "shared/long.ts": "// a\n".repeat(401), "shared/full.ts": "// a\n".repeat(400) };
		expect(judge(rules.fileSizes, files)).toEqual(["shared/long.ts has 401 lines: 400 is the cap"]);
	});

	it("holds folders to 14 files, tests not counted", () => {
		const many = (folder: string, count: number) =>
			Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/file-${index}.ts`, ""]));
		const files = { ...many("shared/a", 15), ...many("shared/b", 14), "shared/b/file-1.test.ts": "" };
		expect(judge(rules.folderSizes, files)).toEqual(["shared/a holds 15 files: 14 is the cap"]);
	});
});

describe("names", () => {
	it.each(["utils.ts", "helper.ts", "types.ts", "index.ts", "common.tsx", "camelCase.ts", "Sidebar.tsx"])(
		"refuses %s",
		(name) => {
			expect(judge(rules.names, { [`renderer/${name}`]: "" })).toHaveLength(1);
		},
	);

	it.each(["agent-row.tsx", "agent-row.test.tsx", "main.ts", "index.html", "vite.config.ts"])("allows %s", (name) => {
		expect(judge(rules.names, { [`renderer/${name}`]: "" })).toEqual([]);
	});

	it("refuses barrels and allows a file that adds something", () => {
		const files = {
			"shared/all.ts": 'export * from "./a.ts";\nexport { b } from "./b.ts";',
			"shared/some.ts": 'export * from "./a.ts";\nexport const c = 1;',
		};
		expect(judge(rules.noBarrels, files)).toEqual(["shared/all.ts only hands on what others export"]);
	});
});

describe("swallowed errors", () => {
	it("are found whatever comment stands there", () => {
		const text =
			"try {\n\tf();\n} catch {\n\t// never mind\n}\np.catch(() => {});\np.catch((error) => report(error));\ntry { f(); } catch (error) { report(error); }";
		expect(judge(rules.noSwallowedErrors, { "shared/a.ts": text })).toEqual([
			"shared/a.ts:3 swallows an error",
			"shared/a.ts:6 swallows an error",
		]);
	});
});

describe("the hidden backend", () => {
	it("is named by its own files and by tests alone", () => {
		const files = {
			"electron/hub/hub.ts": "// ask tmux\nexport const a = 1;",
			"renderer/note.html": "<p>Install TMUX</p>",
			"electron/hub/sessions/backends/tmux.ts": 'export const name = "tmux";',
			"electron/hub/sessions/backends/tmux/control.ts": "// tmux",
			"e2e/specs/survives.spec.ts": "// tmux",
			"electron/hub/sessions/session.test.ts": "// tmux",
			"e2e/fixtures/sessions.ts": "// end the tmux server",
		};
		expect(judge(rules.backendsStayHidden, files)).toEqual([
			"electron/hub/hub.ts:1 names a backend: // ask tmux",
			"renderer/note.html:1 names a backend: <p>Install TMUX</p>",
		]);
	});
});
