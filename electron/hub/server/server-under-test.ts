import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import * as z from "zod";
import { encodeFrame, type FrameLink } from "../../../shared/frames.ts";
import type { Log } from "../log.ts";
import type { HookRequest } from "./http/request-handler.ts";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "./http-server.ts";
import { type ContractServer, serveContract } from "./serve-contract.ts";
import { Tickets } from "./tickets.ts";

/** For tests only: a server with the smallest router that has an effect, and everything it did and logged. */
export const thingsContract = {
	things: {
		add: oc
			.route({ method: "POST", path: "/things" })
			.input(z.object({ name: z.string().max(100) }))
			.output(z.object({ count: z.number() })),
		count: oc.route({ method: "GET", path: "/things" }).output(z.object({ count: z.number() })),
		input: oc
			.route({ method: "POST", path: "/agents/{id}/input" })
			.input(z.object({ id: z.string(), text: z.string() }))
			.output(z.object({ length: z.number() })),
	},
};

export interface ServerUnderTest {
	server: HttpServer;
	contract: ContractServer;
	port: number;
	token: string;
	tickets: Tickets;
	socketPath: string;
	folder: string;
	/** Everything that changed: calls, hooks, terminal frames. */
	effects: string[];
	logged: string[];
	stop(): Promise<void>;
}

export async function startServer(options: Partial<HttpServerOptions> = {}): Promise<ServerUnderTest> {
	const folder = mkdtempSync(join(tmpdir(), "clawmux-server-"));
	const webRoot = join(folder, "web");
	mkdirSync(join(webRoot, "assets"), { recursive: true });
	writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>ClawMux</title><h1>the window</h1>");
	writeFileSync(join(webRoot, "assets", "main-abc123.js"), "globalThis.clawmuxSecret = 'script ran';");
	writeFileSync(join(webRoot, "icon.svg"), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
	writeFileSync(join(folder, "outside.txt"), "not for you");

	const effects: string[] = [];
	const logged: string[] = [];
	const say = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
	const log: Log = { debug: say, info: say, warn: say, error: say };
	const os = implement(thingsContract);
	const router = os.router({
		things: {
			add: os.things.add.handler(({ input }) => ({ count: effects.push(`add ${input.name}`) })),
			count: os.things.count.handler(() => ({ count: effects.length })),
			input: os.things.input.handler(({ input }) => {
				effects.push(`input ${input.text.length}`);
				return { length: input.text.length };
			}),
		},
	});
	const contract = serveContract({ router, version: "0.0.0", log });
	const token = "tok_0123456789abcdefghijklmnopqrstuvwxyz-_ABCDEFG";
	const tickets = new Tickets();
	const socketPath = join(folder, "run", "hub.sock");
	const server = await createHttpServer({
		contract,
		token,
		tickets,
		webRoot,
		onTerminalLink: (link: FrameLink) => {
			link.onFrame((frame) => {
				effects.push(`frame ${frame.byteLength}`);
				link.send(encodeFrame("ack", 1, frame.byteLength));
			});
		},
		onHook: async (request: HookRequest) => void effects.push(`hook ${request.agentId} ${JSON.stringify(request.event)}`),
		log,
		socketPath,
		listen: true,
		...options,
	}).catch((thrown: unknown) => {
		rmSync(folder, { recursive: true, force: true });
		throw thrown;
	});
	const stop = async () => {
		await server.close();
		contract.close();
		rmSync(folder, { recursive: true, force: true });
	};
	const port = Number(new URL(server.url ?? "http://none:1").port);
	return { server, contract, port, token, tickets, socketPath, folder, effects, logged, stop };
}

/** What came back for raw bytes: the text up to the end of the connection, or of one answer. */
export interface RawAnswer {
	text: string;
	status: number | undefined;
	/** The code of the JSON error body, if there is one. */
	code: string | undefined;
}

/** How long an answer may take, in ms; the server's own limit for slow headers is longer. */
const patienceMs = 4_000;

/** Sends bytes to a port or a socket's path, and reads one answer. `then` goes out after the bytes, e.g. to hang up. */
export function sendRaw(to: number | string, bytes: string | Uint8Array, then?: (socket: Socket) => void): Promise<RawAnswer> {
	return new Promise((resolve, reject) => {
		const socket = typeof to === "number" ? connect(to, "127.0.0.1") : connect(to);
		let text = "";
		const done = () => {
			clearTimeout(timer);
			socket.destroy();
			const body = text.slice(text.indexOf("\r\n\r\n") + 4);
			resolve({
				text,
				status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]) || undefined,
				code: /"code":"(\w+)"/.exec(body)?.[1],
			});
		};
		const timer = setTimeout(() => {
			socket.destroy();
			reject(new Error(`No answer within ${patienceMs} ms, only: ${JSON.stringify(text.slice(0, 200))}`));
		}, patienceMs);
		socket.on("data", (chunk: Buffer) => {
			text += chunk.toString("latin1");
			if (isWhole(text)) done();
		});
		socket.on("close", done);
		// A server that has refused may reset the connection while we still send; what counts is what was answered before.
		socket.on("error", () => socket.destroy());
		socket.write(bytes, () => then?.(socket));
	});
}

function isWhole(text: string): boolean {
	const end = text.indexOf("\r\n\r\n");
	if (end === -1) return false;
	const head = text.slice(0, end);
	if (/^HTTP\/1\.1 (?:101|204|304) /.test(head)) return true;
	if (/\r\ntransfer-encoding: *chunked/i.test(head)) return text.endsWith("\r\n0\r\n\r\n");
	const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
	return length !== undefined && text.length >= end + 4 + Number(length);
}

/** A request as text. A header that is `undefined` is left out, one that is a list is sent as often. */
export function requestText(
	line: string,
	headers: Record<string, string | readonly string[] | undefined>,
	body: string | undefined = undefined,
): string {
	const all: typeof headers = { ...headers };
	if (body !== undefined && !("Content-Length" in all) && !("Transfer-Encoding" in all))
		all["Content-Length"] = String(Buffer.byteLength(body));
	const lines = Object.entries(all).flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}\r\n`));
	return `${line} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}
