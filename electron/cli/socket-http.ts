import { connect } from "node:net";

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
	/** The body as it comes. To be read once; leaving the loop closes the connection. */
	readonly chunks: AsyncIterable<string>;
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

	const incoming = socket[Symbol.asyncIterator]() as AsyncIterableIterator<string>;
	let head = "";
	let end = -1;
	while (end < 0) {
		const next = await incoming.next();
		if (next.done) throw failure("ECONNRESET", "The connection ended before an answer came.");
		head += next.value;
		end = head.indexOf("\r\n\r\n");
	}
	const first = head.slice(end + 4);
	async function* chunks(): AsyncGenerator<string> {
		if (first !== "") yield first;
		yield* incoming;
	}
	head = head.slice(0, end);
	return {
		status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
		contentType: /^content-type:\s*(.*)$/im.exec(head)?.[1]?.trim() ?? "",
		chunks: chunks(),
	};
}

/** The whole body of an answer. */
export async function bodyText(answer: SocketAnswer): Promise<string> {
	let text = "";
	for await (const chunk of answer.chunks) text += chunk;
	return text;
}

function headerValue(name: string, value: string): string {
	if (/[\r\n\0]/.test(value)) throw new TypeError(`The value of the header ${name} has a line break in it.`);
	return value;
}

function failure(code: string, message: string): Error {
	return Object.assign(new Error(message), { code });
}
