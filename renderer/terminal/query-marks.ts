import type { Terminal } from "@xterm/xterm";

/** The queries xterm.js 6 answers, and mode 1004, which it answers with the focus. See query-scanner.ts. */
const csiQueries = [
	{ final: "c" },
	{ prefix: ">", final: "c" },
	{ prefix: "=", final: "c" },
	{ final: "n" },
	{ prefix: "?", final: "n" },
	{ intermediates: "$", final: "p" },
	{ prefix: "?", intermediates: "$", final: "p" },
	{ final: "t" },
	{ prefix: ">", final: "q" },
	{ prefix: "?", final: "u" },
	{ prefix: "?", final: "h" },
] as const;

const oscQueries = [4, 10, 11, 12] as const;

/**
 * Tells what the terminal answers from what a person types: both come by `onData`, but an answer comes while a query is
 * being drawn. Calls `asked` then, and lets xterm.js go on.
 */
export function markQueries(terminal: Terminal, asked: () => void): void {
	const mark = () => {
		asked();
		return false;
	};
	for (const query of csiQueries) terminal.parser.registerCsiHandler(query, mark);
	for (const query of oscQueries) terminal.parser.registerOscHandler(query, mark);
	terminal.parser.registerDcsHandler({ intermediates: "$", final: "q" }, mark);
}
