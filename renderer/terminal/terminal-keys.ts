import type { Terminal } from "@xterm/xterm";
import { copyText } from "./copy-text.ts";

const isMac = navigator.platform.startsWith("Mac");

/** The keys a terminal program can tell apart from others stay its own; these it cannot. */
export const leaveKeys = isMac ? "Cmd+Shift+S" : "Ctrl+Shift+S";

/**
 * What xterm.js asks before it takes a key: false leaves the key to us or to the browser. Ctrl+Shift+letter (Cmd on macOS)
 * means the same as Ctrl+letter to every terminal program, so nothing is taken from one.
 */
export function terminalKeys(
	terminal: Terminal,
	events: { left(): void; failed(error: unknown): void },
): (event: KeyboardEvent) => boolean {
	return (event) => {
		const ours = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && event.shiftKey && !event.metaKey;
		if (!ours || event.altKey) return true;
		switch (event.code) {
			case "KeyC":
				if (event.type === "keydown") {
					event.preventDefault();
					if (terminal.hasSelection()) copyText(terminal.getSelection()).catch((error) => events.failed(error));
				}
				return false;
			case "KeyV":
				// The browser's own paste follows.
				return false;
			case "KeyS":
				if (!event.shiftKey) return true;
				if (event.type === "keydown") {
					event.preventDefault();
					events.left();
				}
				return false;
			default:
				return true;
		}
	};
}
