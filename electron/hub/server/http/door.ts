import type { IncomingMessage } from "node:http";
import { ClawmuxError } from "../../../../shared/errors.ts";
import type { Secret } from "./secret.ts";

/**
 * Where a request came in. Over TCP any program and any web page on this machine can knock; the Unix socket is guarded by
 * its file mode, which lets nobody but this user through.
 */
export type Door = { kind: "socket" } | { kind: "tcp"; port: number; token: Secret };

/**
 * What a request asks for: `page` the built window, which holds no secret; `ticket` the exchange of a one-time ticket for
 * the token; `call` everything else.
 */
export type Wish = "page" | "ticket" | "call";

const tokenProtocol = /(?:^|,)\s*token\.([^,\s]*)\s*(?:,|$)/;

/** The addresses a browser may have used to reach us. `[::1]` is not among them: somebody else may hold that port. */
export function ownHosts(port: number): string[] {
	return [`127.0.0.1:${port}`, `localhost:${port}`];
}

/**
 * Lets a request in or throws. Host stops DNS rebinding, Origin and Sec-Fetch-Site stop other pages, the token stops other
 * programs. Nothing here parses what it was sent, so nothing sent can make it fail in another way.
 * @throws ClawmuxError `denied`, with a fixed sentence
 */
export function checkDoor(request: IncomingMessage, door: Door, wish: Wish): void {
	if (door.kind === "socket") return;
	const hosts = valuesOf(request, "host");
	const [host] = hosts;
	if (hosts.length !== 1 || !host || !ownHosts(door.port).includes(host.toLowerCase()))
		throw denied("The Host header is not this hub's own address.");
	const origins = valuesOf(request, "origin");
	const origin = origins[0];
	if (origins.length > 1 || (origin !== undefined && !ownHosts(door.port).some((own) => origin === `http://${own}`)))
		throw denied("The Origin is not this hub's own page.");
	if (wish === "page") checkNavigation(request);
	else if (wish === "call") checkToken(request, door.token);
	else if (origin === undefined) throw denied("A ticket is taken from this hub's own page only: the Origin is missing.");
}

function checkToken(request: IncomingMessage, wanted: Secret): void {
	const token = offeredToken(request);
	if (token === undefined) throw denied("The token is missing. Send it as `Authorization: Bearer TOKEN`.");
	if (!wanted.matches(token)) throw denied("The token is wrong. The running hub's is in the file `run/token` of its home.");
}

/** Another page may send the browser here, but may not embed, fetch or run what is here. Old browsers send no such header. */
function checkNavigation(request: IncomingMessage): void {
	const site = request.headers["sec-fetch-site"];
	if (site === undefined || site === "same-origin" || site === "none") return;
	const navigates = request.headers["sec-fetch-mode"] === "navigate" && request.headers["sec-fetch-dest"] === "document";
	if (!navigates) throw denied("Another page may not load parts of this one.");
}

/** From the header, or for a browser's WebSocket, which can set none, from its list of subprotocols. Never from the URL. */
function offeredToken(request: IncomingMessage): string | undefined {
	const { authorization } = request.headers;
	if (authorization !== undefined) return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
	return tokenProtocol.exec(request.headers["sec-websocket-protocol"] ?? "")?.[1];
}

/** All values of a header, also where Node would keep only the first. */
function valuesOf(request: IncomingMessage, name: string): string[] {
	const values: string[] = [];
	const raw = request.rawHeaders;
	for (let index = 0; index + 1 < raw.length; index += 2)
		if (raw[index]?.toLowerCase() === name) values.push(raw[index + 1] ?? "");
	return values;
}

function denied(message: string): ClawmuxError {
	return new ClawmuxError("denied", message);
}
