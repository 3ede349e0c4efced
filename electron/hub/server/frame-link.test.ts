import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { type WebSocket, WebSocket as WebSocketClient, WebSocketServer } from "ws";
import { encodeFrame, type FrameLink } from "../../../shared/frames.ts";
import { silentLog } from "../log.ts";
import { eventedFrameLink, frameLinkPair, webSocketFrameLink } from "./frame-link.ts";

interface Linked {
	ends: [FrameLink, FrameLink];
	stop(): Promise<void>;
}

const ways: Record<string, () => Promise<Linked>> = {
	"in memory": async () => ({ ends: frameLinkPair(), stop: async () => undefined }),
	MessagePorts: async () => {
		const { port1, port2 } = new MessageChannel();
		const ends: Linked["ends"] = [eventedFrameLink(port1, silentLog), eventedFrameLink(port2, silentLog)];
		return { ends, stop: async () => port1.close() };
	},
	WebSockets: async () => {
		const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
		await once(server, "listening");
		const { port } = server.address() as { port: number };
		const client = new WebSocketClient(`ws://127.0.0.1:${port}`);
		const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "open")])) as [[WebSocket], unknown];
		return {
			ends: [webSocketFrameLink(accepted, silentLog), webSocketFrameLink(client, silentLog)],
			stop: async () => {
				client.terminate();
				server.close();
				await once(server, "close");
			},
		};
	},
};

test.each(Object.entries(ways))("frames arrive whole and in order, and the end is told to both: %s", async (_, open) => {
	const { ends, stop } = await open();
	const [one, two] = ends;
	const seen: number[] = [];
	const all = new Promise<void>((resolve) => {
		two.onFrame((frame) => {
			if (seen.push(frame.byteLength) === 100) resolve();
		});
	});
	for (let n = 0; n < 100; n++) one.send(encodeFrame("output", 1, n, new Uint8Array(n * 100)));
	await all;
	expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => 13 + n * 100));
	await expect.poll(() => one.bufferedBytes).toBe(0);

	const back = new Promise<Uint8Array>((resolve) => one.onFrame(resolve));
	two.send(encodeFrame("ack", 7, 123));
	expect([...(await back)]).toEqual([...encodeFrame("ack", 7, 123)]);

	const closed = ends.map((end) => new Promise<void>((resolve) => end.onClose(resolve)));
	one.close();
	await Promise.all(closed);
	two.send(encodeFrame("ack", 7, 123));
	await stop();
});

test("what is sent in one go to a link in memory counts as buffered until it is taken", async () => {
	const [one, two] = frameLinkPair();
	const taken = new Promise((resolve) => two.onFrame(resolve));
	one.send(new Uint8Array(1_000));
	expect(one.bufferedBytes).toBe(1_000);
	await taken;
	expect(one.bufferedBytes).toBe(0);
});

test("a port that sends anything but bytes is closed", async () => {
	const { port1, port2 } = new MessageChannel();
	const link = eventedFrameLink(port1, silentLog);
	const closed = new Promise<void>((resolve) => link.onClose(resolve));
	port2.postMessage("text");
	await closed;
});
