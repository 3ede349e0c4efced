import type { Terminal } from "@xterm/headless";
import { KeyboardModes } from "./keyboard-modes.ts";
import { paint } from "./paint.ts";
import { type Cell, coreOf, createXterm, emptyCell, type ScreenBuffer, type XtermCore } from "./xterm-core.ts";

const tabWidth = 8;

/** The terminal behind a screen: about 22 MB when its history is full. */
export class ScreenModel {
	readonly #terminal: Terminal;
	readonly #core: XtermCore;
	readonly #cell: Cell;
	readonly #keyboard: KeyboardModes;

	constructor(cols: number, rows: number) {
		this.#terminal = createXterm(cols, rows);
		this.#core = coreOf(this.#terminal);
		this.#cell = emptyCell(this.#terminal);
		this.#keyboard = new KeyboardModes(this.#terminal);
	}

	get size(): { cols: number; rows: number } {
		return { cols: this.#core.cols, rows: this.#core.rows };
	}

	parse(bytes: Uint8Array): void {
		try {
			this.#core._inputHandler.parse(bytes);
		} catch {
			// Output is hostile input, and xterm.js throws on some (paint.test.ts). CAN ends whatever sequence it was in; the rest of
			// the piece, 32 KB at most, is missing from this picture and from nothing else.
			this.#core._inputHandler.parse("\x18");
		}
	}

	resize(cols: number, rows: number): void {
		this.#core.resize(cols, rows);
	}

	paint(): Generator<string, void> {
		return paint(this.#core, this.#cell, this.#keyboard.sequences);
	}

	/** Whether a picture, with `joining` beside it, says everything that decides what later output will look like. */
	get isPaintable(): boolean {
		const { _inputHandler, _charsetService, buffers, optionsService } = this.#core;
		const plainCharsets = _charsetService._charsets.every((charset) => charset === undefined || charset.q === "─");
		return (
			_inputHandler._parser.currentState === 0 && // in no sequence
			_inputHandler._curAttrData.extended.urlId === 0 &&
			plainCharsets &&
			!optionsService.rawOptions.convertEol &&
			[buffers.normal, buffers.alt].every((buffer) => buffer.savedCharset === undefined && this.#hasUsualTabs(buffer))
		);
	}

	/** What the next character may combine with, which no sequence can bring about without changing the screen. */
	get joining(): number {
		return this.#core._inputHandler._parser.precedingJoinState;
	}

	set joining(state: number) {
		this.#core._inputHandler._parser.precedingJoinState = state;
	}

	dispose(): void {
		this.#terminal.dispose();
	}

	#hasUsualTabs({ tabs }: ScreenBuffer): boolean {
		for (let column = 0; column < this.#core.cols; column++)
			if (Boolean(tabs[column]) !== (column % tabWidth === 0)) return false;
		return true;
	}
}
