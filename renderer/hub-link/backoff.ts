const firstMs = 250;
const longestMs = 8000;

/**
 * How long to wait before trying again to reach the hub, in ms: doubling up to 8 s, with up to a quarter less by chance so
 * that many windows do not come back at the same moment.
 * @param attempt 0 for the first try after a connection was lost
 * @param chance 0 to 1
 */
export function retryDelayMs(attempt: number, chance: number): number {
	const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 20));
	return Math.round(full * (1 - chance / 4));
}
