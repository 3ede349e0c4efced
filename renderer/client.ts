import { createORPCClient } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import { ResponseValidationPlugin } from "@orpc/contract/plugins";
import { contract, type HubClient } from "../shared/contract/contract.ts";
import { withClawmuxErrors } from "../shared/rpc-errors.ts";

/** Answers and events are checked on this side too: a window may be older than the hub it talks to. */
const linkOptions = { interceptors: [withClawmuxErrors], plugins: [new ResponseValidationPlugin(contract)] };

/** The contract over a MessagePort, which it starts. Calls throw ClawmuxErrors only; those under way when it closes are `closed`. */
export function portClient(port: MessagePort): HubClient {
	const link = new PortLink({ port, ...linkOptions });
	port.start();
	return createORPCClient(link);
}

/** The contract over an open WebSocket, with the same promises as `portClient`. */
export function socketClient(websocket: WebSocket): HubClient {
	return createORPCClient(new SocketLink({ websocket, ...linkOptions }));
}
