/**
 * What the desktop window offers its page as `window.clawmux`, besides what any browser tab has. It never grows into a
 * second way to ask the hub for something: it hands over two ports, and the contract and the terminal frames do the rest.
 * Nothing here returns a promise, so that no answer of the main process ever passes through the bridge.
 */
export interface DesktopBridge {
	/** `process.platform` of the machine: `linux`, `darwin`, `win32`. */
	readonly platform: string;
	/**
	 * Asks for a fresh pair of ports; the pair handed out before is closed. They arrive as a DesktopMessage of type
	 * `clawmux:ports`, as soon as there is a hub to talk to. Ask again when a port closes.
	 */
	requestPorts(): void;
	/** Opens an http(s) address in the user's browser after the user has confirmed it. Anything else is refused and logged. */
	openExternal(url: string): void;
}

/** What the desktop window posts to its own page, by `window.postMessage` to its own origin. */
export type DesktopMessage =
	/** `event.ports` is [contract, terminals]. */
	| { type: "clawmux:ports" }
	/** A person chose this agent outside the page (tray, command line): show it. */
	| { type: "clawmux:open"; agentId: string };

/** Where the desktop window's page lives; the same string is its origin. */
export const desktopOrigin = "app://clawmux";
