import { basename, dirname } from "node:path";
import { findCycles } from "./import-cycles.ts";
import { allowsPackage, covers, isTest, type Layer, layerOf, layers, testPackages } from "./layers.ts";
import type { SourceFile } from "./source-tree.ts";

const longestFile = 400;
/** Tests and styles beside the code do not count. */
const fullestFolder = 14;
const emptyNames = /^(utils?|helpers?|types?|index|common|misc)\.[cm]?[jt]sx?$/;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/;

/** One rule of the house: what breaks it, one sentence each, none when it holds. */
export type Rule = (tree: readonly SourceFile[]) => string[];

export const layering =
	(table: readonly Layer[] = layers): Rule =>
	(tree) =>
		tree.flatMap((file) => {
			const layer = layerOf(file.path, table);
			if (layer === undefined)
				return file.imports.length === 0 ? [] : [`${file.path} is in no layer: add it to the table in layers.ts`];
			const files = isTest(file.path) ? [...layer.files, ...(layer.testFiles ?? [])] : layer.files;
			const packages = isTest(file.path) ? [...layer.packages, ...testPackages] : layer.packages;
			return file.imports
				.filter((entry) => {
					if (entry.file !== null) return !files.some((allowed) => covers(allowed, entry.file ?? ""));
					return !packages.some((pattern) => allowsPackage(pattern, entry.specifier));
				})
				.map((entry) => `${file.path} may not import ${entry.file ?? entry.specifier}`);
		});

export const noCycles: Rule = (tree) => findCycles(tree).map((cycle) => `import cycle: ${cycle.join(" -> ")}`);

export const fileSizes: Rule = (tree) =>
	tree
		.filter(({ lines }) => lines > longestFile)
		.map(({ path, lines }) => `${path} has ${lines} lines: ${longestFile} is the cap`);

export const folderSizes: Rule = (tree) => {
	const counts = new Map<string, number>();
	for (const { path } of tree) {
		if (/\.[cm]?[jt]sx?$/.test(path) && !isTest(path)) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
	}
	return [...counts]
		.filter(([, count]) => count > fullestFolder)
		.map(([folder, count]) => `${folder} holds ${count} files: ${fullestFolder} is the cap`);
};

export const names: Rule = (tree) =>
	tree.flatMap(({ path }) => {
		const name = basename(path);
		if (emptyNames.test(name)) return [`${path} is named for no thing it holds`];
		return kebabCase.test(name) ? [] : [`${path} is not named in kebab-case`];
	});

export const noBarrels: Rule = (tree) =>
	tree.filter(({ barrel }) => barrel).map(({ path }) => `${path} only hands on what others export`);

export const noSwallowedErrors: Rule = (tree) =>
	tree.flatMap(({ path, swallows }) => swallows.map((line) => `${path}:${line} swallows an error`));

/** The backend whose name no source outside its own may know (design rule 3); a test may say which one it runs. */
const hiddenBackend = /tmux/i;
const mayNameIt = [
	/^electron\/hub\/sessions\/backends\/(tmux|built-in-backends\.ts$)/,
	/\.(test|spec)\.tsx?$/,
	/^e2e\//,
	/^electron\/dev\/architecture\//,
];

export const backendsStayHidden: Rule = (tree) =>
	tree
		.filter(({ path }) => !mayNameIt.some((place) => place.test(path)))
		.flatMap(({ path, text }) =>
			text
				.split("\n")
				.flatMap((line, index) => (hiddenBackend.test(line) ? [`${path}:${index + 1} names a backend: ${line.trim()}`] : [])),
		);

/** Every rule by the sentence it keeps. */
export const rules: Readonly<Record<string, Rule>> = {
	"each layer imports only what the table allows": layering(),
	"there are no import cycles": noCycles,
	"no file is over 400 lines": fileSizes,
	"no folder holds over 14 source files": folderSizes,
	"files are named in kebab-case for what they hold": names,
	"there are no barrels": noBarrels,
	"no error is swallowed": noSwallowedErrors,
	"only the backend of its name mentions it": backendsStayHidden,
};
