import type { IncomingMessage, ServerResponse } from "node:http";
import { agentId } from "../../../../shared/contract/agents.ts";
import { ClawmuxError, toClawmuxError } from "../../../../shared/errors.ts";
import type { Log } from "../../log.ts";
import type { ContractServer } from "../serve-contract.ts";
import { pageHeaders, type StaticFiles } from "../static-files.ts";
import type { Tickets } from "../tickets.ts";
import { checkDoor, type Door, type Wish } from "./door.ts";
import { commonHeaders, sendError, sendJson } from "./http-answers.ts";
import type { RefusalLog } from "./refusal-log.ts";
import { drain, hasBody, limitOf, readJsonBody } from "./request-body.ts";

/** What an agent's program told through `clawmux hook`. */
export interface HookRequest {
	agentId: string;
	/** The secret its session was started with; who takes the hook compares it. */
	secret: string;
	/** The program's own JSON, as it came. */
	event: unknown;
}

interface RequestParts {
	contract: ContractServer;
	token: string;
	tickets: Tickets;
	files: StaticFiles | undefined;
	/** Resolves to what the program is to be answered, or to undefined. It is awaited, so it has to be quick. */
	onHook(request: HookRequest): Promise<unknown>;
	refusals: RefusalLog;
	log: Log;
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** The longest request target taken; the longest of ours is `agents.get` by RPC, about 100. */
const longestTarget = 4096;

/**
 * The path of a request, as sent and without its query.
 * @throws ClawmuxError `invalid_input` for anything but a plain path: `*`, `host:port`, a whole URL, `//host`
 */
export function pathOf(request: IncomingMessage): string {
	const target = request.url ?? "";
	if (target.length > longestTarget || !/^\/(?![/\\])[\x21-\x7e]*$/.test(target))
		throw new ClawmuxError("invalid_input", "The request target is not a path of this hub.");
	const query = target.indexOf("?");
	return query === -1 ? target : target.slice(0, query);
}

/** Logs and answers whatever went wrong with one request. */
function refuse(parts: RequestParts, door: Door, request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
	const error = toClawmuxError(thrown);
	const rpc = request.url?.startsWith("/rpc/") ?? false;
	const facts = { door: door.kind, method: request.method?.slice(0, 16), target: request.url?.split("?")[0]?.slice(0, 100) };
	if (error.code === "internal") {
		parts.log.error("A request failed.", { ...facts, error: thrown });
		sendError(response, new ClawmuxError("internal", "The hub failed at this request. Its log says why."), { rpc });
	} else {
		parts.refusals.note(error.message, facts);
		drain(request);
		sendError(response, error, { rpc });
	}
}

/** The one handler of all requests, over TCP and over the Unix socket. Its listener never throws. */
export function requestHandler(parts: RequestParts, door: Door): (request: IncomingMessage, response: ServerResponse) => void {
	return (request, response) => {
		for (const [name, value] of Object.entries(commonHeaders)) response.setHeader(name, value);
		answer(parts, door, request, response).catch((thrown: unknown) => refuse(parts, door, request, response, thrown));
	};
}

async function answer(parts: RequestParts, door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const path = pathOf(request);
	checkDoor(request, door, wishOf(path));
	const method = request.method ?? "";
	if (!methods.has(method)) throw new ClawmuxError("invalid_input", "The request's method is not one this hub takes.");
	const reads = method === "GET" || method === "HEAD";
	const body = hasBody(request) ? { value: await bodyOf(request, path, reads) } : undefined;
	// oRPC takes a body that is there already; what it would read itself has no limit.
	if (body) Object.assign(request, { body: body.value });

	if (path === "/api/openapi.json" && reads) return sendJson(response, 200, await parts.contract.openApi());
	if (path.startsWith("/api/") && (await parts.contract.rest(request, response))) return;
	if (path.startsWith("/rpc/") && (await parts.contract.rpc(request, response))) return;
	if (path === "/auth/ticket" && method === "POST") return redeem(parts, body?.value, response);
	if (path === "/hooks" && door.kind === "socket" && method === "POST") return hook(parts, request, body?.value, response);
	if (wishOf(path) === "page" && reads) return page(parts, door, path, method, response);
	throw new ClawmuxError("not_found", "There is nothing here. `GET /api/openapi.json` lists the calls.");
}

function bodyOf(request: IncomingMessage, path: string, reads: boolean): Promise<unknown> {
	if (reads) throw new ClawmuxError("invalid_input", "A GET request has no body.");
	return readJsonBody(request, limitOf(path));
}

/** Everything that is not a file of the window needs the token. */
function wishOf(path: string): Wish {
	if (path === "/auth/ticket") return "ticket";
	return /^\/(?:api|rpc|ws|hooks|auth)(?:\/|$)/.test(path) ? "call" : "page";
}

function redeem(parts: RequestParts, body: unknown, response: ServerResponse): void {
	const ticket = typeof body === "object" && body !== null && "ticket" in body ? body.ticket : undefined;
	if (typeof ticket !== "string") throw new ClawmuxError("invalid_input", 'A ticket is taken as `{"ticket": TEXT}`.');
	if (!parts.tickets.redeem(ticket))
		throw new ClawmuxError("denied", "This ticket was used or is older than a minute. Run `clawmux open` for a new one.");
	sendJson(response, 200, { token: parts.token });
}

async function hook(parts: RequestParts, request: IncomingMessage, event: unknown, response: ServerResponse): Promise<void> {
	const agent = agentId.safeParse(request.headers["clawmux-agent"]);
	const secret = request.headers["clawmux-session"];
	if (!agent.success || typeof secret !== "string" || secret === "" || event === undefined)
		throw new ClawmuxError("invalid_input", "A hook needs the headers clawmux-agent and clawmux-session, and a JSON body.");
	const reply = await parts.onHook({ agentId: agent.data, secret, event });
	if (reply === undefined) response.writeHead(204).end();
	else sendJson(response, 200, reply);
}

function page(parts: RequestParts, door: Door, path: string, method: string, response: ServerResponse): void {
	if (!parts.files) throw new ClawmuxError("not_found", "This hub was started without the window's files. Run `npm run build`.");
	const file = parts.files.find(path);
	if (!file) throw new ClawmuxError("not_found", "There is no such file.");
	const { content } = file;
	const headers = pageHeaders(door.kind === "tcp" ? door.port : undefined);
	response.writeHead(200, {
		...headers,
		"content-type": file.type,
		"content-length": content.byteLength,
		"cache-control": file.cacheControl,
	});
	response.end(method === "HEAD" ? undefined : content);
}
