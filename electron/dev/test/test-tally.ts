import { existsSync, readFileSync } from "node:fs";

/** What came of a step. `notes` are sentences on what was skipped and why. */
export interface Tally {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
	readonly notes: readonly string[];
}

/** A step that is one check, told by its exit code. */
export function tallyOfExit(code: number): Tally {
	return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, notes: [] };
}

export function sumOf(tallies: readonly Tally[]): Tally {
	return {
		passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
		failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
		skipped: tallies.reduce((sum, { skipped }) => sum + skipped, 0),
		notes: tallies.flatMap(({ notes }) => notes),
	};
}

interface VitestReport {
	readonly testResults: readonly {
		readonly name: string;
		readonly status: string;
		readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
	}[];
}

/** Reads the report of `vitest --reporter=json`. */
export function tallyOfVitest(reportFile: string, code: number): Tally {
	return tallyOfReport(reportFile, code, (report: VitestReport) => {
		const tests = report.testResults.flatMap((file) => file.assertionResults);
		const failed = tests.filter(({ status }) => status === "failed").length;
		// A file that does not load fails without any test of it being named.
		const broken = report.testResults.filter(
			(file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
		).length;
		const skipped = tests.filter(({ status }) => status !== "failed" && status !== "passed");
		return {
			passed: tests.filter(({ status }) => status === "passed").length,
			failed: failed + broken,
			skipped: skipped.length,
			notes: skipped.map(({ fullName }) => `skipped: ${fullName}`),
		};
	});
}

interface PlaywrightSuite {
	readonly suites?: readonly PlaywrightSuite[];
	readonly specs?: readonly {
		readonly title: string;
		readonly tests: readonly {
			readonly status: string;
			readonly annotations: readonly { readonly type: string; readonly description?: string }[];
		}[];
	}[];
}

interface PlaywrightReport extends PlaywrightSuite {
	readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number; readonly skipped: number };
	readonly errors: readonly unknown[];
}

/** Reads the report of Playwright's json reporter. */
export function tallyOfPlaywright(reportFile: string, code: number): Tally {
	return tallyOfReport(reportFile, code, (report: PlaywrightReport) => ({
		passed: report.stats.expected,
		failed: report.stats.unexpected + report.stats.flaky,
		skipped: report.stats.skipped,
		notes: skipNotes(report),
	}));
}

function skipNotes(suite: PlaywrightSuite): string[] {
	const own = (suite.specs ?? []).flatMap((spec) =>
		spec.tests
			.filter(({ status }) => status === "skipped")
			.map(
				({ annotations }) =>
					`skipped: ${spec.title} (${annotations.find(({ description }) => description)?.description ?? "no reason given"})`,
			),
	);
	return [...own, ...(suite.suites ?? []).flatMap(skipNotes)];
}

/** Nothing may count as passed by not having run: no report, no tests, or a runner's own failure is a failed test. */
function tallyOfReport<Report>(reportFile: string, code: number, read: (report: Report) => Tally): Tally {
	const failure = (note: string): Tally => ({ passed: 0, failed: 1, skipped: 0, notes: [note] });
	if (!existsSync(reportFile)) return failure(`the test runner ended with code ${code} and left no report`);
	const tally = read(JSON.parse(readFileSync(reportFile, "utf8")));
	if (tally.passed + tally.failed + tally.skipped === 0) return failure("no test was found");
	if (code !== 0 && tally.failed === 0) {
		return { ...tally, failed: 1, notes: [...tally.notes, `the test runner itself failed with code ${code}`] };
	}
	return tally;
}
