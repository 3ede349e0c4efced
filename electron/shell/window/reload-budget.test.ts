import { expect, test } from "vitest";
import { ReloadBudget } from "./reload-budget.ts";

test("three reloads in ten minutes, each coming back after its ten minutes", () => {
	let now = 0;
	const budget = new ReloadBudget(() => now);
	expect(budget.take()).toBe(true);
	now = 60_000;
	expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
	now = 10 * 60_000;
	expect([budget.take(), budget.take()]).toEqual([true, false]);
	budget.reset();
	expect(budget.take()).toBe(true);
});
