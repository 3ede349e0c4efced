import { BufferPainter } from "./buffer-painter.ts";
import { plainStyle, setStyle } from "./cell-style.ts";
import type { Cell, ScreenBuffer, XtermCore } from "./xterm-core.ts";

function moveTo(row: number, column: number): string {
	return `\x1b[${row + 1};${column + 1}H`;
}

function region(core: XtermCore, buffer: ScreenBuffer): string {
	return buffer.scrollTop === 0 && buffer.scrollBottom === core.rows - 1
		? ""
		: `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`;
}

function savedCursor(core: XtermCore, buffer: ScreenBuffer): string {
	const row = Math.min(Math.max(buffer.savedY - buffer.ybase, 0), core.rows - 1);
	const { savedCurAttrData: style } = buffer;
	if (row === 0 && buffer.savedX === 0 && style.fg === 0 && style.bg === 0) return "";
	return `${moveTo(row, Math.min(buffer.savedX, core.cols - 1))}${setStyle(style)}\x1b7${setStyle(plainStyle)}`;
}

/** Puts the cursor where it is. Past the last column, about to wrap, is a place only printing the last character leads to. */
function cursor(core: XtermCore, buffer: ScreenBuffer, cell: Cell): string {
	const top = core.coreService.decPrivateModes.origin ? buffer.scrollTop : 0;
	const row = buffer.y - top;
	if (buffer.x < core.cols) return moveTo(row, buffer.x);
	const line = buffer.lines.get(buffer.ybase + buffer.y);
	if (!line) return moveTo(row, core.cols - 1);
	let column = core.cols - 1;
	while (column > 0 && line.loadCell(column, cell).getWidth() === 0) column--;
	const last = line.loadCell(column, cell);
	return `${moveTo(row, column)}${last.getChars() === "" ? "" : `${setStyle(last)}${last.getChars()}`}`;
}

const mouseProtocols: Readonly<Record<string, string>> = { X10: "9", VT200: "1000", DRAG: "1002", ANY: "1003" };
const mouseEncodings: Readonly<Record<string, string>> = { SGR: "1006", SGR_PIXELS: "1016" };
const cursorStyles = { block: 2, underline: 4, bar: 6 };

function charsets(core: XtermCore): string {
	const { glevel, _charsets } = core._charsetService;
	const drawing = (g: number): string => (_charsets[g]?.q === "─" ? `\x1b${"()*+"[g]}0` : "");
	return [0, 1, 2, 3].map(drawing).join("") + (glevel === 1 ? "\x0e" : glevel === 2 ? "\x1bn" : glevel === 3 ? "\x1bo" : "");
}

function modes(core: XtermCore): string {
	const { decPrivateModes: mode, modes: ansi, isCursorHidden } = core.coreService;
	let out = "";
	if (mode.applicationCursorKeys) out += "\x1b[?1h";
	if (mode.applicationKeypad) out += "\x1b=";
	if (mode.bracketedPasteMode) out += "\x1b[?2004h";
	if (mode.reverseWraparound) out += "\x1b[?45h";
	if (mode.sendFocus) out += "\x1b[?1004h";
	if (!mode.wraparound) out += "\x1b[?7l";
	if (ansi.insertMode) out += "\x1b[4h";
	if (isCursorHidden) out += "\x1b[?25l";
	if (mode.cursorStyle) out += `\x1b[${cursorStyles[mode.cursorStyle] - (mode.cursorBlink ? 1 : 0)} q`;
	const protocol = mouseProtocols[core.coreMouseService.activeProtocol];
	if (protocol) out += `\x1b[?${protocol}h`;
	const encoding = mouseEncodings[core.coreMouseService.activeEncoding];
	if (encoding) out += `\x1b[?${encoding}h`;
	return out;
}

/**
 * Yields, in steps of about half a millisecond, the text that makes an empty terminal of the same size equal to this one:
 * history, both screens, cursors, scroll regions, modes and the current style. It asks no terminal anything, so that
 * replaying it types nothing to a program. Not kept: tab stops, titles, colours changed by OSC 4.
 */
export function* paint(core: XtermCore, cell: Cell, keyboard: { normal: string; alternate: string }): Generator<string, void> {
	const { normal, alt, active } = core.buffers;
	yield* new BufferPainter(core, normal, cell).rows();
	yield `${savedCursor(core, normal)}${region(core, normal)}${keyboard.normal}`;
	if (active === alt) {
		// 1047 and not 1049: the cursor that leaving restores has been saved already.
		yield `${moveTo(Math.min(normal.y, core.rows - 1), Math.min(normal.x, core.cols - 1))}\x1b[?1047h\x1b[H`;
		yield* new BufferPainter(core, alt, cell).rows();
		yield `${savedCursor(core, alt)}${region(core, alt)}${keyboard.alternate}`;
	}
	const origin = core.coreService.decPrivateModes.origin ? "\x1b[?6h" : "";
	const place = cursor(core, active, cell);
	yield `${origin}${place}${setStyle(core._inputHandler._curAttrData)}${charsets(core)}${modes(core)}`;
}
