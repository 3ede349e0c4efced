import { execFile } from "node:child_process";
import { lstat } from "node:fs/promises";
import { promisify } from "node:util";
import { deferred } from "../deferred.ts";

interface Wanted {
	readonly path: string;
	resolve(): void;
	reject(reason: unknown): void;
}

let wanted: Wanted[] = [];

/**
 * Makes a FIFO, mode 0600. Node cannot, so a program does; one makes all that are asked for in the same turn of the loop.
 * @throws Error with what mkfifo said.
 */
export function makeFifo(path: string): Promise<void> {
	const { promise, resolve, reject } = deferred<void>();
	if (wanted.length === 0) setImmediate(makeWanted);
	wanted.push({ path, resolve, reject });
	return promise;
}

function makeWanted(): void {
	const batch = wanted;
	wanted = [];
	const made = promisify(execFile)("mkfifo", ["-m", "600", "--", ...batch.map(({ path }) => path)]);
	for (const { path, resolve, reject } of batch)
		made.then(resolve, (error: unknown) => {
			// One that cannot be made does not keep the others from being made.
			lstat(path).then(
				(file) => (file.isFIFO() ? resolve() : reject(error)),
				() => reject(error),
			);
		});
}
