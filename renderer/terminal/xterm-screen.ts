import { FitAddon } from "@xterm/addon-fit";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { WebglAddon } from "@xterm/addon-webgl";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import type { Size } from "../../shared/frames.ts";
import { hasRealGpu } from "./gpu.ts";
import { markQueries } from "./query-marks.ts";
import { terminalKeys } from "./terminal-keys.ts";
import { type TerminalLook, xtermLook } from "./terminal-look.ts";
import type { Screen } from "./terminal-viewer.ts";

/** What comes out of a terminal on the screen. */
export interface ScreenEvents {
	typed(bytes: Uint8Array): void;
	/** The terminal itself answers a query in what is being drawn. */
	answered(bytes: Uint8Array): void;
	pasted(text: string): void;
	focused(): void;
	/** A link in the output was clicked; it is as hostile as the output. */
	linkClicked(text: string): void;
	/** A person wants out of the terminal, back to the list of agents. */
	left(): void;
	failed(error: unknown): void;
}

const encoder = new TextEncoder();
/** Sizes the contract allows. */
const largest: Size = { cols: 1000, rows: 500 };

/** A terminal drawn by xterm.js in an element of its own, which can be taken out of the page and put back. */
export class XtermScreen implements Screen {
	readonly element = document.createElement("div");
	readonly #terminal: Terminal;
	readonly #fit = new FitAddon();
	/** True from a query in a piece to the end of that piece. */
	#asked = false;

	constructor(look: TerminalLook, events: ScreenEvents) {
		const activate = (_: MouseEvent, text: string) => events.linkClicked(text);
		this.#terminal = new Terminal({
			...xtermLook(look),
			allowProposedApi: true,
			cursorBlink: false,
			// Colours of programs made for the other theme stay readable.
			minimumContrastRatio: 4.5,
			scrollback: 10_000,
			// At the default level random bytes write millions of console lines.
			logLevel: "off",
			linkHandler: { activate },
			macOptionIsMeta: true,
			rightClickSelectsWord: false,
		});
		this.#terminal.loadAddon(this.#fit);
		this.#terminal.loadAddon(new UnicodeGraphemesAddon());
		this.#terminal.loadAddon(new WebLinksAddon(activate));
		markQueries(this.#terminal, () => {
			this.#asked = true;
		});
		this.#terminal.onData((text) => {
			const bytes = encoder.encode(text);
			if (this.#asked) events.answered(bytes);
			else events.typed(bytes);
		});
		// Old mouse reports: one byte a character.
		this.#terminal.onBinary((text) => events.typed(Uint8Array.from(text, (char) => char.charCodeAt(0))));
		this.#terminal.attachCustomKeyEventHandler(terminalKeys(this.#terminal, events));
		// Before xterm.js sees it: the hub brackets a paste, because it knows what the program asked for.
		this.element.addEventListener(
			"paste",
			(event) => {
				event.preventDefault();
				event.stopPropagation();
				const text = event.clipboardData?.getData("text/plain");
				if (text) events.pasted(text);
			},
			{ capture: true },
		);
		this.element.addEventListener("focusin", () => events.focused());
	}

	/** Puts the terminal into a pane. */
	mount(pane: HTMLElement): void {
		pane.append(this.element);
		if (this.#terminal.element) return;
		this.#terminal.open(this.element);
		if (hasRealGpu()) this.#drawByGpu();
	}

	unmount(): void {
		this.element.remove();
	}

	write(bytes: Uint8Array, drawn: () => void): void {
		this.#terminal.write(bytes, () => {
			this.#asked = false;
			drawn();
		});
	}

	resize({ cols, rows }: Size): void {
		if (cols !== this.#terminal.cols || rows !== this.#terminal.rows) this.#terminal.resize(cols, rows);
	}

	/** How many cells the pane has room for; null while it has no size. */
	room(): Size | null {
		const size = this.#fit.proposeDimensions();
		if (!size || !(size.cols >= 2) || !(size.rows >= 1)) return null;
		return { cols: Math.min(size.cols, largest.cols), rows: Math.min(size.rows, largest.rows) };
	}

	focus(): void {
		this.#terminal.focus();
	}

	/** Says what the terminal is to those who cannot see it. */
	name(label: string): void {
		this.#terminal.textarea?.setAttribute("aria-label", label);
	}

	setLook(look: TerminalLook): void {
		Object.assign(this.#terminal.options, xtermLook(look));
	}

	dispose(): void {
		this.#terminal.dispose();
		this.element.remove();
	}

	#drawByGpu(): void {
		const webgl = new WebglAddon();
		// Too many contexts, or a driver that restarted: plain elements draw on.
		webgl.onContextLoss(() => webgl.dispose());
		try {
			this.#terminal.loadAddon(webgl);
		} catch (error) {
			console.warn("WebGL could not be used for a terminal; it is drawn without.", error);
			webgl.dispose();
		}
	}
}
