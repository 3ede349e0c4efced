import { expect, test } from "vitest";
import type { HubClient } from "../../../shared/contract/contract.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import { connectHub, type HubConnection } from "./hub-connection.ts";
import { HubKeeper } from "./hub-keeper.ts";

const conflict = new ClawmuxError("conflict", "Another hub owns this home.");
const refused = new ClawmuxError("unavailable", "No hub answers.");

interface ScriptedConnection extends HubConnection {
	lose(): void;
	closed: boolean;
}

function connection(mode: "host" | "attach"): ScriptedConnection {
	const listeners: (() => void)[] = [];
	return {
		mode,
		client: {} as HubClient,
		closed: false,
		openContractPort: () => undefined,
		openTerminalPort: () => undefined,
		onLost: (listener) => listeners.push(listener),
		lose: () => {
			for (const listener of listeners) listener();
		},
		async close() {
			this.closed = true;
		},
	};
}

/** Gives the next answer at each call; the last one for ever. */
function scripted<T>(...answers: (T | Error)[]): () => Promise<T> {
	return async () => {
		const answer = answers.length > 1 ? answers.shift() : answers[0];
		if (answer instanceof Error) throw answer;
		return answer as T;
	};
}

/** A keeper that writes down what happens to it, and a promise of the next event. */
function keeperOf(connect: () => Promise<HubConnection>) {
	const events: string[] = [];
	let wake: () => void = () => undefined;
	const note = (event: string) => {
		events.push(event);
		wake();
	};
	const keeper = new HubKeeper({
		connect,
		onConnected: ({ mode }) => note(mode),
		onLost: () => note("lost"),
		onError: () => note("error"),
	});
	const reaches = async (count: number): Promise<string[]> => {
		while (events.length < count)
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		return events;
	};
	return { keeper, events, reaches };
}

test("hosts where nobody does, attaches where somebody does", async () => {
	const never = scripted<HubConnection>(new Error("must not be called"));
	expect((await connectHub({ host: scripted<HubConnection>(connection("host")), attach: never })).mode).toBe("host");
	expect(
		(await connectHub({ host: scripted<HubConnection>(conflict), attach: scripted<HubConnection>(connection("attach")) })).mode,
	).toBe("attach");
});

test("waits for an owner that is starting, and hosts when an owner that was ending is gone", async () => {
	const attach = scripted<HubConnection>(refused, refused, connection("attach"));
	expect((await connectHub({ host: scripted<HubConnection>(conflict), attach })).mode).toBe("attach");
	const host = scripted<HubConnection>(conflict, conflict, connection("host"));
	expect((await connectHub({ host, attach: scripted<HubConnection>(refused) })).mode).toBe("host");
});

test("gives up on an owner that never answers, with the reason why it cannot host", async () => {
	const tried = connectHub({
		host: scripted<HubConnection>(conflict),
		attach: scripted<HubConnection>(refused),
		patienceMs: 120,
	});
	await expect(tried).rejects.toMatchObject({ code: "conflict", message: conflict.message, cause: refused });
});

test("any other failure to host is one at once", async () => {
	const broken = new ClawmuxError("internal", "The database is broken.");
	const tried = connectHub({ host: scripted<HubConnection>(broken), attach: scripted<HubConnection>(connection("attach")) });
	await expect(tried).rejects.toBe(broken);
});

test("gets the hub back, however often that fails first", async () => {
	const first = connection("attach");
	const { keeper, reaches } = keeperOf(scripted<HubConnection>(first, refused, refused, connection("host")));
	await keeper.start();
	expect(keeper.connection).toBe(first);
	first.lose();
	expect(keeper.connection).toBeUndefined();
	expect(await reaches(5)).toEqual(["attach", "lost", "error", "error", "host"]);
	expect(keeper.connection?.mode).toBe("host");
	first.lose();
	expect(keeper.connection?.mode).toBe("host");
	await keeper.close();
});

test("the first failure is the caller's to know", async () => {
	const { keeper, events } = keeperOf(scripted<HubConnection>(conflict));
	await expect(keeper.start()).rejects.toBe(conflict);
	expect(events).toEqual([]);
});

test("after close nothing is tried again, and a connection that comes late is closed", async () => {
	const first = connection("attach");
	const late = connection("host");
	let arrive: (late: HubConnection) => void = () => undefined;
	const answers = [Promise.resolve(first), new Promise<HubConnection>((resolve) => (arrive = resolve))];
	const { keeper, events } = keeperOf(() => answers.shift() ?? Promise.reject(new Error("asked once too often")));
	await keeper.start();
	first.lose();
	await keeper.close();
	arrive(late);
	await Promise.resolve();
	await new Promise(setImmediate);
	expect(late.closed).toBe(true);
	expect(keeper.connection).toBeUndefined();
	expect(events).toEqual(["attach", "lost"]);
});
