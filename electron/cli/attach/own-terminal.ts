import type { Size } from "../../../shared/frames.ts";

// Everything an agent may have switched on: the alternate screen, mouse and focus reports, bracketed paste, application
// keys, the kitty keyboard, modifyOtherKeys, synchronized output, a scroll region, colours, a hidden or odd cursor.
const undo = [
	"\x1b[?2026l\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?1004l\x1b[?2004l",
	"\x1b[=0;1u\x1b[>4;0m\x1b[?1l\x1b>\x1b[?6l\x1b[?7h\x1b[4l\x1b(B\x0f\x1b[r\x1b[0m\x1b[0 q\x1b[?25h",
	// Below whatever is drawn.
	"\x1b[999;1H\r\n",
].join("");

/** Clears the screen; what was on it is pushed into the scrollback first. */
const fresh = (rows: number): string => `\x1b[r\x1b[0m\x1b[999;1H${"\n".repeat(rows)}\x1b[H\x1b[2J`;

/** The user's own terminal in raw mode. Whatever happens to this process, it is given back as it was. */
export class OwnTerminal {
	readonly #restore = (): void => this.restore();
	#raw = false;

	get size(): Size {
		return { cols: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
	}

	/** Raw mode from here on. `onSignal` is told of a signal that wants to end this process. */
	take(listeners: {
		onInput(bytes: Uint8Array): void;
		onResize(size: Size): void;
		onSignal(signal: NodeJS.Signals): void;
	}): void {
		process.on("exit", this.#restore);
		for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const)
			process.on(signal, () => listeners.onSignal(signal));
		process.stdin.setRawMode(true);
		this.#raw = true;
		process.stdin.on("data", listeners.onInput);
		process.stdout.on("resize", () => listeners.onResize(this.size));
		process.stdin.resume();
	}

	/** Resolves when the terminal has taken the bytes: this is what holds back the hub for a slow one. */
	write(bytes: Uint8Array | string): Promise<void> {
		return new Promise((resolve) => process.stdout.write(bytes, () => resolve()));
	}

	/** An empty screen to paint on. */
	clear(): Promise<void> {
		return this.write(fresh(this.size.rows));
	}

	/** Gives the terminal back. Idempotent. */
	restore(): void {
		if (!this.#raw) return;
		this.#raw = false;
		process.stdin.pause();
		process.stdin.setRawMode(false);
		// Writing to a terminal is synchronous: this is out before the process ends.
		process.stdout.write(undo);
		process.off("exit", this.#restore);
	}
}
