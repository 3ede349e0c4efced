import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { requestText, type ServerUnderTest, sendRaw, startServer } from "./server-under-test.ts";

let it: ServerUnderTest;
const stray: unknown[] = [];
const noteStray = (error: unknown) => void stray.push(error);

beforeAll(async () => {
	it = await startServer({
		// As the hub's terminals do: a frame that cannot be read is thrown back at the link.
		onTerminalLink: (link) =>
			link.onFrame(() => {
				throw new Error("this frame cannot be read");
			}),
	});
	process.on("uncaughtException", noteStray);
	process.on("unhandledRejection", noteStray);
});
afterAll(() => {
	process.off("uncaughtException", noteStray);
	process.off("unhandledRejection", noteStray);
	return it.stop();
});

type Headers = Record<string, string | readonly string[] | undefined>;

function upgrade(path: string, spoiled: Headers = {}): string {
	return requestText(`GET ${path}`, {
		Host: `127.0.0.1:${it.port}`,
		Origin: `http://127.0.0.1:${it.port}`,
		Connection: "Upgrade",
		Upgrade: "websocket",
		"Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Protocol": `clawmux, token.${it.token}`,
		...spoiled,
	});
}

/** A client's frame; the mask is zero, so the payload stays readable. */
function frame(
	opcode: number,
	payload: Uint8Array,
	options: { fin?: boolean; masked?: boolean; saysBytes?: number } = {},
): Buffer {
	const { fin = true, masked = true, saysBytes = payload.byteLength } = options;
	const head = Buffer.alloc(10);
	head[0] = (fin ? 0x80 : 0) | opcode;
	head[1] = (masked ? 0x80 : 0) | 127;
	head.writeBigUInt64BE(BigInt(saysBytes), 2);
	return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

const text = (content: string): Buffer => frame(1, Buffer.from(content));

/** Opens a real WebSocket; resolves to false when it is refused. */
function opens(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = new WebSocket(`ws://127.0.0.1:${it.port}${path}`, ["clawmux", `token.${it.token}`]);
		socket.on("open", () => {
			socket.terminate();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}

describe.each(["/ws/contract", "/ws/terminals"])("%s", (path) => {
	afterEach(async () => {
		expect(it.effects).toEqual([]);
		expect(stray).toEqual([]);
		expect(await opens(path)).toBe(true);
	});

	const refused: Record<string, [spoil: (token: string, port: number) => Headers, code: string]> = {
		"no token": [() => ({ "Sec-WebSocket-Protocol": "clawmux" }), "denied"],
		"no protocol at all": [() => ({ "Sec-WebSocket-Protocol": undefined }), "denied"],
		"a wrong token": [() => ({ "Sec-WebSocket-Protocol": "clawmux, token.wrong" }), "denied"],
		"the start of the token": [(token) => ({ "Sec-WebSocket-Protocol": `clawmux, token.${token.slice(0, -1)}` }), "denied"],
		"the token in a cookie": [(token) => ({ "Sec-WebSocket-Protocol": "clawmux", Cookie: `token=${token}` }), "denied"],
		"a wrong header beside the right protocol": [() => ({ Authorization: "Bearer wrong" }), "denied"],
		"the Origin of another": [() => ({ Origin: "https://evil.example" }), "denied"],
		"Origin null": [() => ({ Origin: "null" }), "denied"],
		"Host [": [() => ({ Host: "[" }), "denied"],
		"Host with a space": [() => ({ Host: "a b" }), "denied"],
		"Host and Origin of another, alike": [
			(_, port) => ({ Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }),
			"denied",
		],
		"no Host": [() => ({ Host: undefined }), "denied"],
		"a bad key": [() => ({ "Sec-WebSocket-Key": "short" }), "invalid_input"],
		"no key": [() => ({ "Sec-WebSocket-Key": undefined }), "invalid_input"],
		"version 7": [() => ({ "Sec-WebSocket-Version": "7" }), "invalid_input"],
		"no version": [() => ({ "Sec-WebSocket-Version": undefined }), "invalid_input"],
		"another upgrade": [() => ({ Upgrade: "h2c" }), "invalid_input"],
		"broken extensions": [() => ({ "Sec-WebSocket-Extensions": "permessage-deflate; =;;" }), ""],
		"a broken list of protocols": [(token) => ({ "Sec-WebSocket-Protocol": `clawmux,, ,token.${token}` }), "invalid_input"],
	};

	test.each(Object.entries(refused))("refused: %s", async (_, [spoil, code]) => {
		const answer = await sendRaw(it.port, upgrade(path, spoil(it.token, it.port)));
		// We offer no extensions, so what stands there is nothing to us.
		if (code === "") expect(answer.status).toBe(101);
		else
			expect([answer.code, answer.status]).toEqual([code, expect.toSatisfy((status: number) => status >= 400 && status < 500)]);
	});

	test("refused: the token in the query", async () => {
		const answer = await sendRaw(it.port, upgrade(`${path}?token=${it.token}`, { "Sec-WebSocket-Protocol": "clawmux" }));
		expect(answer.code).toBe("denied");
	});

	test("refused: an upgrade by POST, and to a path that is none", async () => {
		expect((await sendRaw(it.port, upgrade(path).replace("GET", "POST"))).code).toBe("invalid_input");
		expect((await sendRaw(it.port, upgrade(`${path}/x`))).code).toBe("not_found");
		expect((await sendRaw(it.port, upgrade(`/${path}`))).code).toBe("invalid_input");
		expect((await sendRaw(it.port, upgrade("//["))).code).toBe("invalid_input");
	});

	/** After the upgrade: bytes that no client of ours sends. Each ends its own connection. */
	const broken: Record<string, Buffer> = {
		"a frame of 5 MB": frame(2, Buffer.alloc(5 * 1024 * 1024)),
		"a frame said to be 2^53 bytes": frame(2, Buffer.alloc(10), { saysBytes: 2 ** 53 }),
		"fragments of 6 MB together": Buffer.concat(
			[0, 1, 2].map((n) => frame(n === 0 ? 2 : 0, Buffer.alloc(2 * 1024 * 1024), { fin: false })),
		),
		"a frame without a mask": frame(2, Buffer.from("x"), { masked: false }),
		"an unknown opcode": frame(5, Buffer.from("x")),
		"a long ping": frame(9, Buffer.alloc(200)),
		"text that is no UTF-8": frame(1, Buffer.from([0xff, 0xfe])),
		"a continuation of nothing": frame(0, Buffer.from("x")),
		"a close with a forbidden code": frame(8, Buffer.from([0x03, 0xec])),
		"text that is no message": text("nonsense"),
		"a message of the wrong shape": text('{"i":"1","p":{"u":17}}'),
		"binary garbage": frame(2, Buffer.from(Array.from({ length: 500 }, (_, n) => (n * 37) % 256))),
		"HTTP once more": Buffer.from("GET / HTTP/1.1\r\n\r\n"),
	};

	test.each(Object.entries(broken))("closed: %s", async (_, bytes) => {
		const closed = await sendAfterUpgrade(path, bytes);
		expect(closed).toBe("closed by the server");
	});

	test("hanging up in the middle of a frame, or of the upgrade, harms nobody", async () => {
		await sendAfterUpgrade(path, frame(2, Buffer.alloc(10), { saysBytes: 1_000 }), "hang up");
		await sendRaw(it.port, upgrade(path).slice(0, -30), (socket) => socket.destroy());
		await sendRaw(it.port, upgrade(path), (socket) => socket.destroy());
	});
});

/** Upgrades, sends, and waits for the server to close, or hangs up itself. */
function sendAfterUpgrade(path: string, bytes: Buffer, then: "wait" | "hang up" = "wait"): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(`ws://127.0.0.1:${it.port}${path}`, ["clawmux", `token.${it.token}`]);
		socket.on("error", reject);
		socket.on("open", () => {
			// Below the library, which would refuse to send such things.
			const raw = (socket as unknown as { _socket: import("node:net").Socket })._socket;
			raw.write(bytes);
			if (then === "hang up") raw.destroy();
		});
		socket.on("close", () => resolve(then === "wait" ? "closed by the server" : "hung up"));
	});
}

test("what was refused and what broke the protocol was logged", () => {
	for (const reason of [
		"token is missing",
		"Origin",
		"upgrade is broken",
		"broke the protocol",
		"cannot be read",
		"frame that was refused",
	])
		expect(it.logged.filter((line) => line.includes(reason)).length, reason).toBeGreaterThan(0);
	expect(it.logged.join("\n")).not.toContain(it.token);
});
