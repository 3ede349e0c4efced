import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClawmuxError } from "../../shared/errors.ts";

/**
 * The path of a file in `resources/`: the repository's when run from source, the copy beside the bundles when built.
 * @throws ClawmuxError `internal` when the file is nowhere above this one, i.e. the installation is incomplete.
 */
export function resourcePath(name: string): string {
	for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
		const candidate = join(folder, "resources", name);
		if (existsSync(candidate)) return candidate;
		if (dirname(folder) === folder)
			throw new ClawmuxError("internal", `The file resources/${name} is missing from this installation; install ClawMux again.`);
	}
}
