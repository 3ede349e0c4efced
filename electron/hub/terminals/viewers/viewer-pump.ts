import { performance } from "node:perf_hooks";
import { framePayloadBytes, type Viewer } from "./viewer.ts";

/** Output that comes this soon after a viewer's last frame waits for more, so that a burst is not a frame a line. */
const coalesceMs = 4;
/** How long one round over the viewers may hold the event loop. */
const roundMs = 4;

/**
 * Decides when each viewer sends. The first bytes after silence go out at once; what follows is gathered for a few
 * milliseconds or until a frame is full. Viewers take turns, a frame each. No timer runs when nothing waits.
 */
export class ViewerPump {
	readonly #waiting = new Set<Viewer>();
	#timer: NodeJS.Timeout | undefined;
	#immediate: NodeJS.Immediate | undefined;

	/** Output has come: sends it now to a viewer that has been silent. */
	outputFor(viewer: Viewer): void {
		if (this.#waiting.has(viewer)) {
			if (this.#timer && viewer.pendingBytes >= framePayloadBytes) this.#soon();
			return;
		}
		if (performance.now() - viewer.lastSentAt < coalesceMs) this.#wait(viewer);
		else if (viewer.pump() !== "done") this.#wait(viewer);
	}

	/** Something else has changed: credit, a picture, the end. */
	ready(viewer: Viewer): void {
		this.#waiting.add(viewer);
		this.#soon();
	}

	remove(viewer: Viewer): void {
		this.#waiting.delete(viewer);
	}

	dispose(): void {
		this.#waiting.clear();
		clearTimeout(this.#timer);
		clearImmediate(this.#immediate);
	}

	#wait(viewer: Viewer): void {
		this.#waiting.add(viewer);
		if (viewer.pendingBytes >= framePayloadBytes) this.#soon();
		else if (!this.#immediate) this.#timer ??= setTimeout(() => this.#round(), coalesceMs);
	}

	#soon(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#immediate ??= setImmediate(() => this.#round());
	}

	#round(): void {
		this.#timer = this.#immediate = undefined;
		const until = performance.now() + roundMs;
		let full = false;
		for (const viewer of [...this.#waiting]) {
			if (performance.now() > until) {
				full = true;
				break;
			}
			this.#waiting.delete(viewer); // and back at the end, so that the others come first
			const result = viewer.pump();
			if (result === "done") continue;
			this.#waiting.add(viewer);
			if (result === "more" && (viewer.pendingBytes >= framePayloadBytes || viewer.pendingBytes === 0)) full = true;
		}
		if (this.#waiting.size === 0) return;
		if (full) this.#soon();
		else this.#timer ??= setTimeout(() => this.#round(), coalesceMs);
	}
}
