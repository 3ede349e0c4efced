import { backgroundOf, extendedFlag, plainStyle, setBackground, setStyle } from "./cell-style.ts";
import type { Cell, CellStyle, Line, ScreenBuffer, XtermCore } from "./xterm-core.ts";

/** Rows in one step of painting: about half a millisecond. */
const rowsPerStep = 64;

/** Characters that never merge with a neighbour into one grapheme. */
function standsAlone(code: number): boolean {
	return (
		code < 0x300 ||
		(code >= 0x2010 && code < 0x20d0) ||
		(code >= 0x2100 && code < 0x2cef) ||
		(code >= 0x3041 && code < 0x3099) ||
		(code >= 0x30a0 && code < 0xa000) ||
		(code >= 0xac00 && code < 0xd7a4)
	);
}

/**
 * Writes the bytes that bring an empty terminal of the same size to what one buffer shows: every row of its history and
 * screen, wrapped lines as wrapped lines, styles, links. Relies on an empty terminal: it moves over cells that are empty.
 */
export class BufferPainter {
	readonly #core: XtermCore;
	readonly #buffer: ScreenBuffer;
	readonly #cell: Cell;
	#out = "";
	#fg = 0;
	#bg = 0;
	#ext = 0;
	#url = 0;

	constructor(core: XtermCore, buffer: ScreenBuffer, cell: Cell) {
		this.#core = core;
		this.#buffer = buffer;
		this.#cell = cell;
	}

	/** Yields the rows in steps; the buffer must not change until the last. */
	*rows(): Generator<string, void> {
		const count = this.#buffer.lines.length;
		let arrivedByWrap = false;
		for (let y = 0; y < count; y++) {
			const line = this.#buffer.lines.get(y);
			if (!line) continue;
			const wraps = this.#wraps(y);
			const wrapsByItself = wraps && this.#wrapsByItself(y);
			if (wraps && !wrapsByItself) this.#forceWrap();
			this.#row(line, wrapsByItself, arrivedByWrap && !(wraps && !wrapsByItself));
			this.#link(0);
			if (y + 1 < count && !wraps) this.#out += `${this.#toPlain()}\r\n`;
			else if (wraps && !wrapsByItself) this.#out += `${this.#toPlain()}\x1b[B\r`;
			arrivedByWrap = wrapsByItself;
			if (y % rowsPerStep === rowsPerStep - 1) yield this.#take();
		}
		this.#toPlainNow();
		yield this.#take();
	}

