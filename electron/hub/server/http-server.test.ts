import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { fromRpcError, withClawmuxErrors } from "../../../shared/rpc-errors.ts";
import { requestText, type ServerUnderTest, sendRaw, startServer, type thingsContract } from "./server-under-test.ts";

let it: ServerUnderTest;
beforeEach(async () => {
	it = await startServer();
});
afterEach(() => it.stop());

const json = { "content-type": "application/json" };

function call(path: string, init: RequestInit = {}): Promise<Response> {
	return fetch(`${it.server.url}${path}`, { ...init, headers: { authorization: `Bearer ${it.token}`, ...init.headers } });
}

test("REST answers with the token, and says what is wrong with an input", async () => {
	const good = await call("/api/things", { method: "POST", headers: json, body: '{"name":"one"}' });
	expect([good.status, await good.json()]).toEqual([200, { count: 1 }]);
	const bad = await call("/api/things", { method: "POST", headers: json, body: '{"name":7}' });
	expect(bad.status).toBe(400);
	expect(await bad.json()).toEqual({
		error: { code: "invalid_input", message: expect.stringMatching(/^The call things\.add cannot take this: name: .*string/) },
	});
	const none = await call("/api/no/such/thing");
	expect([none.status, await none.json()]).toEqual([404, { error: { code: "not_found", message: expect.any(String) } }]);
});

test("no answer carries a CORS header", async () => {
	for (const path of ["/", "/api/things", "/api/openapi.json", "/nowhere"])
		for (const origin of [it.server.url ?? "", "http://evil.example"]) {
			const { headers } = await call(path, { headers: { origin } });
			expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
		}
});

test("RPC answers over TCP, and its refusals reach the client as what they are", async () => {
	const client = (token: string): ContractRouterClient<typeof thingsContract> =>
		createORPCClient(
			new RPCLink({
				url: `${it.server.url}/rpc`,
				headers: { authorization: `Bearer ${token}` },
				interceptors: [withClawmuxErrors],
			}),
		);
	expect(await client(it.token).things.add({ name: "one" })).toEqual({ count: 1 });
	const error = fromRpcError(
		await client("wrong")
			.things.count()
			.catch((thrown: unknown) => thrown),
	);
	expect([error.code, error.message]).toEqual(["denied", expect.stringContaining("The token is wrong")]);
});

test("the Unix socket needs no token and only this user can reach it", async () => {
	const answer = await sendRaw(
		it.socketPath,
		requestText("POST /api/things", { Host: "hub", "Content-Type": "application/json" }, '{"name":"s"}'),
	);
	expect(answer.status).toBe(200);
	expect(statSync(it.socketPath).mode & 0o777).toBe(0o600);
	expect(statSync(dirname(it.socketPath)).mode & 0o777).toBe(0o700);
});

test("a socket that a dead hub left is replaced, and a folder open to others is closed", async () => {
	const run = join(it.folder, "left");
	mkdirSync(run);
	chmodSync(run, 0o755);
	writeFileSync(join(run, "hub.sock"), "");
	const other = await startServer({ socketPath: join(run, "hub.sock"), listen: false });
	expect(other.server.url).toBeNull();
	expect((await sendRaw(join(run, "hub.sock"), requestText("GET /api/things", { Host: "hub" }))).status).toBe(200);
	expect(statSync(run).mode & 0o777).toBe(0o700);
	await other.stop();
	expect(existsSync(join(run, "hub.sock"))).toBe(false);
});

test("a taken port is an error when it was asked for, else another one is used", async () => {
	const taken = it.port;
	const refused = await startServer({ port: taken }).catch((thrown: unknown) => thrown);
	expect(refused).toMatchObject({ code: "unavailable", message: expect.stringMatching(new RegExp(`Port ${taken} .*--port`)) });
	const other = await startServer({ preferredPort: taken });
	expect(other.port).not.toBe(taken);
	await other.stop();
	const free = createServer().listen(0, "127.0.0.1");
	const port = await new Promise<number>((resolve) =>
		free.once("listening", () => resolve((free.address() as { port: number }).port)),
	);
	await new Promise((resolve) => free.close(resolve));
	const asked = await startServer({ port });
	expect(asked.port).toBe(port);
	await asked.stop();
});

test("a ticket gives the token once, to our own page only", async () => {
	const own = { ...json, origin: it.server.url ?? "" };
	const trade = (ticket: string, headers: Record<string, string> = own) =>
		fetch(`${it.server.url}/auth/ticket`, { method: "POST", headers, body: JSON.stringify({ ticket }) });
	const ticket = it.tickets.issue();
	for (const headers of [
		json,
		{ ...json, origin: "http://evil.example" },
		{ ...json, origin: "null" },
		{ ...own, "content-type": "text/plain" },
	])
		expect((await trade(ticket, headers)).ok).toBe(false);
	expect((await trade(`${ticket.slice(0, -1)}!`)).status).toBe(403);
	expect(await (await trade(ticket)).json()).toEqual({ token: it.token });
	const again = await trade(ticket);
	expect([again.status, await again.json()]).toEqual([
		403,
		{ error: { code: "denied", message: expect.stringContaining("clawmux open") } },
	]);
});

