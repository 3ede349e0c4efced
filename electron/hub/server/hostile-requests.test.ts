import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type RawAnswer, requestText, type ServerUnderTest, sendRaw, startServer } from "./server-under-test.ts";

let it: ServerUnderTest;
const stray: unknown[] = [];
const noteStray = (error: unknown) => void stray.push(error);

beforeAll(async () => {
	it = await startServer();
	process.on("uncaughtException", noteStray);
	process.on("unhandledRejection", noteStray);
});
afterAll(() => {
	process.off("uncaughtException", noteStray);
	process.off("unhandledRejection", noteStray);
	return it.stop();
});

/** After every attack: nothing changed, nothing was thrown past the server, and it still answers. */
afterEach(async () => {
	// Taken out, so that one failure is not reported by every test after it.
	expect(it.effects.splice(0)).toEqual([]);
	expect(stray.splice(0)).toEqual([]);
	expect((await sendRaw(it.port, requestText("GET /api/things", head()))).status).toBe(200);
});

type Headers = Record<string, string | readonly string[] | undefined>;

/** The headers of a good request; each attack spoils some. */
function head(spoiled: Headers = {}): Headers {
	return { Host: `127.0.0.1:${it.port}`, Authorization: `Bearer ${it.token}`, ...spoiled };
}

const body = '{"name":"evil"}';

/** A call that would have an effect, but for what is spoiled. */
function post(spoiled: Headers = {}, text: string = body): string {
	return requestText("POST /api/things", head({ "Content-Type": "application/json", ...spoiled }), text);
}

function expectRefused(answer: RawAnswer, code: string): void {
	expect([answer.code, answer.status !== undefined && answer.status >= 400 && answer.status < 500]).toEqual([code, true]);
	expect(answer.text).toMatch(/"message":"[A-Z][^"]+\."/);
	expect(answer.text).not.toMatch(/\bat .*\.(?:ts|js|mjs):\d+|node_modules/);
}

test("the call that the attacks spoil does have an effect", async () => {
	expect((await sendRaw(it.port, post())).status).toBe(200);
	expect(it.effects.splice(0)).toEqual(["add evil"]);
});

const denied: Record<string, (token: string, port: number) => Headers> = {
	"no token": () => ({ Authorization: undefined }),
	"an empty token": () => ({ Authorization: "Bearer " }),
	"a token one shorter": (token) => ({ Authorization: `Bearer ${token.slice(0, -1)}` }),
	"a token one longer": (token) => ({ Authorization: `Bearer ${token}A` }),
	"a token with its last letter wrong": (token) => ({ Authorization: `Bearer ${token.slice(0, -1)}!` }),
	"a token in the other case": (token) => ({ Authorization: `Bearer ${token.toUpperCase()}` }),
	"a token in unicode": () => ({ Authorization: `Bearer ${Buffer.from("tökén…🦊").toString("latin1")}` }),
	"a very long token": () => ({ Authorization: `Bearer ${"x".repeat(10_000)}` }),
	"the token as Basic": (token) => ({ Authorization: `Basic ${token}` }),
	"the token twice in one header": (token) => ({ Authorization: `Bearer ${token} ${token}` }),
	"a wrong token before the right one": (token) => ({ Authorization: ["Bearer wrong", `Bearer ${token}`] }),
	"the token in a cookie": (token) => ({ Authorization: undefined, Cookie: `token=${token}; authorization=Bearer ${token}` }),
	"the token in another header": (token) => ({
		Authorization: undefined,
		"X-Token": token,
		"Proxy-Authorization": `Bearer ${token}`,
	}),
	"no Host": () => ({ Host: undefined }),
	"Host [": () => ({ Host: "[" }),
	"Host with a space": () => ({ Host: "a b" }),
	"Host of another": () => ({ Host: "evil.example" }),
	"Host of another with our port": (_, port) => ({ Host: `evil.example:${port}` }),
	"Host without port": () => ({ Host: "127.0.0.1" }),
	"Host with another port": () => ({ Host: "127.0.0.1:1" }),
	"Host with more behind": (_, port) => ({ Host: `127.0.0.1:${port}.evil.example` }),
	"Host with a user": (_, port) => ({ Host: `evil@127.0.0.1:${port}` }),
	"Host [::1]": (_, port) => ({ Host: `[::1]:${port}` }),
	"Host 0.0.0.0": (_, port) => ({ Host: `0.0.0.0:${port}` }),
	"Host evil.localhost": (_, port) => ({ Host: `evil.localhost:${port}` }),
	"an empty Host": () => ({ Host: "" }),
	"two Hosts, the right one first": (_, port) => ({ Host: [`127.0.0.1:${port}`, "evil.example"] }),
	"two Hosts, the right one twice": (_, port) => ({ Host: [`127.0.0.1:${port}`, `127.0.0.1:${port}`] }),
	"X-Forwarded-Host": (_, port) => ({ Host: "evil.example", "X-Forwarded-Host": `127.0.0.1:${port}` }),
	"the Origin of another": () => ({ Origin: "https://evil.example" }),
	"the Origin of another port": () => ({ Origin: "http://127.0.0.1:1" }),
	"our Origin with https": (_, port) => ({ Origin: `https://127.0.0.1:${port}` }),
	"our Origin with more behind": (_, port) => ({ Origin: `http://127.0.0.1:${port}.evil.example` }),
	"Origin null": () => ({ Origin: "null" }),
	"an empty Origin": () => ({ Origin: "" }),
	"two Origins": (_, port) => ({ Origin: [`http://127.0.0.1:${port}`, "https://evil.example"] }),
	"an Origin behind a thousand headers": () => ({ ...manyHeaders(1_200), Origin: "https://evil.example" }),
};

