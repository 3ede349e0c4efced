import type { IncomingMessage } from "node:http";
import { ClawmuxError } from "../../../../shared/errors.ts";

/** The longest body, in bytes. */
const bodyLimitBytes = 1024 * 1024;

/** The longest body of `sessions.input`: a million characters, most of them four bytes long. */
export const inputBodyLimitBytes = 4.2 * 1024 * 1024;

const inputPath = /^(?:\/api\/agents\/[^/]+\/input|\/rpc\/sessions\/input)$/;

/** How deep a body's JSON may nest; nothing of ours goes beyond six. */
const deepest = 64;

/** What a refused sender may still send before the connection is cut; less is read, so that it can read our answer. */
const drainedBytes = 16 * 1024 * 1024;

const jsonType = /^application\/json(?: *;.*)?$/i;

/** The longest body taken for a path, in bytes. */
export function limitOf(path: string): number {
	return inputPath.test(path) ? inputBodyLimitBytes : bodyLimitBytes;
}

/** Whether a request says that a body follows. */
export function hasBody(request: IncomingMessage): boolean {
	const length = request.headers["content-length"];
	return request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/**
 * Reads a request's JSON body.
 * @throws ClawmuxError `invalid_input` when it is not declared as JSON, longer than the limit, nested too deep, not UTF-8 or
 * not JSON; `closed` when the sender goes away.
 */
export async function readJsonBody(request: IncomingMessage, limitBytes: number): Promise<unknown> {
	if (!jsonType.test(request.headers["content-type"] ?? ""))
		throw invalid("A request with a body needs `Content-Type: application/json`.");
	if (request.headers["content-encoding"] !== undefined) throw invalid("A compressed body is not taken.");
	const tooLong = invalid(`The body is longer than the ${Math.round(limitBytes / 1024)} KB allowed here.`);
	if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw tooLong;
	const text = decode(await collect(request, limitBytes, tooLong));
	if (text.trim() === "") return {};
	checkDepth(text);
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new ClawmuxError("invalid_input", "The body is not valid JSON.", { cause });
	}
}

/** Reads and drops what a refused sender still sends, so that it gets to read the answer; cuts it off if it never ends. */
export function drain(request: IncomingMessage): void {
	let bytes = 0;
	request.on("data", (chunk: Buffer) => {
		bytes += chunk.byteLength;
		if (bytes > drainedBytes) request.socket.destroy();
	});
	request.resume();
}

function collect(request: IncomingMessage, limitBytes: number, tooLong: ClawmuxError): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let bytes = 0;
		const take = (chunk: Buffer) => {
			bytes += chunk.byteLength;
			chunks.push(chunk);
			if (bytes <= limitBytes) return;
			request.off("data", take);
			reject(tooLong);
		};
		request.on("data", take);
		request.once("end", () => resolve(Buffer.concat(chunks)));
		request.once("close", () => reject(new ClawmuxError("closed", "The sender went away before the end of its request.")));
	});
}

function decode(bytes: Buffer): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new ClawmuxError("invalid_input", "The body is not valid UTF-8.", { cause });
	}
}

/** Parsing deep JSON is harmless, but code that walks it is recursive. */
function checkDepth(text: string): void {
	let depth = 0;
	let quoted = false;
	for (let index = 0; index < text.length; index++) {
		const char = text.charCodeAt(index);
		if (quoted) {
			if (char === 0x5c) index++;
			else if (char === 0x22) quoted = false;
		} else if (char === 0x22) quoted = true;
		else if (char === 0x7b || char === 0x5b) {
			if (++depth > deepest) throw invalid(`The body's JSON nests deeper than ${deepest} levels.`);
		} else if (char === 0x7d || char === 0x5d) depth--;
	}
}

function invalid(message: string): ClawmuxError {
	return new ClawmuxError("invalid_input", message);
}
