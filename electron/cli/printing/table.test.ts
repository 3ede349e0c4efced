import { describe, expect, test } from "vitest";
import { plain } from "./output.ts";
import { cut, table, textWidth } from "./table.ts";

const columns = [
	{ title: "NAME", value: (row: string[]) => row[0] ?? "" },
	{ title: "AREA", value: (row: string[]) => row[1] ?? "", flexible: true },
	{ title: "TASK", value: (row: string[]) => row[2] ?? "", flexible: true },
];
const rows = [
	["Sky", "the northern half of it", "count every leaf on every tree"],
	["日本", "x", "y"],
];

describe("a table", () => {
	test("has its columns in line, wide characters too", () => {
		const lines = table({ width: Number.POSITIVE_INFINITY, colours: false }, rows, columns);
		const starts = lines.map((line) =>
			textWidth(line.slice(0, Math.max(line.indexOf("AREA"), line.indexOf("the n"), line.indexOf("x")))),
		);
		expect(starts).toEqual([6, 6, 6]);
	});

	test.each([60, 40, 30, 24])("fits into %d columns", (width) => {
		const lines = table({ width, colours: false }, rows, columns);
		for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
		expect(lines[1]).toContain("Sky");
		if (width < 60) expect(lines[1]).toContain("…");
	});

	test("is coloured only where colours are wanted", () => {
		const styled = [{ ...columns[0], title: "NAME", value: (row: string[]) => row[0] ?? "", style: () => "red" as const }];
		expect(table({ width: 80, colours: true }, rows, styled)[1]).toBe("\x1b[31mSky\x1b[0m");
		expect(table({ width: 80, colours: false }, rows, styled)[1]).toBe("Sky");
	});

	test("lets no escape sequence through", () => {
		const [, line] = table({ width: 80, colours: false }, [["a\x1b[2Jb\nc\u202ed", "", ""]], columns);
		expect(line).toBe("a [2Jb c d");
		expect(plain("\x9b31mx\x07")).toBe("31mx");
	});
});

test.each([
	["abc", 3],
	["e\u0301x", 2],
	["日本", 4],
	["😀!", 3],
])("%s is %d cells wide", (text, width) => {
	expect(textWidth(text)).toBe(width);
	expect(cut(text, width)).toBe(text);
	expect(textWidth(cut(text, width - 1))).toBeLessThan(width);
});