function manyHeaders(count: number): Headers {
	return Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n}`, "1"]));
}

test.each(Object.entries(denied))("denied: %s", async (_, spoil) => {
	expectRefused(await sendRaw(it.port, post(spoil(it.token, it.port))), "denied");
});

test("denied: the token in the query", async () => {
	const line = `POST /api/things?token=${it.token}&access_token=${it.token}&authorization=Bearer%20${it.token}`;
	const headers = head({ Authorization: undefined, "Content-Type": "application/json" });
	expectRefused(await sendRaw(it.port, requestText(line, headers, body)), "denied");
});

const invalid: Record<string, (port: number) => string | Uint8Array> = {
	"the method TRACE": () => requestText("TRACE /api/things", head()),
	"the method OPTIONS": () => requestText("OPTIONS /api/things", head({ "Access-Control-Request-Method": "POST" })),
	"a method that does not exist": () => requestText("EVIL /api/things", head()),
	"a method in small letters": () => post().replace("POST", "post"),
	CONNECT: (port) => requestText(`CONNECT 127.0.0.1:${port}`, head()),
	"the target *": () => requestText("OPTIONS *", head()),
	"the target //[": () => requestText("GET //[", head()),
	"the target //evil/api/things": () => post().replace("/api/things", "//evil/api/things"),
	"the target /\\evil": () => post().replace("/api/things", "/\\evil/api/things"),
	"a whole URL of another": () => post().replace("/api/things", "http://evil.example/api/things"),
	"a whole URL of ours": (port) => post().replace("/api/things", `http://127.0.0.1:${port}/api/things`),
	"a broken URL": () => post().replace("/api/things", "http://["),
	"a very long target": () => post().replace("/api/things", `/api/things?${"x".repeat(8_000)}`),
	"bytes above ASCII in the target": () => Buffer.from(post().replace("/api/things", "/api/th\u00efngs"), "latin1"),
	"HTTP/9.9": () => post().replace("HTTP/1.1", "HTTP/9.9"),
	"the preface of HTTP/2": () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"a TLS hello": () => new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
	"ten thousand headers": () => post(manyHeaders(10_000)),
	"one header of 100 KB": () => post({ "X-Long": "x".repeat(100_000) }),
	"a header with NUL": () => post({ "X-Nul": "a\0b" }),
	"a folded header": () => post({ "X-Fold": "a\r\n b" }),
	"a header without a colon": () => post().replace("Content-Type", "Nonsense\r\nContent-Type"),
	"a space before the colon": () => post().replace("Content-Type:", "Content-Type :"),
	"Transfer-Encoding beside Content-Length": () =>
		post({ "Content-Length": "15", "Transfer-Encoding": "chunked" }, `0\r\n\r\n${post()}`),
	"two Content-Lengths": () => post({ "Content-Length": ["15", "0"] }),
	"a negative Content-Length": () => post({ "Content-Length": "-1" }),
	"a Content-Length with a plus": () => post({ "Content-Length": "+15" }),
	"an unknown Transfer-Encoding": () => post({ "Transfer-Encoding": "gzip, evil" }),
	"a chunk size that is no number": () => post({ "Transfer-Encoding": "chunked" }, `zz\r\n${body}\r\n0\r\n\r\n`),
	"a chunk size beyond 2^64": () => post({ "Transfer-Encoding": "chunked" }, `ffffffffffffffffff\r\n${body}\r\n0\r\n\r\n`),
	"a chunk shorter than it says": () => post({ "Transfer-Encoding": "chunked" }, `5\r\n${body}\r\n0\r\n\r\n`),
	"an empty body": () => post({}, ""),
	"spaces for a body": () => post({}, "   "),
	"no JSON": () => post({}, "name=evil"),
	"half of a JSON": () => post({}, '{"name":"evi'),
	"JSON with more behind": () => post({}, `${body}{}`),
	"JSON in UTF-16": () => post({}, "\0{\0}"),
	"bytes that are no UTF-8": () =>
		Buffer.from(post({}, '{"name":"\u00ff\u00fe"}').replace(/Content-Length: \d+/, "Content-Length: 13"), "latin1"),
	"a JSON null": () => post({}, "null"),
	"a JSON list": () => post({}, '[{"name":"evil"}]'),
	"a JSON string": () => post({}, '"evil"'),
	"a name that is a number": () => post({}, '{"name":1e999}'),
	"a name in __proto__": () => post({}, '{"__proto__":{"name":"evil"}}'),
	"a name in constructor.prototype": () => post({}, '{"constructor":{"prototype":{"name":"evil"}}}'),
	"JSON 100,000 deep": () => post({}, `${"[".repeat(100_000)}${"]".repeat(100_000)}`),
	"a name 100,000 deep": () => post({}, `{"name":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`),
	"a form": () => post({ "Content-Type": "application/x-www-form-urlencoded" }, "name=evil"),
	"plain text": () => post({ "Content-Type": "text/plain" }),
	"a type that only starts like JSON": () => post({ "Content-Type": "application/json-evil" }),
	"no content type": () => post({ "Content-Type": undefined }),
	multipart: () =>
		post(
			{ "Content-Type": "multipart/form-data; boundary=b" },
			'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nevil\r\n--b--\r\n',
		),
	"a file": () => post({ "Content-Disposition": 'attachment; filename="x"', "Content-Type": "text/plain" }),
	"a compressed body": () => post({ "Content-Encoding": "gzip" }),
	"a GET with a body": () => post().replace("POST", "GET"),
	"an RPC by GET": () => requestText(`GET /rpc/things/add?data=${encodeURIComponent('{"json":{"name":"evil"}}')}`, head()),
	"an RPC whose meta leads to __proto__": () =>
		post({}, '{"json":{},"meta":[[1,"__proto__","evil"]]}').replace("/api/things", "/rpc/things/add"),
	"an RPC whose meta is a number": () => post({}, '{"json":{"name":"evil"},"meta":5}').replace("/api/things", "/rpc/things/add"),
	"an RPC that is a list": () => post({}, "[1,2]").replace("/api/things", "/rpc/things/add"),
	"a WebSocket path without an upgrade": () => post().replace("/api/things", "/ws/contract"),
};