	#take(): string {
		const out = this.#out;
		this.#out = "";
		return out;
	}

	#load(line: Line, column: number): Cell {
		return line.loadCell(column, this.#cell);
	}

	/** Says whether printing the next line's first character after this line's last one wraps as it did. */
	#wrapsByItself(y: number): boolean {
		return this.#wrapsWhenFull(y) || (this.#wrapsBeforeWide(y) && (!this.#wraps(y + 1) || this.#wrapsWhenFull(y + 1)));
	}

	#wraps(y: number): boolean {
		// Past its end the list starts over.
		return y + 1 < this.#buffer.lines.length && this.#buffer.lines.get(y + 1)?.isWrapped === true;
	}

	#wrapsWhenFull(y: number): boolean {
		const line = this.#buffer.lines.get(y);
		const next = this.#buffer.lines.get(y + 1);
		return (
			line !== undefined && next !== undefined && this.#load(next, 0).getChars() !== "" && this.#endsAt(line, this.#core.cols - 1)
		);
	}

	/** A wide character that did not fit leaves an empty cell, which the wrap colours as the character. */
	#wrapsBeforeWide(y: number): boolean {
		const line = this.#buffer.lines.get(y);
		const next = this.#buffer.lines.get(y + 1);
		if (!line || !next) return false;
		const first = this.#load(next, 0);
		if (first.getChars() === "" || first.getWidth() !== 2) return false;
		const background = backgroundOf(first);
		const { cols } = this.#core;
		return (
			!this.#endsAt(line, cols - 1) && backgroundOf(this.#load(line, cols - 1)) === background && this.#endsAt(line, cols - 2)
		);
	}

	#endsAt(line: Line, column: number): boolean {
		return this.#load(line, column).getChars() !== "" || (column > 0 && this.#load(line, column - 1).getWidth() === 2);
	}

	/** Marks the next row as a continuation of this one, which only printing across the edge does, and comes back. */
	#forceWrap(): void {
		const { cols } = this.#core;
		this.#out += `${this.#toPlain()}${"-".repeat(cols + 1)}\x1b[D\x1b[X\x1b[A\r\x1b[${cols}X`;
	}

	#row(line: Line, leavesByWrap: boolean, arrivedByWrap: boolean): void {
		const columns = leavesByWrap ? this.#core.cols : line.getNoBgTrimmedLength();
		let empty = 0;
		let emptyBackground = 0;
		let before = 0;
		const fill = (): void => {
			if (empty === 0) return;
			if (emptyBackground !== 0) this.#out += `${this.#toBackground(emptyBackground)}\x1b[${empty}X`;
			this.#out += `\x1b[${empty}C`;
			empty = 0;
		};
		for (let x = 0; x < columns; x++) {
			const cell = this.#load(line, x);
			const chars = cell.getChars();
			if (chars === "") {
				const background = backgroundOf(cell);
				if (background !== emptyBackground) fill();
				emptyBackground = background;
				// The gap that a wide character leaves at the edge comes back when that character wraps.
				if (leavesByWrap && x === columns - 1) continue;
				empty++;
				before = 0;
				continue;
			}
			fill();
			const code = chars.codePointAt(0) ?? 0;
			const styled = this.#style(cell);
			// NUL does nothing but end a grapheme, so that what was in two cells stays in two.
			if (!styled && before !== 0 && !(standsAlone(before) && standsAlone(code))) this.#out += "\0";
			this.#out += chars;
			before = chars.length > 1 ? 0x10ffff : code;
			// The second half of a wide character; one without its first half (xterm.js leaves such) counts as empty.
			const width = cell.getWidth();
			if (x === 0 && arrivedByWrap && backgroundOf(cell) !== 0 && width < this.#core.cols) {
				// Wrapping at the bottom fills the new row with the character's background.
				this.#out += `${this.#toPlain()}\x1b[K`;
				before = 0;
			}
			if (width === 2) x++;
		}
		fill();
	}

	/** Returns true when a sequence was needed. */
	#style(cell: CellStyle): boolean {
		const extended = (cell.bg & extendedFlag) !== 0;
		const linked = this.#link(extended ? cell.extended.urlId : 0);
		const ext = extended ? cell.extended.ext : 0;
		if (cell.fg === this.#fg && cell.bg === this.#bg && ext === this.#ext) return linked;
		this.#out += setStyle(cell);
		this.#fg = cell.fg;
		this.#bg = cell.bg;
		this.#ext = ext;
		return true;
	}

	#link(id: number): boolean {
		if (id === this.#url) return false;
		this.#url = id;
		const data = id === 0 ? undefined : this.#core._oscLinkService.getLinkData(id);
		this.#out += data ? `\x1b]8;${data.id ? `id=${data.id}` : ""};${data.uri}\x1b\\` : "\x1b]8;;\x1b\\";
		return true;
	}

	#toPlain(): string {
		if (this.#fg === 0 && this.#bg === 0) return "";
		this.#fg = this.#bg = this.#ext = 0;
		return setStyle(plainStyle);
	}

	#toPlainNow(): void {
		this.#out += this.#toPlain();
	}

	#toBackground(bits: number): string {
		if (this.#fg === 0 && this.#bg === bits) return "";
		this.#fg = 0;
		this.#bg = bits;
		this.#ext = 0;
		return setBackground(bits);
	}
}
