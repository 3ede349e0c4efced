/** Several values of one kind: what stands for them, and how far they lie apart. */
export interface Spread {
	median: number;
	min: number;
	max: number;
	/** How many values there were. */
	of: number;
}

/** One row of the report. */
export interface Figure {
	/** What was measured, e.g. `flood.pty.ascii`. */
	figure: string;
	/** In words, with the unit. */
	what: string;
	/** What is to be reached, in words. Null: told for comparison. */
	goal: string | null;
	/** Null where there is no goal. */
	reached: boolean | null;
	/** The value that is held against the goal. */
	value: number | null;
	/** Everything else that was measured with it. */
	details: Record<string, unknown>;
	/** What keeps it from its goal; only where a profile has shown it. */
	limitedBy?: string;
}

export function spread(values: readonly number[]): Spread {
	return {
		median: rounded(percentile(values, 50)),
		min: rounded(Math.min(...values)),
		max: rounded(Math.max(...values)),
		of: values.length,
	};
}

/** The value below which `percent` of all lie, by nearest rank. NaN where there are none. */
export function percentile(values: readonly number[], percent: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	if (percent === 50 && sorted.length % 2 === 0)
		return ((sorted[sorted.length / 2 - 1] ?? NaN) + (sorted[sorted.length / 2] ?? NaN)) / 2;
	return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

/** Three significant digits are more than such measurements repeat. */
export function rounded(value: number): number {
	return Number(value.toPrecision(3));
}