test.each(Object.entries(invalid))("invalid: %s", async (name, attack) => {
	const answer = await sendRaw(it.port, attack(it.port));
	// Without a call's path there is nothing to call; said as such.
	expectRefused(answer, name === "a WebSocket path without an upgrade" ? "not_found" : "invalid_input");
	expect(Object.hasOwn(Object.prototype, "evil") || "name" in {}).toBe(false);
});

const tooMuch: Record<string, [attack: () => string, message: string]> = {
	"a long body": [() => post({}, JSON.stringify({ name: "x".repeat(2_000_000) })), "longer than the 1024 KB"],
	"a long body in chunks, whose length nothing tells": [
		() => post({ "Transfer-Encoding": "chunked" }, `${"40000\r\n".concat("x".repeat(0x40000), "\r\n").repeat(6)}0\r\n\r\n`),
		"longer than the 1024 KB",
	],
	"a body said to be 100 GB": [() => post({ "Content-Length": "100000000000" }), "longer than the 1024 KB"],
	"a deep list": [() => post({}, `${"[".repeat(65)}${"]".repeat(65)}`), "deeper than 64 levels"],
	"a deep name": [() => post({}, `{"name":${'{"a\\"[":'.repeat(100)}1${"}".repeat(100)}}`), "deeper than 64 levels"],
};

