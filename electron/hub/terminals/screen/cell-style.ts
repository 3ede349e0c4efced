import type { CellStyle } from "./xterm-core.ts";

/** How xterm.js 6 packs colours and flags into a cell's two words (its `common/buffer/Constants.ts`). */
const colourMode = 0x3000000;
const palette16 = 0x1000000;
const palette256 = 0x2000000;
const rgb = 0x3000000;
const backgroundBits = colourMode | 0xffffff;
const fgFlags: readonly (readonly [bit: number, code: string])[] = [
	[0x8000000, "1"],
	[0x20000000, "5"],
	[0x4000000, "7"],
	[0x40000000, "8"],
	[0x80000000, "9"],
];
const bgFlags: readonly (readonly [bit: number, code: string])[] = [
	[0x8000000, "2"],
	[0x4000000, "3"],
	[0x40000000, "53"],
];
const underlined = 0x10000000;
/** Set in `bg` when `extended` counts; without it a loaded cell may show another cell's. */
export const extendedFlag = 0x10000000;

export const plainStyle: CellStyle = { fg: 0, bg: 0, extended: { ext: 0, urlId: 0 } };

function colour(value: number, base: 30 | 40): string[] {
	const index = value & 0xff;
	switch (value & colourMode) {
		case palette16:
			return [String(index < 8 ? base + index : base + 60 + index - 8)];
		case palette256:
			return [`${base + 8};5;${index}`];
		case rgb:
			return [`${base + 8};2;${(value >> 16) & 255};${(value >> 8) & 255};${index}`];
		default:
			return [];
	}
}

function underline(style: CellStyle): string[] {
	const isExtended = (style.bg & extendedFlag) !== 0;
	const codes: string[] = [];
	// A link's cells report a dashed underline of their own; a real one sets the flag as well.
	if ((style.fg & underlined) !== 0) codes.push(isExtended ? `4:${(style.extended.ext >> 26) & 7 || 1}` : "4");
	const tint = style.extended.ext & backgroundBits;
	if (isExtended && (tint & colourMode) === rgb) codes.push(`58:2::${(tint >> 16) & 255}:${(tint >> 8) & 255}:${tint & 255}`);
	else if (isExtended && (tint & colourMode) !== 0) codes.push(`58:5:${tint & 255}`);
	return codes;
}

/** The sequence that sets exactly this style, whatever was set before. */
export function setStyle(style: CellStyle): string {
	const codes = ["0"];
	for (const [bit, code] of fgFlags) if ((style.fg & bit) !== 0) codes.push(code);
	for (const [bit, code] of bgFlags) if ((style.bg & bit) !== 0) codes.push(code);
	codes.push(...underline(style), ...colour(style.fg, 30), ...colour(style.bg, 40));
	return `\x1b[${codes.join(";")}m`;
}

/** The background alone, 0 for the default one. It is all that an erased cell has. */
export function backgroundOf(style: CellStyle): number {
	const mode = style.bg & colourMode;
	return mode === 0 ? 0 : mode | (style.bg & (mode === rgb ? 0xffffff : 0xff)); // a palette colour may sit in an older colour's bits
}

export function setBackground(bits: number): string {
	return `\x1b[${["0", ...colour(bits, 40)].join(";")}m`;
}
