import * as graphemesModule from "@xterm/addon-unicode-graphemes";
import type { Terminal } from "@xterm/headless";
import * as headlessModule from "@xterm/headless";

/**
 * xterm.js without a screen, and the few of its internals that the public interface does not show. They are what the
 * official serialize addon reaches for as well, and more, because that addon leaves out the mouse encoding, the scroll
 * region, the hidden cursor, links and underline styles. The version is pinned and `paint.test.ts` breaks when they move.
 */
export interface CellStyle {
	readonly fg: number;
	readonly bg: number;
	readonly extended: { readonly ext: number; readonly urlId: number };
}

export interface Cell extends CellStyle {
	getChars(): string;
	getWidth(): number;
}

export interface Line {
	readonly isWrapped: boolean;
	loadCell(column: number, cell: Cell): Cell;
	/** Columns up to the last one with a character or a background. */
	getNoBgTrimmedLength(): number;
}

export interface ScreenBuffer {
	readonly lines: { readonly length: number; get(index: number): Line | undefined };
	readonly ybase: number;
	readonly x: number;
	readonly y: number;
	readonly scrollTop: number;
	readonly scrollBottom: number;
	readonly savedX: number;
	readonly savedY: number;
	readonly savedCurAttrData: CellStyle;
	readonly savedCharset: object | undefined;
	readonly tabs: Readonly<Record<number, boolean | undefined>>;
}

export interface XtermCore {
	readonly cols: number;
	readonly rows: number;
	readonly buffers: { readonly normal: ScreenBuffer; readonly alt: ScreenBuffer; readonly active: ScreenBuffer };
	readonly coreService: {
		readonly isCursorHidden: boolean;
		readonly modes: { readonly insertMode: boolean };
		readonly decPrivateModes: {
			readonly applicationCursorKeys: boolean;
			readonly applicationKeypad: boolean;
			readonly bracketedPasteMode: boolean;
			readonly cursorBlink?: boolean;
			readonly cursorStyle?: "block" | "underline" | "bar";
			readonly origin: boolean;
			readonly reverseWraparound: boolean;
			readonly sendFocus: boolean;
			readonly wraparound: boolean;
		};
	};
	readonly coreMouseService: { readonly activeEncoding: string; readonly activeProtocol: string };
	readonly _inputHandler: {
		readonly _curAttrData: CellStyle;
		readonly _parser: { readonly currentState: number; precedingJoinState: number };
		/** Parses at once. It can throw: xterm.js 6.0.0 does on `CSI 1 J` in the last cell of an alternate screen. */
		parse(data: Uint8Array | string): void;
	};
	readonly _charsetService: { readonly glevel: number; readonly _charsets: (Record<string, string> | undefined)[] };
	readonly optionsService: { readonly rawOptions: { readonly convertEol: boolean } };
	readonly _oscLinkService: { getLinkData(id: number): { id?: string; uri: string } | undefined };
	resize(cols: number, rows: number): void;
}

/** Both packages are CommonJS to Node and ES modules to a bundler: their exports sit in one place or the other. */
function exportsOf<Module extends object>(module: Module): Module {
	return (module as { default?: Module }).default ?? module;
}

export const historyLines = 10_000;

/**
 * A terminal as the window's own: same history, same character widths. What it would answer to queries in the output goes
 * nowhere: a program's question is answered by the terminal a person looks at, or by nobody.
 */
export function createXterm(cols: number, rows: number): Terminal {
	const terminal = new (exportsOf(headlessModule).Terminal)({
		cols,
		rows,
		scrollback: historyLines,
		allowProposedApi: true,
		logLevel: "off", // at the default, random bytes write millions of console lines
	});
	terminal.loadAddon(new (exportsOf(graphemesModule).UnicodeGraphemesAddon)());
	return terminal;
}

export function coreOf(terminal: Terminal): XtermCore {
	return (terminal as unknown as { _core: XtermCore })._core;
}

/** A cell to load others into. */
export function emptyCell(terminal: Terminal): Cell {
	return terminal.buffer.active.getNullCell() as unknown as Cell;
}
