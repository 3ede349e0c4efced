import { createContext, useContext } from "react";
import type { HubCalls } from "./store/hub-calls.ts";
import type { TerminalPool } from "./terminal/terminal-pool.ts";

/** What the components of a window work with, besides its two stores. */
export interface WindowParts {
	calls: HubCalls;
	terminals: TerminalPool;
	/** Tries to reach the hub at once. */
	reconnect(): void;
	/** Opens an http(s) address outside the window; the user has confirmed it, or is asked by the desktop app. */
	openExternal(url: string): void;
}

export const WindowPartsContext = createContext<WindowParts | null>(null);

export function useParts(): WindowParts {
	const parts = useContext(WindowPartsContext);
	if (!parts) throw new Error("This component stands outside a window.");
	return parts;
}
