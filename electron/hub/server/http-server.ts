import { createServer, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { ClawmuxError } from "../../../shared/errors.ts";
import type { FrameLink } from "../../../shared/frames.ts";
import type { Log } from "../log.ts";
import type { Door } from "./http/door.ts";
import { refuseSocket, sendError } from "./http/http-answers.ts";
import { listenOnPort, listenOnSocket } from "./http/listening.ts";
import { RefusalLog } from "./http/refusal-log.ts";
import { type HookRequest, requestHandler } from "./http/request-handler.ts";
import { Secret } from "./http/secret.ts";
import { Upgrades } from "./http/upgrade-handler.ts";
import type { ContractServer } from "./serve-contract.ts";
import { StaticFiles } from "./static-files.ts";
import type { Tickets } from "./tickets.ts";

export interface HttpServerOptions {
	contract: ContractServer;
	/** What a TCP client has to know; new at each start of the hub. */
	token: string;
	tickets: Tickets;
	/** Folder of the built renderer; without it there is no page. */
	webRoot?: string | undefined;
	/** Takes each new connection of terminal frames. */
	onTerminalLink(link: FrameLink): void;
	/** Takes each hook; what it resolves to, if anything, is the answer. Has to compare the secret, and to be quick. */
	onHook(request: HookRequest): Promise<unknown>;
	log: Log;
	/** Unix socket or named pipe. Whoever calls owns the home's lock, so one that is there is a dead hub's. */
	socketPath: string;
	/** Whether to listen on 127.0.0.1 too. */
	listen: boolean;
	/** The port a person asked for (0: any free one); when it is taken, that is an error. */
	port?: number | undefined;
	/** The port from the settings; when it is taken, another one is used. */
	preferredPort?: number | undefined;
}

export interface HttpServer {
	/** `http://127.0.0.1:PORT`, or null when it listens on no port. */
	readonly url: string | null;
	close(): Promise<void>;
}

/** Connections held at once; a browser window needs about eight. */
const mostConnections = 256;

/** Limits for the sender of a request, in ms: its headers, all of it, and how long an idle connection is kept. */
const headersTimeout = 10_000;
const requestTimeout = 30_000;
const keepAliveTimeout = 10_000;

/** What is said of requests that Node's parser or clock refused, by its error's code. */
const brokenRequests: Record<string, { message: string; status: number }> = {
	HPE_HEADER_OVERFLOW: { message: "The request's headers are too long.", status: 431 },
	ERR_HTTP_REQUEST_TIMEOUT: { message: "The request came too slowly.", status: 408 },
};

/** How long answers that are on their way may take when the server closes: the call that asked for it is among them. */
const answersWithinMs = 500;

/** Bytes a request's target and headers may have together. */
const maxHeaderSize = 16 * 1024;

/**
 * Serves REST, RPC, WebSockets, hooks and the window's files on a Unix socket and, if wanted, on 127.0.0.1.
 * @throws ClawmuxError `unavailable` when the asked-for port is taken, `denied` when the socket's folder is not this user's own
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
	const { log } = options;
	const refusals = new RefusalLog(log);
	const files = options.webRoot === undefined ? undefined : new StaticFiles(options.webRoot);
	const parts = { ...options, files, refusals };
	const upgrades = new Upgrades(parts);
	const servers: Server[] = [];
	const close = async () => {
		upgrades.close();
		await Promise.all(servers.map(closeServer));
		refusals.flush();
	};

	const local = newServer(refusals);
	await listenOnSocket(local, options.socketPath);
	servers.push(local);
	attach(local, { kind: "socket" });
	if (!options.listen) return { url: null, close };
	try {
		const tcp = newServer(refusals);
		const port = await listenOnPort(tcp, options);
		servers.push(tcp);
		attach(tcp, { kind: "tcp", port, token: new Secret(options.token) });
		return { url: `http://127.0.0.1:${port}`, close };
	} catch (thrown) {
		await close();
		throw thrown;
	}

	function attach(server: Server, door: Door): void {
		server.on("request", requestHandler(parts, door));
		server.on("upgrade", upgrades.handler(door));
		server.on("error", (error) => log.error("A server failed.", { error, door: door.kind }));
	}
}

function newServer(refusals: RefusalLog): Server {
	const server = createServer({
		headersTimeout,
		requestTimeout,
		keepAliveTimeout,
		connectionsCheckingInterval: 2_000,
		maxHeaderSize,
		// A missing Host is refused at the door, like a wrong one, and with a sentence.
		requireHostHeader: false,
	});
	// Node drops what is over its count of 1000 lines silently, an Origin too; the size is limit enough.
	server.maxHeadersCount = 0;
	server.maxConnections = mostConnections;
	// The answer that a socket waits for: another one in the middle of it would be read as part of it.
	const answers = new WeakMap<Duplex, ServerResponse>();
	server.on("request", (_request, response) => {
		if (response.socket) answers.set(response.socket, response);
	});
	server.on("drop", () => refusals.note("There are too many connections; one was dropped."));
	server.on("connect", (_request, socket) => {
		refusals.note("This hub is no proxy: CONNECT.");
		refuseSocket(socket, "invalid_input", "This hub is no proxy.");
	});
	server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
		if (error.code === "ECONNRESET") return void socket.destroy();
		refusals.note("A request is not HTTP as it should be.", { code: error.code });
		const { message, status } = brokenRequests[error.code ?? ""] ?? {
			message: "The request is not HTTP as it should be.",
			status: 400,
		};
		const response = answers.get(socket);
		if (!response || response.writableFinished) refuseSocket(socket, "invalid_input", message, status);
		else if (response.headersSent) socket.destroy();
		else sendError(response.setHeader("connection", "close"), new ClawmuxError("invalid_input", message), { status });
	});
	return server;
}

function closeServer(server: Server): Promise<void> {
	return new Promise((resolve) => {
		const cut = setTimeout(() => server.closeAllConnections(), answersWithinMs);
		server.close(() => {
			clearTimeout(cut);
			resolve();
		});
		server.closeIdleConnections();
	});
}
