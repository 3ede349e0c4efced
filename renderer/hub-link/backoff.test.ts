import { expect, test } from "vitest";
import { retryDelayMs } from "./backoff.ts";

test("waits double up to 8 s", () => {
	expect([0, 1, 2, 3, 4, 5, 6, 100].map((attempt) => retryDelayMs(attempt, 0))).toEqual([
		250, 500, 1000, 2000, 4000, 8000, 8000, 8000,
	]);
});

test("chance takes off a quarter at most", () => {
	expect(retryDelayMs(5, 1)).toBe(6000);
});
