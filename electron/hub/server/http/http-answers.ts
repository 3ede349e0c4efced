import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type ClawmuxError, type ErrorCode, httpStatusOf } from "../../../../shared/errors.ts";
import type { ErrorBody } from "../../../../shared/rpc-errors.ts";

/** Headers of every answer. There is none that lets another origin read it, and never will be. */
export const commonHeaders: Record<string, string> = {
	"cache-control": "no-store",
	"cross-origin-resource-policy": "same-origin",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
};

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
	const body = Buffer.from(JSON.stringify(value));
	response.writeHead(status, { "content-type": "application/json", "content-length": body.byteLength }).end(body);
}

/**
 * Refuses a request. To an oRPC client (`/rpc`) the same is said in its own words too, else it would read only the status.
 * @param status where HTTP has a more exact one than the code's
 */
export function sendError(response: ServerResponse, error: ClawmuxError, options: { rpc?: boolean; status?: number } = {}): void {
	if (response.headersSent) {
		response.destroy();
		return;
	}
	const { code, message } = error;
	const status = options.status ?? httpStatusOf[code];
	const body: ErrorBody & { json?: unknown } = { error: { code, message } };
	if (options.rpc) body.json = { defined: false, code, status, message };
	sendJson(response, status, body);
}

/** Refuses what never became a request, or an upgrade, on the bare socket, and ends it. */
export function refuseSocket(socket: Duplex, code: ErrorCode, message: string, status = httpStatusOf[code]): void {
	if (!socket.writable) {
		socket.destroy();
		return;
	}
	const body = JSON.stringify({ error: { code, message } } satisfies ErrorBody);
	const headers = {
		...commonHeaders,
		"content-type": "application/json",
		"content-length": Buffer.byteLength(body),
		connection: "close",
	};
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.once("finish", () => socket.destroy());
	socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}
