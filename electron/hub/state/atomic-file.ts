import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

let counter = 0;

/**
 * Replaces a file's content so that a crash at any moment leaves the old or the new one, never a part: temporary file in
 * the same folder, fsync, rename, fsync of the folder. Mode 0600; missing folders are made 0700.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
	const folder = dirname(path);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	counter += 1;
	const temporary = `${path}.${process.pid}.${counter}.tmp`;
	const bytes = typeof content === "string" ? Buffer.from(content) : content;
	try {
		const file = openSync(temporary, "wx", 0o600);
		try {
			let written = 0;
			while (written < bytes.byteLength) written += writeSync(file, bytes, written);
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
	syncFolder(folder);
}

/** Makes a rename in a folder durable. Windows cannot open folders and needs no such call. */
function syncFolder(folder: string): void {
	if (process.platform === "win32") return;
	const handle = openSync(folder, "r");
	try {
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
}
