import type { HubClient } from "../../shared/contract/contract.ts";
import { ClawmuxError } from "../../shared/errors.ts";
import { hubSocket } from "./hub-address.ts";
import { createHubClient } from "./hub-call.ts";

export type HubStatus = Awaited<ReturnType<HubClient["hub"]["status"]>>;

/** A hub that takes longer than this to say how it is does not answer. */
const answerMs = 2_000;

/** Pauses between two looks, in ms: short at first, since most waits are. */
const firstPauseMs = 10;
const longestPauseMs = 250;

/** What the hub of a home says of itself, or null when none answers. */
export async function askStatus(home: string): Promise<HubStatus | null> {
	try {
		return await createHubClient({ home, socket: hubSocket(home), timeoutMs: answerMs }).hub.status();
	} catch (error) {
		// `closed`: one that is starting or ending right now.
		if (error instanceof ClawmuxError && (error.code === "unavailable" || error.code === "closed")) return null;
		throw error;
	}
}

/** Looks again and again until there is something to see; null when that did not happen within `limitMs`. */
export async function poll<T>(limitMs: number, look: () => Promise<T | null>): Promise<T | null> {
	const end = performance.now() + limitMs;
	for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
		const seen = await look();
		if (seen !== null) return seen;
		if (performance.now() >= end) return null;
		await new Promise((resolve) => setTimeout(resolve, pause));
	}
}
