import { decodeFrame, type FrameLink } from "../../shared/frames.ts";
import type { Screen, ViewerStatus } from "./terminal-viewer.ts";
import { TerminalViewer } from "./terminal-viewer.ts";

/** All viewers of this window share one link; this hands each its frames, and hands all of them a new link. */
export class TerminalRouter {
	readonly #viewers = new Set<TerminalViewer>();
	#link: FrameLink | null = null;
	#lastNumber = 0;

	/** The terminal plane came (a fresh link) or went (null). */
	connect(link: FrameLink | null): void {
		this.#link = link;
		link?.onFrame((bytes) => {
			if (this.#link !== link) return;
			try {
				const frame = decodeFrame(bytes);
				for (const viewer of this.#viewers) if (viewer.number === frame.viewer) return viewer.receive(frame);
			} catch (error) {
				// Both sides no longer agree on what is sent; a new connection starts from what has been drawn.
				console.error("A terminal frame cannot be read; the connection is closed.", error);
				link.close();
			}
		});
		for (const viewer of this.#viewers) viewer.connect(link);
	}

	open(agentId: string, screen: Screen, onStatus: (status: ViewerStatus) => void): TerminalViewer {
		const viewer = new TerminalViewer(
			agentId,
			screen,
			() => {
				this.#lastNumber += 1;
				return this.#lastNumber;
			},
			onStatus,
		);
		this.#viewers.add(viewer);
		viewer.connect(this.#link);
		return viewer;
	}

	forget(viewer: TerminalViewer): void {
		viewer.hide();
		this.#viewers.delete(viewer);
	}
}
