import { ClawmuxError } from "../shared/errors.ts";

const tokenKey = "clawmux.token";

/** What the address of a browser window may carry in its fragment, which never leaves the browser. */
export interface WindowAddress {
	/** Changes into a token, once. */
	ticket: string | null;
	/** The agent to show. */
	agentId: string | null;
}

/** Reads `#ticket=...&agent=...`. */
export function readAddress(hash: string): WindowAddress {
	const fields = new URLSearchParams(hash.replace(/^#/, ""));
	return { ticket: fields.get("ticket"), agentId: fields.get("agent") };
}

/**
 * The token of this tab: from the ticket in the address, else from an earlier load of the same tab. The ticket is taken out
 * of the address before anything else happens.
 * @throws ClawmuxError `denied` without either, or with a ticket that was used or is too old; `unavailable` when the hub does not answer.
 */
export async function tokenOfTab(ticket: string | null): Promise<string> {
	history.replaceState(null, "", window.location.pathname);
	const kept = sessionStorage.getItem(tokenKey);
	if (ticket === null) {
		if (kept === null) throw new ClawmuxError("denied", "This address carries no ticket.");
		return kept;
	}
	const token = await redeem(ticket);
	if (token !== null) {
		sessionStorage.setItem(tokenKey, token);
		return token;
	}
	// A reloaded or restored tab may show its old address again; its token is still good.
	if (kept !== null) return kept;
	throw new ClawmuxError("denied", "The ticket in this address was used before or is too old.");
}

/** Forgets the token of this tab, once the hub has refused it. */
export function forgetToken(): void {
	sessionStorage.removeItem(tokenKey);
}

async function redeem(ticket: string): Promise<string | null> {
	let answer: Response;
	try {
		answer = await fetch("/auth/ticket", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ ticket }),
		});
	} catch (cause) {
		throw new ClawmuxError("unavailable", "The hub cannot be reached.", { cause });
	}
	if (!answer.ok) return null;
	const body: unknown = await answer.json();
	const token = typeof body === "object" && body !== null && "token" in body ? body.token : null;
	return typeof token === "string" ? token : null;
}
