import { readFileSync } from "node:fs";

/** What a file of our own notes says; null when it is not there or was cut off while it was written: both mean "not known". */
export function readJsonFile<Content>(path: string): Partial<Content> | null {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		if (error instanceof SyntaxError || (error instanceof Error && "code" in error && error.code === "ENOENT")) return null;
		throw error;
	}
}
