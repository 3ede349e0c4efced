import { expect, test } from "vitest";
import { Tickets, ticketLifeMs } from "./tickets.ts";

test("a ticket is good once and for a minute", () => {
	let now = 0;
	const tickets = new Tickets(() => now);
	const [first, second, third] = [tickets.issue(), tickets.issue(), tickets.issue()];
	expect(new Set([first, second, third]).size).toBe(3);
	expect(tickets.redeem(second)).toBe(true);
	expect(tickets.redeem(second)).toBe(false);
	now = ticketLifeMs - 1;
	expect(tickets.redeem(first)).toBe(true);
	now = ticketLifeMs;
	expect(tickets.redeem(third)).toBe(false);
});

test("what is no ticket is refused, of any length", () => {
	const tickets = new Tickets();
	const ticket = tickets.issue();
	for (const wrong of ["", ticket.slice(1), `${ticket}x`, ticket.toLowerCase(), "x".repeat(100_000), "🦊"])
		expect(tickets.redeem(wrong)).toBe(false);
	expect(tickets.redeem(ticket)).toBe(true);
});

test("tickets that nobody uses do not pile up", () => {
	const tickets = new Tickets();
	const issued = Array.from({ length: 100 }, () => tickets.issue());
	expect(issued.filter((ticket) => tickets.redeem(ticket))).toEqual(issued.slice(-32));
});
