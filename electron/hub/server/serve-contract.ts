import type { IncomingMessage, ServerResponse } from "node:http";
import { mapEventIterator } from "@orpc/client";
import { OpenAPIHandler } from "@orpc/openapi/node";
import { type AnyRouter, ORPCError } from "@orpc/server";
// The line's own adapter (`message-port`) drops the promise of a message it cannot read: one broken message would be an
// unhandled rejection, and so the end of the hub. This one speaks the same messages and hands the promise out.
import { RPCHandler as LineHandler } from "@orpc/server/bun-ws";
import { RPCHandler } from "@orpc/server/node";
import { ClawmuxError, isErrorCode } from "../../../shared/errors.ts";
import { toErrorBody, toRpcError } from "../../../shared/rpc-errors.ts";
import type { Log } from "../log.ts";
import type { ContractPort } from "./contract-port.ts";
import { RefusalLog } from "./http/refusal-log.ts";
import { describeContract } from "./openapi.ts";

/** The contract's calls over everything that can carry them. */
export interface ContractServer {
	/** Serves one client on a two-way line, e.g. a MessagePort or a WebSocket, until it closes. */
	connect(port: ContractPort): void;
	/** Answers `/rpc/noun/verb`. False when there is no such call, and nothing has been answered then. */
	rpc(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
	/** Answers the REST paths under `/api`, likewise. */
	rest(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
	/** The OpenAPI 3.1 document of the REST paths. */
	openApi(): Promise<object>;
	close(): void;
}

/** One call as oRPC's interceptors see it. */
interface Call {
	path: readonly string[];
	next(): Promise<unknown>;
}

/** @param options.router what `implement(contract)` of @orpc/server made of the contract; it needs no context */
export function serveContract(options: { router: AnyRouter; version: string; log: Log }): ContractServer {
	const { router, log } = options;
	const refusals = new RefusalLog(log);

	const refused = (thrown: unknown, path: readonly string[]): ORPCError<string, undefined> => {
		const call = path.join(".");
		const error = toRpcError(thrown, call);
		if (error.code === "internal") log.error(`The call ${call} failed.`, { error: thrown });
		else if (error.code === "invalid_input") refusals.note(`Input that ${call} cannot take.`, { message: error.message });
		return error;
	};
	const mapErrors = async (call: Call): Promise<unknown> => {
		try {
			const output = await call.next();
			if (!isEvents(output)) return output;
			return mapEventIterator(output, {
				value: async (event: unknown) => event,
				error: async (thrown: unknown) => refused(thrown, call.path),
			});
		} catch (thrown) {
			throw refused(thrown, call.path);
		}
	};
	// What fails outside of a call: a wrong method, and input that cannot be decoded, which shows as a SyntaxError of JSON or
	// a TypeError of the walk through it.
	const mapStrays = async <T>(request: { next(): Promise<T> }): Promise<T> => {
		try {
			return await request.next();
		} catch (thrown) {
			if (thrown instanceof ORPCError && isErrorCode(thrown.code)) throw thrown;
			const undecoded = thrown instanceof SyntaxError || thrown instanceof TypeError;
			const error = undecoded
				? new ClawmuxError("invalid_input", "The call's input cannot be decoded.", { cause: thrown })
				: thrown;
			throw refused(error, ["input"]);
		}
	};
	// Lists of its own for each handler: handlers add to them.
	const line = new LineHandler(router, { clientInterceptors: [mapErrors], interceptors: [mapStrays] });
	const rpc = new RPCHandler(router, { clientInterceptors: [mapErrors], interceptors: [mapStrays] });
	const rest = new OpenAPIHandler(router, {
		clientInterceptors: [mapErrors],
		interceptors: [mapStrays],
		customErrorResponseBodyEncoder: toErrorBody,
	});
	let document: Promise<object> | undefined;

	return {
		connect(port) {
			const peer = {
				send: (message: unknown) => {
					port.postMessage(message);
					return 0;
				},
			};
			port.addEventListener("message", ({ data }) => {
				const message = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
				line.message(peer, message as string | Uint8Array, { context: {} }).catch((error: unknown) => {
					refusals.note("A contract line carried a message that cannot be read; it was closed.", { error });
					port.close();
				});
			});
			port.addEventListener("close", () => line.close(peer));
		},
		rpc: async (request, response) => (await rpc.handle(request, response, { prefix: "/rpc", context: {} })).matched,
		rest: async (request, response) => (await rest.handle(request, response, { prefix: "/api", context: {} })).matched,
		openApi: () => {
			document ??= describeContract(router, options.version);
			return document;
		},
		close: () => refusals.flush(),
	};
}

function isEvents(output: unknown): output is AsyncIterator<unknown, unknown, void> {
	return typeof output === "object" && output !== null && Symbol.asyncIterator in output;
}
