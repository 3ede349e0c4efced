import { MessageChannel } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { type ContractRouterClient, eventIterator, oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import { afterEach, expect, test } from "vitest";
import * as z from "zod";
import { ClawmuxError, type ErrorCode } from "../../../shared/errors.ts";
import { withClawmuxErrors } from "../../../shared/rpc-errors.ts";
import type { Log } from "../log.ts";
import { type ContractPort, contractPortPair, eventedContractPort } from "./contract-port.ts";
import { serveContract } from "./serve-contract.ts";

const contract = {
	things: {
		add: oc
			.route({ method: "POST", path: "/things" })
			.input(z.object({ name: z.string().min(2) }))
			.output(z.object({ count: z.number() })),
		fail: oc.input(z.object({ how: z.string() })).output(z.number()),
		count: oc.output(eventIterator(z.number())),
	},
};
type Client = ContractRouterClient<typeof contract>;

let count = 0;
let eventsEnded = 0;
const logged: string[] = [];
const say = (message: string, fields?: unknown) => {
	logged.push(`${message} ${fields instanceof Object ? Object.values(fields).map(String).join(" ") : ""}`);
};
const log: Log = { debug: say, info: say, warn: say, error: say };

const os = implement(contract);
const router = os.router({
	things: {
		add: os.things.add.handler(() => ({ count: ++count })),
		fail: os.things.fail.handler(({ input }) => {
			if (input.how === "wrong output") return "no number" as unknown as number;
			if (input.how === "unexpected") throw new TypeError("a secret detail");
			throw new ClawmuxError(input.how as ErrorCode, `It is ${input.how}.`);
		}),
		count: os.things.count.handler(async function* () {
			try {
				for (let n = 0; n < 3; n++) yield n;
				throw new ClawmuxError("conflict", "Three is enough.");
			} finally {
				eventsEnded++;
			}
		}),
	},
});
const served = serveContract({ router, version: "1.2.3", log });
const ports: ContractPort[] = [];

function clientOn(port: ContractPort): Client {
	ports.push(port);
	const link = new RPCLink({ port: port as unknown as MessagePort, interceptors: [withClawmuxErrors] });
	return createORPCClient(link);
}

function connected(): Client {
	const [server, client] = contractPortPair();
	served.connect(server);
	return clientOn(client);
}

afterEach(() => {
	served.close();
	for (const port of ports.splice(0)) port.close();
	logged.length = 0;
	count = 0;
});

async function refusal(call: Promise<unknown>): Promise<ClawmuxError> {
	const thrown = await call.then(
		() => undefined,
		(error: unknown) => error,
	);
	expect(thrown).toBeInstanceOf(ClawmuxError);
	return thrown as ClawmuxError;
}

test("a call goes through a line in memory and through a MessagePort", async () => {
	expect(await connected().things.add({ name: "one" })).toEqual({ count: 1 });
	const { port1, port2 } = new MessageChannel();
	served.connect(eventedContractPort(port1));
	expect(await clientOn(eventedContractPort(port2)).things.add({ name: "two" })).toEqual({ count: 2 });
});

test("every code of a ClawmuxError arrives as it was thrown", async () => {
	const client = connected();
	for (const code of ["invalid_input", "not_found", "conflict", "denied", "unavailable", "closed", "internal"] as const) {
		const error = await refusal(client.things.fail({ how: code }));
		expect([error.code, error.message]).toEqual([code, `It is ${code}.`]);
	}
});

test("refused input names the call, the path and the problem, and nothing is done", async () => {
	const error = await refusal(connected().things.add({ name: "x" }));
	expect(error.code).toBe("invalid_input");
	expect(error.message).toMatch(/^The call things\.add cannot take this: name: .*2 char/);
	expect(count).toBe(0);
});

test("an unexpected error is internal, its text stays in the log", async () => {
	const error = await refusal(connected().things.fail({ how: "unexpected" }));
	expect([error.code, error.message]).toEqual(["internal", "The hub failed at things.fail. Its log says why."]);
	expect(logged.join("\n")).toContain("a secret detail");
});

test("output that the contract does not allow is an internal error", async () => {
	const error = await refusal(connected().things.fail({ how: "wrong output" }));
	expect(error.code).toBe("internal");
	expect(logged.join("\n")).toContain("Output validation failed");
});

test("events come in order, and their error with its code", async () => {
	const seen: number[] = [];
	const error = await refusal(
		(async () => {
			try {
				for await (const n of await connected().things.count()) seen.push(n);
			} catch (thrown) {
				return await withClawmuxErrors({ next: () => Promise.reject(thrown) });
			}
		})(),
	);
	expect(seen).toEqual([0, 1, 2]);
	expect([error.code, error.message]).toEqual(["conflict", "Three is enough."]);
});

test("a subscription ends on the server when its line closes", async () => {
	const before = eventsEnded;
	const [server, client] = contractPortPair();
	served.connect(server);
	const events = await clientOn(client).things.count();
	await events.next();
	client.close();
	await expect.poll(() => eventsEnded).toBe(before + 1);
});

const garbage: unknown[] = [
	"",
	"nonsense",
	"null",
	"[]",
	"{}",
	'{"i":"1"}',
	'{"i":"1","p":{"u":5}}',
	'{"i":"1","p":{"u":"no url"}}',
	'{"i":"1","t":3}',
	new Uint8Array([0, 255, 3]),
	new ArrayBuffer(9),
	{ i: "1" },
	undefined,
	17,
];

test.each(garbage.map((message) => [message]))("the message %j closes its own line only", async (message) => {
	const other = connected();
	const [server, client] = contractPortPair();
	served.connect(server);
	const closed = new Promise<void>((resolve) => client.addEventListener("close", resolve));
	client.postMessage(message);
	await closed;
	expect(await other.things.add({ name: "still" })).toEqual({ count: 1 });
	expect(logged.join("\n")).toContain("cannot be read");
});

test("OpenAPI 3.1 names the paths, the title and the error", async () => {
	const document = (await served.openApi()) as {
		openapi: string;
		info: { title: string; version: string };
		paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
	};
	expect(document.openapi).toMatch(/^3\.1/);
	expect(document.info).toMatchObject({ title: "ClawMux", version: "1.2.3" });
	expect(document.paths["/things"]?.post?.responses.default).toEqual({ $ref: "#/components/responses/Error" });
});
