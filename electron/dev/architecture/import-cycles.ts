import type { SourceFile } from "./source-tree.ts";

/**
 * Groups of files that import each other in a circle, by values or by types, each as a path that ends where it began.
 * One path is given for each group of entangled files.
 */
export function findCycles(tree: readonly SourceFile[]): string[][] {
	const imports = new Map(tree.map(({ path, imports }) => [path, imports.flatMap(({ file }) => (file === null ? [] : [file]))]));
	const cycles: string[][] = [];
	const done = new Set<string>();
	const inCycle = new Set<string>();

	const walk = (file: string, trail: readonly string[]): void => {
		const start = trail.indexOf(file);
		if (start >= 0) {
			const cycle = trail.slice(start);
			if (!cycle.some((member) => inCycle.has(member))) cycles.push([...cycle, file]);
			for (const member of cycle) inCycle.add(member);
			return;
		}
		if (done.has(file)) return;
		for (const next of imports.get(file) ?? []) walk(next, [...trail, file]);
		done.add(file);
	};
	for (const { path } of tree) walk(path, []);
	return cycles;
}
