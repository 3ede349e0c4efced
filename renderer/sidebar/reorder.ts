/** What has an order; the numbers need only grow along a list, not be dense. */
interface Ordered {
	id: string;
	order: number;
}

/**
 * The orders that must change so that `moved` stands before the `index`-th of the others. As few as possible: those behind it
 * keep theirs where there is room.
 */
export function ordersAfterMove(others: readonly Ordered[], moved: Ordered, index: number): Ordered[] {
	const before = others[index - 1];
	const next = others[index];
	const start = before ? before.order + 1 : next ? next.order - 1 : moved.order;
	const changed: Ordered[] = [{ id: moved.id, order: start }];
	let last = start;
	for (const one of others.slice(index)) {
		if (one.order > last) break;
		last += 1;
		changed.push({ id: one.id, order: last });
	}
	return changed;
}
