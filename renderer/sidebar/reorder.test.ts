import fc from "fast-check";
import { expect, test } from "vitest";
import { ordersAfterMove } from "./reorder.ts";

test("to the front, into a gap, into no gap, to an empty list", () => {
	const others = [
		{ id: "a", order: 1 },
		{ id: "b", order: 2 },
		{ id: "c", order: 5 },
	];
	const moved = { id: "m", order: 9 };
	expect(ordersAfterMove(others, moved, 0)).toEqual([{ id: "m", order: 0 }]);
	expect(ordersAfterMove(others, moved, 2)).toEqual([{ id: "m", order: 3 }]);
	expect(ordersAfterMove(others, moved, 1)).toEqual([
		{ id: "m", order: 2 },
		{ id: "b", order: 3 },
	]);
	expect(ordersAfterMove([], moved, 0)).toEqual([{ id: "m", order: 9 }]);
});

test("after any move the list stands as it was dropped", () => {
	const lists = fc
		.uniqueArray(fc.integer({ min: -20, max: 20 }), { maxLength: 12 })
		.map((orders) => orders.sort((a, b) => a - b));
	fc.assert(
		fc.property(lists, fc.nat(12), fc.integer(), (orders, place, old) => {
			const others = orders.map((order, at) => ({ id: `a${at}`, order }));
			const index = Math.min(place, others.length);
			const changes = new Map(ordersAfterMove(others, { id: "m", order: old }, index).map(({ id, order }) => [id, order]));
			const wanted = others.map(({ id }) => id).toSpliced(index, 0, "m");
			const orderOf = (id: string) => changes.get(id) ?? others.find((one) => one.id === id)?.order ?? Number.NaN;
			expect(wanted.toSorted((a, b) => orderOf(a) - orderOf(b))).toEqual(wanted);
			expect(new Set(wanted.map(orderOf)).size).toBe(wanted.length);
		}),
	);
});
