import { SerializeAddon } from "@xterm/addon-serialize";
import headless from "@xterm/headless";
import type { ByteTail } from "./byte-tail.ts";

/** As many lines as a viewer keeps. */
const scrollback = 10_000;

/** A terminal that has drawn the tail; nothing it would answer goes anywhere. */
async function draw(tail: ByteTail, cols: number, rows: number): Promise<headless.Terminal> {
	const terminal = new headless.Terminal({ cols, rows, scrollback, allowProposedApi: true, logLevel: "off" });
	terminal.write(tail.before.sequence());
	// The parser works in slices of 12 ms and lets the event loop run between them.
	await new Promise<void>((resolve) => terminal.write(tail.bytes(), resolve));
	return terminal;
}

/** The text of a session with its scrollback, blank lines at the end left out. */
export async function drawText(tail: ByteTail, cols: number, rows: number, lines: number): Promise<string> {
	const terminal = await draw(tail, cols, rows);
	const { active } = terminal.buffer;
	const text: string[] = [];
	for (let row = 0; row < active.length; row += 1) {
		const line = active.getLine(row);
		const content = line?.translateToString(true) ?? "";
		if (line?.isWrapped && text.length > 0) text[text.length - 1] += content;
		else text.push(content);
	}
	terminal.dispose();
	while (text.at(-1) === "") text.pop();
	return text.slice(-Math.max(1, lines)).join("\n");
}

/** Bytes that bring an empty terminal of this size to the same state, with no query in them. */
export async function drawSnapshot(tail: ByteTail, cols: number, rows: number): Promise<string> {
	const terminal = await draw(tail, cols, rows);
	const addon = new SerializeAddon();
	// The addon is typed for the browser's terminal; headless offers the same core.
	terminal.loadAddon(addon as unknown as headless.ITerminalAddon);
	const text = addon.serialize();
	terminal.dispose();
	return text;
}