test("hooks come over the Unix socket only", async () => {
	const headers = { Host: "hub", "Content-Type": "application/json", "clawmux-agent": "af_sky", "clawmux-session": "s3cret" };
	expect((await sendRaw(it.socketPath, requestText("POST /hooks", headers, '{"hook_event_name":"Stop"}'))).status).toBe(204);
	expect(it.effects).toEqual(['hook af_sky {"hook_event_name":"Stop"}']);
	for (const missing of ["clawmux-agent", "clawmux-session", "Content-Type"])
		expect((await sendRaw(it.socketPath, requestText("POST /hooks", { ...headers, [missing]: undefined }, "{}"))).code).toBe(
			"invalid_input",
		);
	expect((await sendRaw(it.socketPath, requestText("POST /hooks", headers, JSON.stringify("x".repeat(1024 * 1024))))).code).toBe(
		"invalid_input",
	);
	const tcp = { ...headers, Host: `127.0.0.1:${it.port}`, Authorization: `Bearer ${it.token}` };
	expect((await sendRaw(it.port, requestText("POST /hooks", tcp, "{}"))).code).toBe("not_found");
	expect(it.effects).toHaveLength(1);
});

test("four megabytes of input are taken, and a megabyte of anything else is not", async () => {
	const text = "é".repeat(1_000_000);
	const typed = await call("/api/agents/af_sky/input", { method: "POST", headers: json, body: JSON.stringify({ text }) });
	expect(await typed.json()).toEqual({ length: 1_000_000 });
	for (const body of [JSON.stringify({ name: "x".repeat(1024 * 1024) })]) {
		const long = await call("/api/things", { method: "POST", headers: json, body });
		expect([long.status, await long.json()]).toEqual([
			400,
			{ error: { code: "invalid_input", message: expect.stringContaining("1024 KB") } },
		]);
	}
});

test("the window's files carry a strict policy; only hashed ones are kept", async () => {
	const index = await fetch(`${it.server.url}/`);
	expect(await index.text()).toContain("the window");
	expect(index.headers.get("cache-control")).toBe("no-store");
	const policy = index.headers.get("content-security-policy") ?? "";
	for (const rule of [
		"default-src 'none'",
		"script-src 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"form-action 'none'",
	])
		expect(policy.split("; ")).toContain(rule);
	const asset = await fetch(`${it.server.url}/assets/main-abc123.js`);
	expect(asset.headers.get("cache-control")).toContain("immutable");
	expect(asset.headers.get("content-type")).toMatch(/^text\/javascript/);
	expect(asset.headers.get("cross-origin-resource-policy")).toBe("same-origin");
});

test("a build swapped in under a running hub leaves it the page it has, whole", async () => {
	const own = await startServer();
	const web = join(own.folder, "web");
	const before = await (await fetch(`${own.server.url}/`)).text();
	rmSync(web, { recursive: true });
	mkdirSync(web);
	writeFileSync(join(web, "index.html"), "another");
	expect(await (await fetch(`${own.server.url}/`)).text()).toBe(before);
	expect((await fetch(`${own.server.url}/assets/main-abc123.js`)).status).toBe(200);
	await own.stop();
});

test.each([
	"/../outside.txt",
	"/..%2foutside.txt",
	"/%2e%2e/outside.txt",
	"/assets/../../outside.txt",
	"/assets/..\\..\\outside.txt",
	"/index.html/",
	"/.",
	"/assets",
])("no path leads out of the window's folder: %s", async (path) => {
	const answer = await sendRaw(it.port, requestText(`GET ${path}`, { Host: `127.0.0.1:${it.port}` }));
	expect(answer.status).toBe(404);
	expect(answer.text).not.toContain("not for you");
});

test("terminal frames and contract calls go through WebSockets, with the token in the list of protocols", async () => {
	const protocols = ["clawmux", `token.${it.token}`];
	const terminals = new WebSocket(`ws://127.0.0.1:${it.port}/ws/terminals`, protocols, { origin: it.server.url ?? "" });
	const answer = await new Promise<Buffer>((resolve, reject) => {
		terminals.on("open", () => terminals.send(new Uint8Array(20)));
		terminals.on("message", (data: Buffer) => resolve(data));
		terminals.on("error", reject);
	});
	expect(answer).toHaveLength(13);
	expect([it.effects, terminals.protocol]).toEqual([["frame 20"], "clawmux"]);

	const contract = new WebSocket(`ws://127.0.0.1:${it.port}/ws/contract`, { headers: { authorization: `Bearer ${it.token}` } });
	const reply = await new Promise<string>((resolve, reject) => {
		contract.on("open", () => contract.send(JSON.stringify({ i: "1", p: { u: "/things/count", b: {} } })));
		contract.on("message", (data: Buffer) => resolve(data.toString()));
		contract.on("error", reject);
	});
	expect(JSON.parse(reply)).toMatchObject({ i: "1", p: { b: { json: { count: 1 } } } });
	const ended = [terminals, contract].map((socket) => new Promise((resolve) => socket.on("close", resolve)));
	await it.server.close();
	await Promise.all(ended);
});

test("the Unix socket takes WebSockets too, without a token", async () => {
	const socket = new WebSocket(`ws+unix:${it.socketPath}:/ws/terminals`);
	await new Promise((resolve, reject) => {
		socket.on("open", () => socket.send(new Uint8Array(20)));
		socket.on("message", resolve);
		socket.on("error", reject);
	});
	expect(it.effects).toEqual(["frame 20"]);
	socket.terminate();
});

test("a flood of refusals writes a line or two, and never the token", async () => {
	for (let n = 0; n < 300; n++) await fetch(`${it.server.url}/api/things?token=${it.token}`);
	await it.server.close();
	const refused = it.logged.filter((line) => line.includes("token is missing"));
	expect(refused).toHaveLength(2);
	expect(refused[1]).toContain("299 more");
	expect(it.logged.join("\n")).not.toContain(it.token);
});
