import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { ContractRouterClient } from "@orpc/contract";
import type { MessagePortMain } from "electron";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ServerUnderTest, startServer, type thingsContract } from "../../hub/server/server-under-test.ts";
import { attachToHub } from "./attach.ts";

let server: ServerUnderTest;
beforeEach(async () => {
	server = await startServer();
});
afterEach(() => server.stop());

const noFailure = (message: string, error: unknown): void => {
	throw new Error(message, { cause: error });
};

/** Node's port as Electron's main process has it: messages come as events. */
function mainPort(port: MessagePort): MessagePortMain {
	const main = {
		on: (event: string, listener: (value?: unknown) => void) => {
			port.on(event as "message", (data) => listener(event === "message" ? { data, ports: [] } : undefined));
			return main;
		},
		postMessage: (data: unknown) => port.postMessage(data),
		start: () => port.start(),
		close: () => port.close(),
	};
	return main as unknown as MessagePortMain;
}

test("terminal frames pass whole, in order and both ways, from before the socket is open", async () => {
	const connection = await attachToHub(server.socketPath, noFailure);
	const { port1, port2 } = new MessageChannel();
	const sizes = [1, 13, 65_536, 1_000_000, 2];
	const answers: unknown[] = [];
	const all = new Promise<void>((done) => port2.on("message", (frame) => answers.push(frame) === sizes.length && done()));
	connection.openTerminalPort(mainPort(port1));
	for (const size of sizes) port2.postMessage(size % 2 === 0 ? new Uint8Array(size) : new Uint8Array(size).buffer);
	await all;
	expect(server.effects).toEqual(sizes.map((size) => `frame ${size}`));
	for (const answer of answers) {
		expect(answer).toBeInstanceOf(Uint8Array);
		expect((answer as Uint8Array).byteLength).toBe(13);
	}
	port2.close();
	await connection.close();
});

test("a page's calls reach the hub and their refusals come back", async () => {
	const connection = await attachToHub(server.socketPath, noFailure);
	const { port1, port2 } = new MessageChannel();
	connection.openContractPort(mainPort(port1));
	const page: ContractRouterClient<typeof thingsContract> = createORPCClient(new RPCLink({ port: port2 }));
	expect(await page.things.add({ name: "one" })).toEqual({ count: 1 });
	await expect(page.things.add({ name: "x".repeat(101) })).rejects.toMatchObject({ code: "invalid_input" });
	port2.close();
	await connection.close();
});

test("anything but text and bytes ends the line it came over", async () => {
	const connection = await attachToHub(server.socketPath, noFailure);
	const { port1, port2 } = new MessageChannel();
	connection.openTerminalPort(mainPort(port1));
	const closed = once(port2, "close");
	port2.postMessage(new Uint8Array(4));
	await once(port2, "message");
	port2.postMessage({ hostile: true });
	await closed;
	expect(server.effects).toEqual(["frame 4"]);
	await connection.close();
});

test("when the hub ends, pages see their ports close and the shell is told once", async () => {
	const connection = await attachToHub(server.socketPath, noFailure);
	const { port1, port2 } = new MessageChannel();
	connection.openTerminalPort(mainPort(port1));
	let told = 0;
	const lost = new Promise<void>((done) =>
		connection.onLost(() => {
			told++;
			done();
		}),
	);
	port2.postMessage(new Uint8Array(4));
	await once(port2, "message");
	const closed = once(port2, "close");
	await server.server.close();
	await Promise.all([lost, closed]);
	await connection.close();
	expect(told).toBe(1);
});

test("closing leaves the hub running, closes the ports and counts as no loss", async () => {
	const connection = await attachToHub(server.socketPath, noFailure);
	const { port1, port2 } = new MessageChannel();
	connection.openTerminalPort(mainPort(port1));
	connection.onLost(() => server.effects.push("lost"));
	port2.postMessage(new Uint8Array(4));
	await once(port2, "message");
	const closed = once(port2, "close");
	await connection.close();
	await closed;
	expect(server.effects).toEqual(["frame 4"]);
	const again = await attachToHub(server.socketPath, noFailure);
	await again.close();
});

test("where nobody answers, or somebody who is no hub, the refusal says so", async () => {
	const folder = mkdtempSync(join(tmpdir(), "clawmux-attach-"));
	const stranger: Server = createServer((socket) => socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
	try {
		const path = join(folder, "s.sock");
		await expect(attachToHub(path, noFailure)).rejects.toMatchObject({
			code: "unavailable",
			message: `No hub answers at ${path}.`,
		});
		stranger.listen(path);
		await once(stranger, "listening");
		await expect(attachToHub(path, noFailure)).rejects.toMatchObject({ code: "unavailable" });
	} finally {
		stranger.close();
		rmSync(folder, { recursive: true, force: true });
	}
});
