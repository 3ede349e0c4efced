import { randomBytes } from "node:crypto";
import { Secret } from "./http/secret.ts";

/** How long a ticket is good, in ms: the time a browser takes to open, generously. */
export const ticketLifeMs = 60_000;

/** Tickets kept at once; the oldest goes when one more is issued. */
const ticketsKept = 32;

/**
 * One-time tickets. `clawmux open` puts one in the fragment of the address it opens (fragments are sent to no server and
 * kept in no log); the page trades it for the token, once.
 */
export class Tickets {
	readonly #now: () => number;
	readonly #tickets = new Map<Secret, number>();

	/** @param now ms on a clock that never jumps */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	issue(): string {
		this.#forgetOld();
		const oldest = this.#tickets.keys().next();
		if (this.#tickets.size >= ticketsKept && !oldest.done) this.#tickets.delete(oldest.value);
		const ticket = randomBytes(32).toString("base64url");
		this.#tickets.set(new Secret(ticket), this.#now() + ticketLifeMs);
		return ticket;
	}

	/** True once for each ticket that was issued within the last minute. */
	redeem(ticket: string): boolean {
		this.#forgetOld();
		let found: Secret | undefined;
		for (const known of this.#tickets.keys()) if (known.matches(ticket)) found = known;
		return found !== undefined && this.#tickets.delete(found);
	}

	#forgetOld(): void {
		const now = this.#now();
		for (const [ticket, goodUntil] of this.#tickets) if (goodUntil <= now) this.#tickets.delete(ticket);
	}
}
