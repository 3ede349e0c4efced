import { connect, type Socket } from "node:net";

// node:http alone takes longer to load on Node 24 (38 ms) than a whole command may run, node:net 5 ms. A client of one
// known server on a socket file needs little of HTTP: it speaks version 1.0, in which an answer ends where the
// connection does.

export interface SocketRequest {
	/** Path of the Unix socket or named pipe. */
	readonly socket: string;
	readonly path: string;
	readonly body: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Longest silence to put up with, in ms; without it there is no limit. */
	readonly timeoutMs?: number;
}

export interface SocketAnswer {
	readonly status: number;
	readonly contentType: string;
	/** The whole body. It, or `chunks`, is to be read once. */
	text(): Promise<string>;
	/** The body as it comes; leaving the loop closes the connection. */
	chunks(): AsyncIterable<string>;
}

/**
 * Posts a JSON body. Resolves when the answer's head has come.
 * @throws the system's error when nobody listens (ENOENT, ECONNREFUSED), ETIMEDOUT, or ECONNRESET for an answer cut short.
 */
export async function post(request: SocketRequest): Promise<SocketAnswer> {
	const socket = connect(request.socket);
	socket.setEncoding("utf8");
	if (request.timeoutMs !== undefined)
		socket.setTimeout(request.timeoutMs, () => socket.destroy(failure("ETIMEDOUT", `No answer within ${request.timeoutMs} ms.`)));
	const lines = [`POST ${request.path} HTTP/1.0`, "Host: localhost", "Content-Type: application/json"];
	for (const [name, value] of Object.entries(request.headers ?? {})) lines.push(`${name}: ${headerValue(name, value)}`);
	lines.push(`Content-Length: ${Buffer.byteLength(request.body)}`);
	socket.write(`${lines.join("\r\n")}\r\n\r\n${request.body}`);

	const { head, rest } = await answerHead(socket);
	return {
		status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
		contentType: /^content-type:\s*(.*)$/im.exec(head)?.[1]?.trim() ?? "",
		text: () => restOf(socket, rest),
		async *chunks() {
			try {
				if (rest !== "") yield rest;
				yield* socket;
			} finally {
				socket.destroy();
			}
		},
	};
}

/** Reads as far as the empty line; what came after it already is the beginning of the body. */
function answerHead(socket: Socket): Promise<{ head: string; rest: string }> {
	return new Promise((resolve, reject) => {
		let text = "";
		const onData = (chunk: string): void => {
			text += chunk;
			const end = text.indexOf("\r\n\r\n");
			if (end < 0) return;
			socket.pause();
			socket.off("data", onData).off("end", onEnd).off("error", reject);
			resolve({ head: text.slice(0, end), rest: text.slice(end + 4) });
		};
		const onEnd = (): void => reject(failure("ECONNRESET", "The connection ended before an answer came."));
		socket.on("data", onData).on("end", onEnd).on("error", reject);
	});
}

// Listeners, not an iterator: Node's own for streams costs 2 ms to load.
function restOf(socket: Socket, first: string): Promise<string> {
	return new Promise((resolve, reject) => {
		let text = first;
		socket.on("data", (chunk: string) => {
			text += chunk;
		});
		socket.on("end", () => resolve(text)).on("error", reject);
		socket.resume();
	});
}

function headerValue(name: string, value: string): string {
	if (/[\r\n\0]/.test(value)) throw new TypeError(`The value of the header ${name} has a line break in it.`);
	return value;
}

function failure(code: string, message: string): Error {
	return Object.assign(new Error(message), { code });
}
