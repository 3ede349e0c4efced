import { describe, expect, it } from "vitest";
import { root } from "../bundles.ts";
import { rules } from "./rules.ts";
import { readSourceTree } from "./source-tree.ts";

describe("this repository", () => {
	const tree = readSourceTree(root);

	it("is read whole", () => {
		const paths = tree.map(({ path }) => path);
		expect(paths).toContain("shared/contract/contract.ts");
		expect(paths).toContain("electron/hub/home.ts");
		expect(paths).toContain("electron/dev/run.mjs");
	});

	it.each(Object.entries(rules))("%s", (_sentence, rule) => {
		expect(rule(tree)).toEqual([]);
	});
});
