import type { HubClient } from "../../shared/contract/contract.ts";
import { ClawmuxError, type ErrorCode, isErrorCode } from "../../shared/errors.ts";
import { post, type SocketAnswer } from "./socket-http.ts";

export interface HubCallOptions {
	/** The home the hub is of; named in errors. */
	readonly home: string;
	readonly socket: string;
	/** Longest silence to put up with, in ms; without it a call takes as long as the hub needs. */
	readonly timeoutMs?: number;
}

/** oRPC's body: the value, and `meta` for what JSON cannot say, which nothing in the contract needs. */
interface RpcBody {
	json?: unknown;
}

/**
 * The contract's client over the hub's Unix socket. The types are the contract's; at run time there is only a path and
 * oRPC's body, because oRPC's own client and zod would take longer to load than the call.
 */
export function createHubClient(options: HubCallOptions): HubClient {
	return client(options, []) as unknown as HubClient;
}

function client(options: HubCallOptions, path: readonly string[]): unknown {
	return new Proxy(() => undefined, {
		get: (_, key) => (typeof key === "string" && key !== "then" ? client(options, [...path, key]) : undefined),
		apply: (_, __, [input]: [unknown?]) => call(options, path, input),
	});
}

async function call(options: HubCallOptions, path: readonly string[], input: unknown): Promise<unknown> {
	let answer: SocketAnswer;
	try {
		const { socket, timeoutMs } = options;
		answer = await post({ socket, timeoutMs, path: `/rpc/${path.join("/")}`, body: JSON.stringify({ json: input }) });
		if (answer.status < 400 && answer.contentType.startsWith("text/event-stream")) return events(options, answer);
		const text = await answer.text();
		const { json } = JSON.parse(text) as RpcBody;
		if (answer.status < 400) return json;
		throw refusal(json, answer.status);
	} catch (error) {
		throw asClawmuxError(error, options, path);
	}
}

async function* events(options: HubCallOptions, answer: SocketAnswer): AsyncGenerator<unknown> {
	let text = "";
	try {
		for await (const chunk of answer.chunks()) {
			text += chunk;
			for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
				const event = parseEvent(text.slice(0, end));
				text = text.slice(end + 2);
				if (event.name === "done") return;
				if (event.name === "error") throw refusal(event.data?.json, 500);
				if (event.data !== undefined) yield event.data.json;
			}
		}
	} catch (error) {
		throw asClawmuxError(error, options, ["events"]);
	}
	throw new ClawmuxError("closed", `The ClawMux hub for ${options.home} went away.`);
}

function parseEvent(block: string): { name: string; data: RpcBody | undefined } {
	let name = "";
	const data: string[] = [];
	for (const line of block.split("\n")) {
		if (line.startsWith("event:")) name = line.slice(6).trim();
		else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
	}
	return { name, data: data.length > 0 ? (JSON.parse(data.join("\n")) as RpcBody) : undefined };
}

/** The hub's refusal as it sent it: oRPC's error object, whose message is already a sentence for a person. */
function refusal(json: unknown, status: number): ClawmuxError {
	const error = (typeof json === "object" && json !== null ? json : {}) as { code?: unknown; message?: unknown; data?: unknown };
	const code = String(error.code ?? "").toLowerCase();
	let message = typeof error.message === "string" ? error.message : `The hub refused with status ${status}.`;
	const issues = (error.data as { issues?: { message?: string; path?: unknown[] }[] } | undefined)?.issues;
	if (Array.isArray(issues))
		message = issues.map((issue) => `${[...(issue.path ?? []), ""].join(": ")}${issue.message}`).join("; ");
	const known: ErrorCode = isErrorCode(code) ? code : code === "bad_request" ? "invalid_input" : "internal";
	return new ClawmuxError(known, message);
}

function asClawmuxError(error: unknown, { home, socket }: HubCallOptions, path: readonly string[]): ClawmuxError {
	if (error instanceof ClawmuxError) return error;
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	if (code === "ENOENT" || code === "ECONNREFUSED")
		return new ClawmuxError("unavailable", `No ClawMux hub is running for ${home}. Start it with \`clawmux start\`.`, {
			cause: error,
		});
	if (code === "EACCES" || code === "EPERM")
		return new ClawmuxError("denied", `The ClawMux hub at ${socket} belongs to another user.`, { cause: error });
	if (code === "ETIMEDOUT")
		return new ClawmuxError("unavailable", `The ClawMux hub for ${home} does not answer; its log is in ${home}/logs.`, {
			cause: error,
		});
	const why = error instanceof Error ? error.message : String(error);
	return new ClawmuxError("closed", `The ClawMux hub for ${home} broke off its answer to ${path.join(".")}: ${why}`, {
		cause: error,
	});
}
