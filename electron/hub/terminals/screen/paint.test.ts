import serializeModule from "@xterm/addon-serialize";
import type { Terminal } from "@xterm/headless";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { backgroundOf, setStyle } from "./cell-style.ts";
import { paint } from "./paint.ts";
import { coreOf, createXterm, emptyCell, type ScreenBuffer } from "./xterm-core.ts";

const open: Terminal[] = [];

function terminal(cols: number, rows: number): Terminal {
	const made = createXterm(cols, rows);
	open.push(made);
	return made;
}

afterEach(() => {
	for (const each of open.splice(0)) each.dispose();
});

function painted(from: Terminal): string {
	return [...paint(coreOf(from), emptyCell(from), { normal: "", alternate: "" })].join("");
}

function repainted(from: Terminal): Terminal {
	const copy = terminal(from.cols, from.rows);
	coreOf(copy)._inputHandler.parse(painted(from));
	return copy;
}

/** Everything that can be seen of a buffer, a row a string, so that a difference reads well. */
function rowsOf(of: Terminal, buffer: ScreenBuffer): string[] {
	const cell = emptyCell(of);
	const core = coreOf(of);
	const rows: string[] = [];
	for (let y = 0; y < buffer.lines.length; y++) {
		const line = buffer.lines.get(y);
		if (!line) continue;
		let row = line.isWrapped && y > 0 ? "&" : "|";
		for (let x = 0; x < of.cols; x++) {
			line.loadCell(x, cell);
			const chars = cell.getChars();
			if (chars === "" && row.endsWith("\u0001")) row += "<";
			else if (chars === "") row += backgroundOf(cell) ? `[${backgroundOf(cell).toString(16)}]` : "_";
			else {
				const link = cell.bg & 0x10000000 ? (core._oscLinkService.getLinkData(cell.extended.urlId)?.uri ?? "") : "";
				const style = setStyle(cell).slice(3, -1);
				row += style || link ? `{${chars}${style},${link}}` : chars;
				if (cell.getWidth() === 2) row += "\u0001";
			}
		}
		rows.push(row);
	}
	return rows;
}

function stateOf(of: Terminal): unknown {
	const core = coreOf(of);
	const { active, alt, normal } = core.buffers;

	const saved = (buffer: ScreenBuffer) => [
		Math.min(buffer.savedX, of.cols - 1),
		Math.max(0, buffer.savedY - buffer.ybase),
		setStyle(buffer.savedCurAttrData),
	];
	const line = active.lines.get(active.ybase + active.y);
	const edge = line?.loadCell(of.cols - 1, emptyCell(of));
	// About to wrap after an empty cell (a saved or inherited cursor only) is the one place that cannot be reached again.
	const x = edge?.getChars() === "" && edge.getWidth() === 1 ? Math.min(active.x, of.cols - 1) : active.x;
	return {
		normal: rowsOf(of, normal),
		alternate: active === alt ? rowsOf(of, alt) : "not shown",
		cursor: [x, active.y, core.coreService.isCursorHidden],
		style: setStyle(core._inputHandler._curAttrData),
		region: [active.scrollTop, active.scrollBottom, normal.scrollTop, normal.scrollBottom],
		saved: [saved(normal), active === alt ? saved(alt) : null],
		modes: { ...core.coreService.decPrivateModes, ...core.coreService.modes },
		mouse: [core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding],
		charset: [core._charsetService.glevel, [0, 1, 2, 3].map((g) => core._charsetService._charsets[g]?.q ?? "")],
	};
}

function expectSame(output: string, cols = 20, rows = 6): void {
	const original = terminal(cols, rows);
	coreOf(original)._inputHandler.parse(output);
	expect(stateOf(repainted(original))).toEqual(stateOf(original));
}

