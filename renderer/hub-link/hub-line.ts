import type { HubClient } from "../../shared/contract/contract.ts";
import type { FrameLink } from "../../shared/frames.ts";

/** Both planes to one hub. They open together, and when one closes the other is closed with it. */
export interface HubLine {
	readonly client: HubClient;
	readonly terminals: FrameLink;
	onClose(listener: () => void): void;
	close(): void;
}

/**
 * Opens a line.
 * @throws ClawmuxError `denied` when the hub does not know this page (any more), `unavailable` when nobody answers.
 */
export type OpenLine = (signal: AbortSignal) => Promise<HubLine>;

/** Ties two closable ends together and tells listeners once, also those who come late. */
export function closeTogether(
	ends: readonly { onClose(listener: () => void): void; close(): void }[],
): Pick<HubLine, "onClose" | "close"> {
	const listeners = new Set<() => void>();
	let open = true;
	const closed = () => {
		if (!open) return;
		open = false;
		for (const end of ends) end.close();
		for (const listener of listeners) listener();
		listeners.clear();
	};
	for (const end of ends) end.onClose(closed);
	return {
		onClose: (listener) => {
			if (open) listeners.add(listener);
			else queueMicrotask(listener);
		},
		close: closed,
	};
}
