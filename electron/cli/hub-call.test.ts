import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { homeFromEnv, homePaths } from "../hub/home.ts";
import { clientHome, hubSocket } from "./hub-address.ts";
import { createHubClient } from "./hub-call.ts";

let home = "";
let server: Server | undefined;

beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), "clawmux-call-"));
	mkdirSync(join(home, "run"));
});

afterEach(async () => {
	server?.closeAllConnections();
	await new Promise((done) => (server ? server.close(done) : done(undefined)));
	server = undefined;
	rmSync(home, { recursive: true });
});

/** Serves one handler on the home's socket; it is given the body as JSON. */
async function serve(handler: (request: IncomingMessage, response: ServerResponse, body: unknown) => void): Promise<void> {
	server = createServer((request, response) => {
		let text = "";
		request.setEncoding("utf8").on("data", (chunk) => {
			text += chunk;
		});
		request.on("end", () => handler(request, response, JSON.parse(text)));
	});
	await new Promise<void>((done) => server?.listen(homePaths(home).socket, done));
}

const client = (timeoutMs?: number) => createHubClient({ home, socket: hubSocket(home), timeoutMs });

function answer(response: ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

describe("a call", () => {
	test("is posted as oRPC has it and gives back the value", async () => {
		const seen: unknown[] = [];
		await serve((request, response, body) => {
			seen.push(request.method, request.url, body);
			answer(response, 200, { json: { id: "af_sky", name: "é😀" } });
		});
		expect(await client().agents.update({ id: "af_sky", task: "naïve 😀" })).toEqual({ id: "af_sky", name: "é😀" });
		expect(seen).toEqual(["POST", "/rpc/agents/update", { json: { id: "af_sky", task: "naïve 😀" } }]);
	});

	test("without an input has an empty body, and an answer may be null", async () => {
		const bodies: unknown[] = [];
		await serve((_, response, body) => {
			bodies.push(body);
			answer(response, 200, { json: null });
		});
		expect(await client().hub.status()).toBeNull();
		expect(bodies).toEqual([{}]);
	});

	test("takes an answer that comes in any pieces", async () => {
		const text = "日本語😀".repeat(50_000);
		await serve((_, response) => answer(response, 200, { json: { text } }));
		expect(await client().sessions.capture({ id: "af_sky" })).toEqual({ text });
	});

	test("that the hub refuses says why, with the hub's code", async () => {
		await serve((_, response) =>
			answer(response, 404, { json: { code: "not_found", status: 404, message: "There is no agent x." } }),
		);
		await expect(client().agents.get({ id: "x" })).rejects.toMatchObject({ code: "not_found", message: "There is no agent x." });
	});

	test("with a wrong input says which field", async () => {
		const issues = [{ path: ["colour"], message: "a colour is written #rrggbb" }];
		await serve((_, response) =>
			answer(response, 400, { json: { code: "BAD_REQUEST", message: "Input validation failed", data: { issues } } }),
		);
		await expect(client().agents.update({ id: "a", colour: "red" })).rejects.toMatchObject({
			code: "invalid_input",
			message: "colour: a colour is written #rrggbb",
		});
	});

	test("says that no hub is running: none ever, or one that was killed", async () => {
		const message = `No ClawMux hub is running for ${home}. Start it with \`clawmux start\`.`;
		await expect(client().hub.status()).rejects.toMatchObject({ code: "unavailable", message });
		writeFileSync(join(home, "run", "hub.json"), JSON.stringify({ socket: join(home, "run", "gone.sock") }));
		await expect(client().hub.status()).rejects.toMatchObject({ code: "unavailable", message });
	});

	test("says that the hub broke off, before and within its answer", async () => {
		await serve((request) => request.socket.destroy());
		await expect(client().hub.status()).rejects.toMatchObject({ code: "closed" });
		server?.removeAllListeners("request").on("request", (request, response) => {
			response.writeHead(200, { "content-type": "application/json" }).write('{"json":{"hub"', () => request.socket.destroy());
		});
		await expect(client().hub.status()).rejects.toMatchObject({ code: "closed" });
	});

	test("gives up on a hub that says nothing, when told to", async () => {
		await serve(() => undefined);
		await expect(client(50).hub.status()).rejects.toMatchObject({ code: "unavailable" });
	});
});

describe("events", () => {
	const event = (type: string, data: unknown) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

	test("come one by one, whole however they were cut, until the hub is done", async () => {
		const bytes = Buffer.from(
			`: \n\n${event("message", { json: { type: "a", text: "é😀" } })}${event("message", { json: 2 })}${event("done", {})}`,
		);
		await serve((_, response) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			let at = 0;
			const next = (): void => {
				if (at === bytes.length) return;
				response.write(bytes.subarray(at, ++at), next);
			};
			next();
		});
		const seen: unknown[] = [];
		for await (const one of await client().hub.events()) seen.push(one);
		expect(seen).toEqual([{ type: "a", text: "é😀" }, 2]);
	});

	test("end with an error when the hub goes away or says so", async () => {
		await serve((_, response) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			response.end(event("message", { json: 1 }));
		});
		const read = async (): Promise<void> => {
			for await (const _ of await client().hub.events());
		};
		await expect(read()).rejects.toMatchObject({ code: "closed" });
		server?.removeAllListeners("request").on("request", (_, response) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			response.end(event("error", { json: { code: "denied", message: "Not you." } }));
		});
		await expect(read()).rejects.toMatchObject({ code: "denied", message: "Not you." });
	});

	test("are no longer listened to when the loop is left", async () => {
		let closed: Promise<unknown> | undefined;
		await serve((request, response) => {
			closed = new Promise((done) => request.socket.once("close", done));
			response.writeHead(200, { "content-type": "text/event-stream" });
			response.write(event("message", { json: 1 }));
		});
		for await (const _ of await client().hub.events()) break;
		expect(closed).toBeDefined();
		await closed;
	});
});

describe("the address", () => {
	test.each([{ CLAWMUX_HOME: "/x/y" }, { CLAWMUX_HOME: "rel" }, { CLAWMUX_HOME: "", HOME: "/h" }, { HOME: "/h/" }, {}])(
		"is the hub's own: %j",
		(env) => {
			expect(clientHome(env)).toBe(homeFromEnv(env));
		},
	);

	test("is what the hub wrote, else the usual place; a half-written file is no error", () => {
		expect(hubSocket(home)).toBe(homePaths(home).socket);
		writeFileSync(join(home, "run", "hub.json"), '{"socket": "/tmp/o');
		expect(hubSocket(home)).toBe(homePaths(home).socket);
		writeFileSync(join(home, "run", "hub.json"), '{"socket": "/tmp/other.sock"}');
		expect(hubSocket(home)).toBe("/tmp/other.sock");
	});
});
