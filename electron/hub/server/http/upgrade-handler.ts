import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { ClawmuxError, toClawmuxError } from "../../../../shared/errors.ts";
import type { FrameLink } from "../../../../shared/frames.ts";
import type { Log } from "../../log.ts";
import { webSocketContractPort } from "../contract-port.ts";
import { webSocketFrameLink } from "../frame-link.ts";
import type { ContractServer } from "../serve-contract.ts";
import { checkDoor, type Door } from "./door.ts";
import { refuseSocket } from "./http-answers.ts";
import type { RefusalLog } from "./refusal-log.ts";
import { inputBodyLimitBytes } from "./request-body.ts";
import { pathOf } from "./request-handler.ts";

interface UpgradeParts {
	contract: ContractServer;
	onTerminalLink(link: FrameLink): void;
	refusals: RefusalLog;
	log: Log;
}

/** The subprotocol that clients of ours name; a browser's list holds the token beside it. */
const webSocketProtocol = "clawmux";

/** WebSocket close code for a server that goes away (RFC 6455, 7.4.1). */
const goingAway = 1001;

/** The two WebSocket paths. Everything is checked before the upgrade. */
export class Upgrades {
	readonly #parts: UpgradeParts;
	readonly #server: WebSocketServer;

	constructor(parts: UpgradeParts) {
		this.#parts = parts;
		this.#server = new WebSocketServer({
			noServer: true,
			maxPayload: inputBodyLimitBytes,
			// Loopback: compressing costs more than it saves, and holds memory for every client.
			perMessageDeflate: false,
			handleProtocols: (offered) => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
		});
		this.#server.on("wsClientError", (error, socket) => {
			parts.refusals.note("A WebSocket upgrade is broken.", { message: error.message });
			refuseSocket(socket, "invalid_input", `The WebSocket upgrade is broken: ${error.message}.`);
		});
	}

	/** The listener of a server's `upgrade` event. It never throws: nothing would catch it. */
	handler(door: Door): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
		return (request, socket, head) => {
			socket.on("error", (error) => this.#parts.log.debug("A WebSocket's connection failed.", { error }));
			try {
				this.#upgrade(door, request, socket, head);
			} catch (thrown) {
				const error = toClawmuxError(thrown);
				if (error.code === "internal") this.#parts.log.error("A WebSocket upgrade failed.", { error: thrown });
				else this.#parts.refusals.note(error.message, { door: door.kind, upgrade: true });
				refuseSocket(socket, error.code, error.code === "internal" ? "The hub failed at this upgrade." : error.message);
			}
		};
	}

	#upgrade(door: Door, request: IncomingMessage, socket: Duplex, head: Buffer): void {
		const path = pathOf(request);
		checkDoor(request, door, "call");
		const serve = this.#service(path);
		this.#server.handleUpgrade(request, socket, head, (webSocket) => {
			webSocket.on("error", (error) =>
				this.#parts.refusals.note("A WebSocket broke the protocol and was closed.", { path, message: error.message }),
			);
			serve(webSocket);
		});
	}

	#service(path: string): (webSocket: WebSocket) => void {
		const { contract, onTerminalLink, log } = this.#parts;
		if (path === "/ws/contract") return (webSocket) => contract.connect(webSocketContractPort(webSocket, log));
		if (path === "/ws/terminals") return (webSocket) => onTerminalLink(webSocketFrameLink(webSocket, log));
		throw new ClawmuxError("not_found", "There is no WebSocket here; there are /ws/contract and /ws/terminals.");
	}

	/** Ends every WebSocket. */
	close(): void {
		for (const client of this.#server.clients) {
			client.close(goingAway, "the hub stops");
			client.terminate();
		}
		this.#server.close();
	}
}
