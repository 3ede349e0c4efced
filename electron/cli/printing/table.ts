import { type Output, plain, type Style, styled } from "./output.ts";

export interface Column<T> {
	readonly title: string;
	readonly value: (row: T) => string;
	readonly style?: (row: T) => Style | undefined;
	/** May be cut when the terminal is too narrow; the last such column is cut first. */
	readonly flexible?: boolean;
}

const gap = "  ";
/** No flexible column is cut to less than this many cells. */
const leastWidth = 6;

/** Lines of a table with a title row, fitted into the output's width as far as the flexible columns allow. */
export function table<T>(out: Pick<Output, "width" | "colours">, rows: readonly T[], columns: readonly Column<T>[]): string[] {
	const cells = rows.map((row) => columns.map((column) => plain(column.value(row))));
	const widths = columns.map((column, index) =>
		Math.max(textWidth(column.title), ...cells.map((line) => textWidth(line[index] ?? ""))),
	);
	let over = widths.reduce((sum, width) => sum + width, gap.length * (columns.length - 1)) - out.width;
	for (let index = columns.length - 1; index >= 0 && over > 0; index--) {
		if (!columns[index]?.flexible) continue;
		const width = widths[index] ?? 0;
		widths[index] = Math.max(Math.min(width, leastWidth), width - over);
		over -= width - (widths[index] ?? 0);
	}
	const line = (texts: readonly string[], style: (index: number) => Style | undefined): string =>
		texts
			.map((text, index) => {
				const short = cut(text, widths[index] ?? 0);
				const fill = index === texts.length - 1 ? "" : " ".repeat((widths[index] ?? 0) - textWidth(short));
				return styled(out, style(index), short) + fill;
			})
			.join(gap)
			.trimEnd();
	return [
		line(
			columns.map((column) => column.title),
			() => "dim",
		),
		...rows.map((row, at) => line(cells[at] ?? [], (index) => columns[index]?.style?.(row))),
	];
}

/** Shortens text to so many cells, with an ellipsis in the last one. */
export function cut(text: string, width: number): string {
	if (textWidth(text) <= width) return text;
	if (width < 1) return "";
	let short = "";
	let used = 0;
	for (const letter of text) {
		used += textWidth(letter);
		if (used > width - 1) break;
		short += letter;
	}
	return `${short}…`;
}

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const doubleWidth =
	/^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$/u;

/** Cells a terminal gives to a text, as far as code points alone tell. */
export function textWidth(text: string): number {
	let width = 0;
	for (const letter of text) width += letter < "\u0300" ? 1 : zeroWidth.test(letter) ? 0 : doubleWidth.test(letter) ? 2 : 1;
	return width;
}
