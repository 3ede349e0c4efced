import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

export type LogFields = Record<string, unknown>;

/** Where every part of the hub says what it did and what it refused. */
export interface Log {
	debug(message: string, fields?: LogFields): void;
	info(message: string, fields?: LogFields): void;
	warn(message: string, fields?: LogFields): void;
	error(message: string, fields?: LogFields): void;
}

type Level = keyof Log;
const levels: readonly Level[] = ["debug", "info", "warn", "error"];

/** One log file and one older generation: at most twice this on disk. */
const rotateAtBytes = 5_000_000;

function line(level: Level, message: string, fields: LogFields | undefined): string {
	const plain: LogFields = { at: new Date().toISOString(), level, message };
	for (const [key, value] of Object.entries(fields ?? {})) plain[key] = value instanceof Error ? describe(value) : value;
	try {
		return `${JSON.stringify(plain)}\n`;
	} catch (error) {
		// A field that JSON cannot say, such as one that contains itself.
		return `${JSON.stringify({ at: plain.at, level, message, unsaid: String(error) })}\n`;
	}
}

function describe(error: Error): string {
	const cause = error.cause instanceof Error ? `; cause: ${describe(error.cause)}` : "";
	return `${error.stack ?? error.message}${cause}`;
}

function build(write: (text: string) => void, from: Level): Log {
	const log = {} as Log;
	for (const level of levels) {
		const wanted = levels.indexOf(level) >= levels.indexOf(from);
		log[level] = wanted ? (message, fields) => write(line(level, message, fields)) : () => undefined;
	}
	return log;
}

/**
 * Writes JSON lines to `<folder>/<name>.log`, mode 0600. The write is synchronous: a log is most wanted of a process that is
 * about to die, and the hub says little. A log that can no longer be written (its disk is full, somebody took its folder
 * away) never throws: the folder is made anew, and failing that the line goes to standard error.
 * @throws when the folder cannot be made at first
 */
export function fileLog(folder: string, name = "hub"): Log {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const file = join(folder, `${name}.log`);
	let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
	const append = (text: string): void => {
		if (bytes + text.length > rotateAtBytes) {
			renameSync(file, `${file}.1`);
			bytes = 0;
		}
		appendFileSync(file, text, { mode: 0o600 });
		bytes += Buffer.byteLength(text);
	};
	const anew = (text: string): void => {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
		append(text);
	};
	return build((text) => {
		try {
			append(text);
		} catch (error) {
			try {
				if (!isMissing(error)) throw error;
				anew(text);
			} catch (reason) {
				sayToStderr(`${file} cannot be written (${reason instanceof Error ? reason.message : String(reason)}): ${text}`);
			}
		}
	}, "info");
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ENOENT";
}

let stderrHeard = false;

function sayToStderr(text: string): void {
	if (!stderrHeard) {
		stderrHeard = true;
		// It may be a closed pipe or a full disk itself: whoever logs has no use for an error about that, and there is no third place.
		process.stderr.on("error", () => undefined);
	}
	process.stderr.write(text);
}

/** Writes the same lines to standard error. */
export function stderrLog(): Log {
	return build(sayToStderr, "info");
}

/** Says nothing. */
export const silentLog: Log = build(() => undefined, "error");
