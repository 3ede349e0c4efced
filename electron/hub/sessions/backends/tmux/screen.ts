import { randomUUID } from "node:crypto";
import { paneOf } from "./format.ts";

/** What of a pane's state 3.3a can be asked for; the rest (bracketed paste, focus reports) is remembered by us. */
const fields = [
	"window_width",
	"window_height",
	"history_size",
	"alternate_on",
	"cursor_x",
	"cursor_y",
	"cursor_flag",
	"insert_flag",
	"keypad_cursor_flag",
	"keypad_flag",
	"mouse_standard_flag",
	"mouse_button_flag",
	"mouse_all_flag",
	"mouse_sgr_flag",
	"mouse_utf8_flag",
	"origin_flag",
	"wrap_flag",
	"scroll_region_upper",
	"scroll_region_lower",
	"alternate_saved_x",
	"alternate_saved_y",
] as const;

type PaneState = Record<(typeof fields)[number], number>;

export interface Picture {
	cols: number;
	rows: number;
	bytes: Uint8Array;
}

/**
 * The commands that draw a pane, and how to read what they print. They must run in one sequence with whatever must see
 * neither more nor less than this picture. The parts are told apart by a random line: a program's text cannot guess it.
 */
export function pictureCommands(sessionId: string): { commands: string[][]; read(output: Buffer, remembered: string): Picture } {
	const pane = paneOf(sessionId);
	const mark = randomUUID();
	const part = ["display-message", "-p", mark];
	const capture = ["capture-pane", "-e", "-p", "-t", pane];
	return {
		commands: [
			["display-message", "-p", "-t", pane, fields.map((field) => `#{${field}}`).join(" ")],
			part,
			// History is joined where a line was wrapped, so that the viewer can wrap it anew; the screen keeps its rows.
			[...capture, "-J", "-S", "-", "-E", "-1"],
			part,
			[...capture, "-S", "0"],
			part,
			[...capture, "-a", "-q"],
			part,
		],
		read(output, remembered) {
			const [state = "", history = "", screen = "", hidden = ""] = output.toString("latin1").split(`${mark}\n`);
			const values = state.trim().split(" ").map(Number);
			const pane = Object.fromEntries(fields.map((field, index) => [field, values[index] || 0])) as PaneState;
			const text = paint(pane, lines(history), lines(screen), lines(hidden)) + remembered;
			return { cols: pane.window_width, rows: pane.window_height, bytes: Buffer.from(text, "latin1") };
		},
	};
}

function lines(printed: string): string[] {
	return printed.replace(/\n$/, "").split("\n");
}

function paint(pane: PaneState, history: string[], screen: string[], hidden: string[]): string {
	// With no history the range ends up on the screen's first line.
	const past = pane.history_size > 0 ? `${history.join("\r\n")}\x1b[m\r\n` : "";
	const rows = (text: string[]) => `${exactly(text, pane.window_height).join("\r\n")}\x1b[m`;
	let text: string;
	if (pane.alternate_on) {
		const saved = `\x1b[${pane.alternate_saved_y + 1};${pane.alternate_saved_x + 1}H`;
		text = `${past}${rows(hidden)}${saved}\x1b[?1049h\x1b[H${rows(screen)}`;
	} else text = past + rows(screen);
	if (pane.scroll_region_upper > 0 || pane.scroll_region_lower < pane.window_height - 1)
		text += `\x1b[${pane.scroll_region_upper + 1};${pane.scroll_region_lower + 1}r`;
	text += modes(pane);
	const top = pane.origin_flag ? pane.scroll_region_upper : 0;
	return `${text}\x1b[${pane.cursor_y - top + 1};${pane.cursor_x + 1}H`;
}

function modes(pane: PaneState): string {
	const on: [number, string][] = [
		[pane.insert_flag, "\x1b[4h"],
		[pane.keypad_cursor_flag, "\x1b[?1h"],
		[pane.keypad_flag, "\x1b="],
		[pane.mouse_standard_flag, "\x1b[?1000h"],
		[pane.mouse_button_flag, "\x1b[?1002h"],
		[pane.mouse_all_flag, "\x1b[?1003h"],
		[pane.mouse_utf8_flag, "\x1b[?1005h"],
		[pane.mouse_sgr_flag, "\x1b[?1006h"],
		[pane.origin_flag, "\x1b[?6h"],
		[1 - pane.wrap_flag, "\x1b[?7l"],
		[1 - pane.cursor_flag, "\x1b[?25l"],
	];
	return on.map(([flag, sequence]) => (flag ? sequence : "")).join("");
}

/** Exactly the screen's rows, so that the history above ends up above it. */
function exactly(text: string[], height: number): string[] {
	return Array.from({ length: height }, (_, row) => text[row] ?? "");
}