describe("painting a terminal into an empty one gives the same terminal", () => {
	test.each([
		["plain lines", "one\r\ntwo\r\n\r\nfour"],
		["more lines than rows", Array.from({ length: 30 }, (_, i) => `line ${i}`).join("\r\n")],
		["a wrapped line", `${"abcdefghij".repeat(5)}\r\nnext`],
		["a wrapped line that was erased in the middle", `${"abcdefghij".repeat(5)}\x1b[2;3H\x1b[X\x1b[1;15H\x1b[K\x1b[3;1H\x1b[X`],
		["a wide character that wrapped", `${"a".repeat(19)}日本${"b".repeat(40)}`],
		["emoji, flags, families and accents", "👩‍👩‍👧‍👦 🇩🇪🇫🇷 é e\u0301 👍🏽 日本語 ✈️\r\nख्रिस्"],
		["letters that only the cursor kept apart", "🇩\x1b[1;3H🇪\x1b[2;1Ha\x1b[2;2H\u200d👧"],
		[
			"colours of all kinds and flags",
			"\x1b[31ma\x1b[91;44mb\x1b[38;5;200mc\x1b[48;2;1;2;3md\x1b[0;1;2;3;5;7;8;9;53me\x1b[4:3;58;5;3mf\x1b[58:2::9:8:7mg",
		],
		["backgrounds of erased cells", "\x1b[44mab\x1b[K\r\n\x1b[5Cx\x1b[41m\x1b[2X\x1b[0m\r\n\x1b[42mtext\x1b[1K"],
		["a background that scrolled in", `\x1b[45m${"x\r\n".repeat(12)}\x1b[0mend`],
		["a wrapped line with a background at the bottom", `${"\r\n".repeat(8)}\x1b[41m${"r".repeat(25)}\x1b[0m.`],
		["a link", "see \x1b]8;id=7;https://example.org/a\x1b\\here\x1b]8;;\x1b\\ and there"],
		["the cursor about to wrap", "a".repeat(20)],
		["the cursor about to wrap after a wide character", `${"a".repeat(18)}日`],
		["a hidden cursor of another form", "\x1b[?25l\x1b[5 qx"],
		["modes", "\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h\x1b[?7l\x1b[4h\x1b[?45h"],
		["a scroll region with origin mode", "\x1b[2;5r\x1b[?6h\x1b[2;4Hx"],
		["a saved cursor", "abc\x1b[3;5H\x1b[31m\x1b7\x1b[0m\x1b[Hq"],
		["line drawing", "\x1b(0qqq\x1b(B plain \x1b)0\x0eqq"],
		[
			"the alternate screen",
			"shell\r\n$ vi\x1b[31m\x1b[?1049h\x1b[2J\x1b[H\x1b[7mtitle\x1b[0m\x1b[5;3H日本 text\x1b[2;4r\x1b[4;4H",
		],
	])("%s", (_, output) => expectSame(output));

	test("whatever a program writes", { timeout: 60_000 }, () => {
		const piece = fc.oneof(
			fc.string({ unit: "grapheme", maxLength: 30 }),
			fc.string({ maxLength: 30 }),
			fc.constantFrom(
				"日本",
				"👩‍👩‍👧‍👦",
				"\r\n",
				"\n\n\n",
				"\r",
				"\t",
				"\b",
				"x".repeat(25),
				"\x1bM",
				"\x1b7",
				"\x1b8",
				"\x1b[?1049h",
				"\x1b[?1049l",
			),
			fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 14 })).map(([r, c]) => `\x1b[${r};${c}H`),
			fc
				.tuple(fc.nat({ max: 9 }), fc.constantFrom(..."ABCDEFGJKLMPSTXbd@"))
				// xterm.js itself throws on 1J in the last cell.
				.filter(([n, final]) => !(final === "T" && n > 5) && !(final === "J" && n === 1))
				.map(([n, final]) => `\x1b[${n}${final}`),
			fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 3, max: 6 })).map(([a, b]) => `\x1b[${a};${b}r`),
			fc.constantFrom("0", "1", "7", "31", "44", "38;5;99", "48;2;9;8;7", "4:3", "97;101").map((codes) => `\x1b[${codes}m`),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => expectSame(pieces.join(""), 12, 6)),
			{ numRuns: 500 },
		);
	});

	test("10,000 lines, wide characters, the alternate screen and bracketed paste", { timeout: 60_000 }, () => {
		const original = terminal(80, 24);
		for (let i = 0; i < 11_000; i++)
			coreOf(original)._inputHandler.parse(`\x1b[3${i % 8}m${i} 日本語 ${"x".repeat(i % 120)}\x1b[0m\r\n`);
		coreOf(original)._inputHandler.parse("\x1b[?2004h\x1b[?1049h\x1b[Halternate");
		const copy = repainted(original);
		expect(original.buffer.normal.length).toBe(10_024);
		expect(copy.modes).toEqual(original.modes);
		expect(stateOf(copy)).toEqual(stateOf(original));
		const official = (of: Terminal): string => {
			const addon = new serializeModule.SerializeAddon();
			of.loadAddon(addon);
			return addon.serialize();
		};
		expect(official(copy)).toBe(official(original));
	});
});

test("painting makes no terminal answer", () => {
	const original = terminal(80, 24);
	coreOf(original)._inputHandler.parse("\x1b[c\x1b[6n\x1b[?2004$p\x1bP$qm\x1b\\text\x1b[?1049h\x1b[5n");
	const copy = terminal(80, 24);
	const answers: string[] = [];
	copy.onData((answer) => answers.push(answer));
	coreOf(copy)._inputHandler.parse(painted(original));
	expect(answers).toEqual([]);
});
