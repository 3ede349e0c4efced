import serializeModule from "@xterm/addon-serialize";
import type { Terminal } from "@xterm/headless";
import { afterEach, describe, expect, test } from "vitest";
import { Tail } from "../tail.ts";
import { Screen } from "./screen.ts";
import { ScreenScheduler } from "./screen-scheduler.ts";
import type { Snapshot } from "./snapshot-job.ts";
import { coreOf, createXterm } from "./xterm-core.ts";

const cleanUp: (() => void)[] = [];
afterEach(() => {
	for (const each of cleanUp.splice(0)) each();
});

function twin(cols: number, rows: number): Terminal {
	const terminal = createXterm(cols, rows);
	cleanUp.push(() => terminal.dispose());
	return terminal;
}

function feed(terminal: Terminal, bytes: Uint8Array | string): void {
	coreOf(terminal)._inputHandler.parse(bytes);
}

function serialized(terminal: Terminal): string {
	const addon = new serializeModule.SerializeAddon();
	terminal.loadAddon(addon);
	return addon.serialize();
}

function painted(snapshot: Snapshot): Terminal {
	const terminal = twin(snapshot.cols, snapshot.rows);
	feed(terminal, snapshot.bytes);
	return terminal;
}

function session(options: { capacity?: number; cols?: number; rows?: number; lead?: string } = {}) {
	const { capacity, cols = 80, rows = 24, lead = "" } = options;
	const tail = new Tail(capacity);
	const scheduler = new ScreenScheduler();
	const screen = new Screen({ tail, scheduler, cols, rows, lead: Buffer.from(lead) });
	cleanUp.push(() => {
		screen.dispose();
		scheduler.dispose();
	});
	const write = (output: string | Uint8Array): void => {
		tail.append(typeof output === "string" ? Buffer.from(output) : output);
		screen.appended();
	};
	return { tail, screen, write };
}

describe("a screen", () => {
	test("follows output whose characters and sequences are cut at every byte", { timeout: 60_000 }, async () => {
		const output = Buffer.from(
			"é日本👩‍👩‍👧‍👦\x1b[38;2;1;2;3mred\x1b[0m \x1b]8;;https://a.example\x1b\\link\x1b]8;;\x1b\\ \x1b[?2004hend",
		);
		const whole = twin(40, 5);
		feed(whole, output);
		for (let cut = 1; cut < output.byteLength; cut++) {
			const { screen, write } = session({ cols: 40, rows: 5 });
			write(output.subarray(0, cut));
			await screen.snapshot();
			write(output.subarray(cut));
			const copy = painted(await screen.snapshot());
			expect(serialized(copy)).toBe(serialized(whole));
			expect(serialized(copy)).not.toContain("\ufffd");
		}
	});

	test("begins with what the source had on its screen", async () => {
		const { screen, write } = session({ lead: "from before\r\n" });
		write("and now");
		const snapshot = await screen.snapshot();
		expect(snapshot.offset).toBe(7);
		expect(serialized(painted(snapshot))).toBe("from before\r\nand now");
	});

	test("changes size between the output before and the output after", async () => {
		const { screen, write } = session({ cols: 20, rows: 5 });
		const same = twin(20, 5);
		write("x".repeat(30));
		screen.resize(40, 8);
		write(`\x1b[H${"y".repeat(50)}`);
		feed(same, "x".repeat(30));
		same.resize(40, 8);
		feed(same, `\x1b[H${"y".repeat(50)}`);
		const snapshot = await screen.snapshot();
		expect([snapshot.cols, snapshot.rows]).toEqual([40, 8]);
		expect(serialized(painted(snapshot))).toBe(serialized(same));
	});

	test("jumps when output comes faster than it can be parsed, and is right again after a full history", {
		timeout: 60_000,
	}, async () => {
		const { screen, tail, write } = session({ capacity: 4 * 1024 * 1024 });
		const same = twin(80, 24);
		write("\x1b[?2004h\x1b[?1006h");
		feed(same, "\x1b[?2004h\x1b[?1006h");
		let line = 0;
		// No time passes: nothing is parsed until the end. The modes change in the middle of what is jumped over.
		for (let piece = 0; tail.end < 24 * 1024 * 1024; piece++) {
			let output = piece === 40 ? "\x1b[?2004l\x1b[?1h" : "";
			while (output.length < 64 * 1024)
				output += `\x1b[3${line % 8}m${line++} some output of a busy program ${"=".repeat(line % 50)}\x1b[0m\r\n`;
			write(output);
			feed(same, output);
		}
		const snapshot = await screen.snapshot();
		const copy = painted(snapshot);
		expect(snapshot.offset).toBe(tail.end);
		expect(copy.modes).toEqual(same.modes);
		expect(coreOf(copy).coreMouseService.activeEncoding).toBe("SGR");
		expect(serialized(copy) === serialized(same)).toBe(true);
	});

	test("stays still while it is painted, and goes on afterwards", async () => {
		const { screen, write } = session();
		for (let i = 0; i < 12_000; i++) write(`line ${i}\r\n`);
		const wanted = screen.snapshot();
		const more = setInterval(() => write("meanwhile\r\n"), 1);
		const snapshot = await wanted;
		clearInterval(more);
		const text = Buffer.from(snapshot.bytes).toString();
		expect(text).toContain("line 11999");
		expect(text).not.toContain("meanwhile");
		expect(Buffer.from((await screen.snapshot()).bytes).toString()).toContain("meanwhile");
	});

	test("tells the keyboard modes of both screens", async () => {
		const { screen, write } = session();
		write("\x1b[>1u\x1b[?1049h\x1b[>5u\x1b[=8;2u\x1b[>3u\x1b[<u");
		const text = Buffer.from((await screen.snapshot()).bytes).toString();
		expect(text.indexOf("\x1b[>1u")).toBeGreaterThan(-1);
		expect(text.indexOf("\x1b[>13u")).toBeGreaterThan(text.indexOf("\x1b[?1047h"));
		expect(text).not.toContain("\x1b[>3u");
	});

	test("survives output that xterm.js cannot take", async () => {
		const { screen, write } = session({ cols: 12, rows: 6 });
		write("\x1b[?1049h\x1b[6;12H\x1b[1J");
		await screen.snapshot();
		write("\x1b[Hstill here");
		expect(Buffer.from((await screen.snapshot()).bytes).toString()).toContain("still here");
	});
});
