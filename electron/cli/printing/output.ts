import { writeSync } from "node:fs";
import { isatty } from "node:tty";

export interface Output {
	readonly isTty: boolean;
	readonly colours: boolean;
	/** Columns to fit into; infinite where nobody looks at columns. */
	readonly width: number;
	/** Writes whole lines. */
	print(text: string): void;
}

/** Standard output as it is now. */
export function standardOutput(env: NodeJS.ProcessEnv = process.env): Output {
	const isTty = isatty(1);
	return {
		isTty,
		colours: isTty && !env.NO_COLOR && env.TERM !== "dumb",
		// `process.stdout` is loaded for a terminal only: it costs a few ms that a pipe need not pay.
		width: isTty ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY,
		print: (text) => writeAll(1, `${text}\n`),
	};
}

/** One sentence for a person, on standard error. */
export function complain(message: string): void {
	writeAll(2, `clawmux: ${message}\n`);
}

function writeAll(fd: 1 | 2, text: string): void {
	let bytes: Uint8Array = Buffer.from(text);
	while (bytes.byteLength > 0) {
		try {
			bytes = bytes.subarray(writeSync(fd, bytes));
		} catch (error) {
			const code = error instanceof Error && "code" in error ? error.code : "";
			// A pipe somebody set to non-blocking is full: the stream waits for it where a plain write cannot.
			if (code === "EAGAIN") {
				(fd === 1 ? process.stdout : process.stderr).write(bytes);
				return;
			}
			// Nobody reads any more (`clawmux agents | head -1`): as silent an end as any filter's.
			if (code === "EPIPE") return;
			throw error;
		}
	}
}

const codes = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", blue: "34", cyan: "36" } as const;
export type Style = keyof typeof codes;

/** Text in a style, where styles are wanted. */
export function styled(out: Pick<Output, "colours">, style: Style | undefined, text: string): string {
	return style && out.colours ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}

/** Makes text of unknown origin one harmless line: agents write their own names, areas and tasks. */
export function plain(text: string): string {
	return text.replace(/\p{Cc}+|[\p{Bidi_Control}\u2028\u2029]+/gu, " ").trim();
}
