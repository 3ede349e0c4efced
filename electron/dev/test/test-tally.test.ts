import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sumOf, tallyOfExit, tallyOfPlaywright, tallyOfVitest } from "./test-tally.ts";

let folder = "";
let report = "";

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "clawmux-tally-"));
	report = join(folder, "report.json");
});

afterEach(() => rmSync(folder, { recursive: true }));

const write = (content: unknown) => writeFileSync(report, JSON.stringify(content));
const file = (status: string, ...statuses: string[]) => ({
	name: "a.test.ts",
	status,
	assertionResults: statuses.map((one, index) => ({ status: one, fullName: `test ${index}` })),
});

describe("a vitest report", () => {
	it("is counted test by test", () => {
		write({ testResults: [file("passed", "passed", "skipped"), file("failed", "passed", "failed", "todo")] });
		expect(tallyOfVitest(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2, notes: ["skipped: test 1", "skipped: test 2"] });
	});

	it("counts a file that does not load as a failure", () => {
		write({ testResults: [file("passed", "passed"), file("failed")] });
		expect(tallyOfVitest(report, 1)).toMatchObject({ passed: 1, failed: 1 });
	});

	it("counts a failure outside of any test", () => {
		write({ testResults: [file("passed", "passed")] });
		expect(tallyOfVitest(report, 1)).toMatchObject({
			passed: 1,
			failed: 1,
			notes: ["the test runner itself failed with code 1"],
		});
	});

	it("counts no tests and no report as failures", () => {
		expect(tallyOfVitest(report, 0)).toMatchObject({
			passed: 0,
			failed: 1,
			notes: ["the test runner ended with code 0 and left no report"],
		});
		write({ testResults: [] });
		expect(tallyOfVitest(report, 0)).toMatchObject({ passed: 0, failed: 1, notes: ["no test was found"] });
	});
});

describe("a Playwright report", () => {
	const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };

	it("is counted, with the reasons of what was skipped; one that passed at the second try failed", () => {
		const skipped = { status: "skipped", annotations: [{ type: "skip", description: "needs a Mac" }] };
		const suites = [{ suites: [{ specs: [{ title: "opens", tests: [skipped] }] }] }];
		write({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 1 }, errors: [], suites });
		expect(tallyOfPlaywright(report, 1)).toEqual({ passed: 4, failed: 2, skipped: 1, notes: ["skipped: opens (needs a Mac)"] });
	});

	it("counts no tests, and errors outside of tests, as failures", () => {
		write({ stats, errors: [{}], suites: [] });
		expect(tallyOfPlaywright(report, 1)).toMatchObject({ failed: 1 });
		write({ stats: { ...stats, expected: 3 }, errors: [{}], suites: [] });
		expect(tallyOfPlaywright(report, 1)).toMatchObject({ passed: 3, failed: 1 });
	});
});

it("sums up", () => {
	expect(sumOf([tallyOfExit(0), tallyOfExit(2), { passed: 5, failed: 0, skipped: 2, notes: ["a"] }])).toEqual({
		passed: 6,
		failed: 1,
		skipped: 2,
		notes: ["a"],
	});
	expect(sumOf([])).toEqual({ passed: 0, failed: 0, skipped: 0, notes: [] });
});
