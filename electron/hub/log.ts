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
	return `${JSON.stringify(plain)}\n`;
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
 * about to die, and the hub says little.
 */
export function fileLog(folder: string, name = "hub"): Log {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const file = join(folder, `${name}.log`);
	let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
	const write = (text: string): void => {
		if (bytes + text.length > rotateAtBytes) {
			renameSync(file, `${file}.1`);
			bytes = 0;
		}
		appendFileSync(file, text, { mode: 0o600 });
		bytes += Buffer.byteLength(text);
	};
	return build(write, "info");
}

/** Writes the same lines to standard error. */
export function stderrLog(): Log {
	return build((text) => process.stderr.write(text), "info");
}

/** Says nothing. */
export const silentLog: Log = build(() => undefined, "error");