test.each(Object.entries(tooMuch))("refused before it is looked at: %s", async (_, [attack, message]) => {
	expect((await sendRaw(it.port, attack())).text).toContain(message);
});

test("a body may nest 64 deep, and brackets in its strings do not count", async () => {
	const deep = await sendRaw(it.port, post({}, `${"[".repeat(64)}${"]".repeat(64)}`));
	const quoted = await sendRaw(it.port, post({}, JSON.stringify({ name: 1, "[": '\\"{['.repeat(100) })));
	for (const answer of [deep, quoted]) expect(answer.text).toContain("things.add cannot take this");
});

test("connections beyond the cap are dropped, and those within it go on", { timeout: 20_000 }, async () => {
	const noteNothing = () => undefined;
	const sockets = Array.from({ length: 300 }, () => connect(it.port, "127.0.0.1").on("error", noteNothing));
	const ended = sockets.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
	await Promise.race(ended);
	await expect.poll(() => it.logged.some((line) => line.includes("too many connections"))).toBe(true);
	for (const socket of sockets) socket.destroy();
	await Promise.all(ended);
	// The server learns of the ends a moment later.
	await expect.poll(async () => (await sendRaw(it.port, requestText("GET /api/things", head()))).status).toBe(200);
});

test("a request smuggled behind a refused one is not answered as one of its own", async () => {
	const inner = post();
	const answer = await sendRaw(it.port, post({ "Content-Length": "4", "Transfer-Encoding": "chunked" }, `0\r\n\r\n${inner}`));
	expect(answer.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test("senders that stop halfway hold nobody up", async () => {
	const halves = [post().slice(0, 20), post().slice(0, -5), post({ "Transfer-Encoding": "chunked" }, "f\r\n")];
	const hanging = halves.map((half) => sendRaw(it.port, half, (socket) => setImmediate(() => socket.end())));
	expect((await sendRaw(it.port, requestText("GET /api/things", head()))).status).toBe(200);
	await Promise.all(hanging);
});

test("what was refused was logged, with its reason", () => {
	for (const reason of ["token is missing", "token is wrong", "Host header", "Origin", "not HTTP", "not valid JSON", "too many"])
		expect(it.logged.filter((line) => line.includes(reason)).length, reason).toBeGreaterThan(0);
	expect(it.logged.join("\n")).not.toContain(it.token);
});

test("2,000 mutated requests: never a crash, never an effect", { timeout: 60_000 }, async () => {
	const seeds = [
		post({ Authorization: undefined }),
		post({ Host: "evil.example" }),
		post({ Origin: "https://evil.example" }),
		requestText("GET /ws/contract", {
			Host: `127.0.0.1:${it.port}`,
			Connection: "Upgrade",
			Upgrade: "websocket",
			"Sec-WebSocket-Version": "13",
			"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		}),
		requestText("POST /auth/ticket", { Host: `127.0.0.1:${it.port}`, "Content-Type": "application/json" }, '{"ticket":"x"}'),
	].map((text) => Buffer.from(text, "latin1"));
	const edit = fc.record({
		at: fc.double({ min: 0, max: 1, noNaN: true }),
		drop: fc.integer({ min: 0, max: 6 }),
		put: fc.oneof(
			fc.uint8Array({ maxLength: 6 }),
			fc.constantFrom("\r\n", "\0", "[", "//", ": ", "é", "%", "\r\n\r\n", "Host: [\r\n").map((s) => Buffer.from(s)),
		),
	});
	const mutant = fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 5 })).map(([seed, edits]) =>
		edits.reduce<Buffer>((bytes, { at, drop, put }) => {
			const index = Math.floor(at * bytes.length);
			return Buffer.concat([bytes.subarray(0, index), put, bytes.subarray(index + drop)]);
		}, seed),
	);
	await fc.assert(
		fc.asyncProperty(mutant, async (bytes) => {
			const answer = await sendRaw(it.port, bytes, (socket) => socket.end());
			expect(it.effects).toEqual([]);
			expect(stray).toEqual([]);
			// A mutant may well ask for a page; what it may not get is the work of the hub.
			expect(answer.status ?? 0).toBeLessThan(500);
			expect(answer.status).not.toBe(101);
			expect(answer.text).not.toContain(it.token);
		}),
		{ numRuns: 2000, seed: 20260905 },
	);
});
