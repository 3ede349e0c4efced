import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Tail } from "../tail.ts";
import { Screen } from "./screen.ts";
import { ScreenModel } from "./screen-model.ts";
import { ScreenScheduler } from "./screen-scheduler.ts";
import type { Snapshot } from "./snapshot-job.ts";

const scheduler = new ScreenScheduler();
const screens: Screen[] = [];
afterEach(() => {
	vi.restoreAllMocks();
	for (const screen of screens.splice(0)) screen.dispose();
});

function session(cols = 40, rows = 8, capacity = 4 * 1024 * 1024) {
	const tail = new Tail(capacity);
	const screen = new Screen({ tail, scheduler, cols, rows, lead: new Uint8Array(0), restAfterMs: 0 });
	screens.push(screen);
	screen.watch();
	const write = (output: string | Uint8Array): void => {
		tail.append(typeof output === "string" ? Buffer.from(output) : output);
		screen.appended();
	};
	/** Comes to rest, if it may. */
	const rest = async (withinMs = 600): Promise<void> => {
		await screen.snapshot();
		screen.unwatch();
		const until = performance.now() + withinMs;
		while (!screen.isResting && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 1));
		screen.watch();
	};
	return { tail, screen, write, rest };
}

function text(snapshot: Snapshot): string {
	return Buffer.from(snapshot.bytes).toString();
}

/** What is done to both of two screens, of which only one ever rests. */
async function expectTwins(
	deeds: readonly (string | { cols: number; rows: number })[],
	cols = 40,
	rows = 8,
	withinMs?: number,
): Promise<number> {
	const [one, twin] = [session(cols, rows), session(cols, rows)];
	let rests = 0;
	for (const deed of deeds) {
		for (const each of [one, twin])
			if (typeof deed === "string") each.write(deed);
			else each.screen.resize(deed.cols, deed.rows);
		await one.rest(withinMs);
		if (one.screen.isResting) rests++;
		await twin.screen.snapshot();
	}
	const [rested, awake] = [await one.screen.snapshot(), await twin.screen.snapshot()];
	expect(twin.screen.isResting).toBe(false);
	expect({ ...rested, bytes: text(rested) }).toEqual({ ...awake, bytes: text(awake) });
	return rests;
}

describe("a screen that rests is the same as one that never did", () => {
	test.each<[string, (string | { cols: number; rows: number })[], number]>([
		["letters, wide ones and colours", ["a\x1b[31mb", "日本", "\x1b[44m\x1b[K", "c\r\nd"], 4],
		["letters that join", ["e", "\u0301", "👩", "\u200d👧", "🇩", "🇪"], 6],
		["a letter that is repeated", ["x", "\x1b[5b"], 2],
		["a sequence that is cut", ["\x1b[3", "1mred", "\x1b]8;;https://a.exam", "ple\x1b\\link", "\x1b]8;;\x1b\\."], 2],
		["tab stops of its own", ["\x1b[3g\x1b[5G\x1bH\r", "\tx"], 0],
		["the cursor about to wrap", ["x".repeat(40), "y"], 2],
		["a wrapped line and sizes", ["x".repeat(100), { cols: 30, rows: 8 }, "y", { cols: 60, rows: 4 }, "z"], 5],
		["the alternate screen", ["shell\r\n", "\x1b[?1049h\x1b[2;3Hvi", "\x1b[?25l", "\x1b[?1049l", "$ "], 5],
		["keyboard and mouse modes", ["\x1b[>1u\x1b[?1002h\x1b[?1006h", "\x1b[?2004h", "\x1b[<u"], 3],
		["line drawing", ["\x1b(0", "qqq", "\x1b(Bq"], 3],
		["a saved cursor and a scroll region", ["abc\x1b[2;5r\x1b[3;4H\x1b7", "\x1b[H", "\x1b8x\n\n\n\n"], 3],
	])("%s", async (_, deeds, rests) => {
		expect(await expectTwins(deeds)).toBe(rests);
	});

	test("whatever a program writes", { timeout: 120_000 }, async () => {
		const piece = fc.oneof(
			fc.string({ unit: "grapheme", maxLength: 30 }),
			fc.constantFrom(
				"日本",
				"👩‍👩‍👧‍👦",
				"\r\n",
				"\n\n\n",
				"\r",
				"\t",
				"x".repeat(25),
				"\x1bM",
				"\x1b[?1049h",
				"\x1b[?1049l",
				"\x1b[",
				"\x1b",
			),
			fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 14 })).map(([r, c]) => `\x1b[${r};${c}H`),
			fc.tuple(fc.integer({ min: 2, max: 9 }), fc.constantFrom(..."ABCDKLMPX@b")).map(([n, final]) => `\x1b[${n}${final}`),
			fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 6 })).map(([a, b]) => `\x1b[${a};${b}r`),
			fc.constantFrom("0", "1", "7", "31", "44", "38;5;99", "48;2;9;8;7", "4:3").map((codes) => `\x1b[${codes}m`),
		);
		const output = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
		await fc.assert(
			fc.asyncProperty(fc.array(output, { minLength: 2, maxLength: 3 }), async (deeds) => {
				await expectTwins(deeds, 12, 6, 120);
			}),
			{ numRuns: 60 },
		);
	});

	test("a full history", { timeout: 60_000 }, async () => {
		const lines = (from: number): string =>
			Array.from({ length: 6_000 }, (_, i) => `\x1b[3${i % 8}m${from + i} 日本語 ${"x".repeat(i % 120)}\x1b[0m`).join("\r\n");
		expect(await expectTwins([lines(0), `\r\n${lines(6_000)}`], 80, 24, 10_000)).toBe(2);
	});
});

test("output while it rests stays in the tail, until it is much", async () => {
	const capacity = 256 * 1024;
	const { screen, write, rest, tail } = session(80, 24, capacity);
	write("begin\r\n");
	await rest();
	const before = screen.offset;
	while (tail.end < capacity / 4) write("a line of output\r\n");
	expect([screen.isResting, screen.offset]).toEqual([true, before]);
	while (tail.end < 2 * capacity) write("a line of output\r\n");
	await expect.poll(() => screen.offset).toBe(tail.end);
	const twin = session(80, 24);
	twin.write("begin\r\n");
	while (twin.tail.end < tail.end) twin.write("a line of output\r\n");
	const last = (snapshot: Snapshot) => text(snapshot).split("\r\n").slice(-100);
	expect(last(await screen.snapshot())).toEqual(last(await twin.screen.snapshot()));
});

test("of the sizes of a drag only those matter that output was written for", async () => {
	const resize = vi.spyOn(ScreenModel.prototype, "resize");
	const { screen, write } = session();
	write("before");
	for (let cols = 40; cols < 90; cols++) screen.resize(cols, 8);
	write("after");
	for (let cols = 90; cols < 120; cols++) screen.resize(cols, 8);
	await expect.poll(() => screen.offset).toBe(11);
	expect(resize.mock.calls).toEqual([[89, 8]]);
	expect((await screen.snapshot()).cols).toBe(119);
	expect(resize.mock.calls).toEqual([
		[89, 8],
		[119, 8],
	]);
});
