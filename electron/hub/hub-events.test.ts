import { expect, test } from "vitest";
import type { HubEvent } from "../../shared/contract/hub.ts";
import type { Project } from "../../shared/contract/projects.ts";
import { HubEvents } from "./hub-events.ts";

const project = (slug: string, name: string): Project => ({ slug, name, folder: null, order: 0, createdAt: 0 });
const changed = (slug: string, name: string): HubEvent => ({ type: "projects.changed", project: project(slug, name) });
const first = changed("first", "First");

test("a subscriber gets the first event, then what is published, in order", async () => {
	const events = new HubEvents();
	const stream = events.subscribe(() => first);
	expect((await stream.next()).value).toEqual(first);
	events.publish(changed("a", "A"));
	events.publish(changed("b", "B"));
	expect((await stream.next()).value).toEqual(changed("a", "A"));
	expect((await stream.next()).value).toEqual(changed("b", "B"));
	await stream.return();
});

test("an event published while the first is being made is not missed", async () => {
	const events = new HubEvents();
	const stream = events.subscribe(() => {
		events.publish(changed("between", "Between"));
		return first;
	});
	await stream.next();
	expect((await stream.next()).value).toEqual(changed("between", "Between"));
	await stream.return();
});

test("a subscriber that falls behind gets the newest of each object once, and a removal wins over a change", async () => {
	const events = new HubEvents();
	const stream = events.subscribe(() => first);
	await stream.next();
	for (let n = 0; n < 10_000; n += 1) events.publish(changed("a", `A${n}`));
	events.publish(changed("b", "B"));
	events.publish({ type: "projects.removed", slug: "b" });
	expect((await stream.next()).value).toEqual(changed("a", "A9999"));
	expect((await stream.next()).value).toEqual({ type: "projects.removed", slug: "b" });
	const waiting = stream.next();
	events.publish(changed("c", "C"));
	expect((await waiting).value).toEqual(changed("c", "C"));
	await stream.return();
});

test("an abort ends a waiting subscriber", async () => {
	const events = new HubEvents();
	const abort = new AbortController();
	const stream = events.subscribe(() => first, abort.signal);
	await stream.next();
	const waiting = stream.next();
	abort.abort();
	expect((await waiting).done).toBe(true);
});
