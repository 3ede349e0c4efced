import type { Size } from "../../shared/frames.ts";
import type { TerminalLook } from "./terminal-look.ts";
import type { TerminalRouter } from "./terminal-router.ts";
import type { TerminalViewer, ViewerStatus } from "./terminal-viewer.ts";
import { type ScreenEvents, XtermScreen } from "./xterm-screen.ts";

/** What a terminal needs of the window around it. */
export type WindowEvents = Pick<ScreenEvents, "linkClicked" | "left" | "failed"> & {
	/** A pane has room for this size; a session started now begins with it. */
	measured(size: Size): void;
};

/** One agent's terminal: a screen, and the viewer that feeds it. Lives on out of sight until the pool forgets it. */
export class TerminalView {
	readonly #router: TerminalRouter;
	readonly #screen: XtermScreen;
	readonly #viewer: TerminalViewer;
	readonly #onMeasured: (size: Size) => void;
	readonly #listeners = new Set<() => void>();
	readonly #observer = new ResizeObserver(() => this.#fitSoon());
	#frame = 0;
	#streaming = false;
	/** Which session is shown; another one is attached to anew. */
	#sessionKey: string | null = null;

	constructor(agentId: string, router: TerminalRouter, look: TerminalLook, events: WindowEvents) {
		this.#router = router;
		this.#onMeasured = events.measured;
		this.#screen = new XtermScreen(look, {
			...events,
			typed: (bytes) => this.#viewer.type(bytes),
			answered: (bytes) => this.#viewer.answer(bytes),
			pasted: (text) => this.#viewer.paste(text),
			focused: () => this.#viewer.focus(),
		});
		let phase = "detached";
		this.#viewer = router.open(agentId, this.#screen, (status) => {
			// The hub sizes a session for the viewer somebody looks at: this one, where the window has the focus.
			if (phase === "attaching" && status.phase === "attached" && document.hasFocus()) this.lookedAt();
			phase = status.phase;
			for (const listener of this.#listeners) listener();
		});
	}

	/** What the viewer last said, for `useSyncExternalStore`. */
	readonly status = (): ViewerStatus => this.#viewer.status;
	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	mount(pane: HTMLElement, label: string): void {
		this.#screen.mount(pane);
		this.#screen.name(label);
		this.#observer.observe(pane);
		this.#fit();
	}

	/** Streams this session's output from now on; null: there is none. Showing the same session again changes nothing. */
	stream(sessionKey: string | null): void {
		if (this.#streaming && this.#sessionKey === sessionKey) return;
		this.#sessionKey = sessionKey;
		this.#streaming = false;
		if (sessionKey === null) this.#viewer.hide();
		else this.#fit();
	}

	/** Attaches anew, after the hub refused to. */
	again(): void {
		const key = this.#sessionKey;
		this.stream(null);
		this.stream(key);
	}

	/** Takes the terminal out of the page; nothing is streamed to it any more. */
	unmount(): void {
		this.#observer.disconnect();
		cancelAnimationFrame(this.#frame);
		this.#streaming = false;
		this.#sessionKey = null;
		this.#viewer.hide();
		this.#screen.unmount();
	}

	focus(): void {
		this.#screen.focus();
	}

	/** A person looks at this window again. */
	lookedAt(): void {
		this.#viewer.focus();
	}

	setLook(look: TerminalLook): void {
		this.#screen.setLook(look);
		this.#fitSoon();
	}

	dispose(): void {
		this.unmount();
		this.#router.forget(this.#viewer);
		this.#screen.dispose();
	}

	/** Once a frame is enough: a dragged edge changes the size many times between two. */
	#fitSoon(): void {
		cancelAnimationFrame(this.#frame);
		this.#frame = requestAnimationFrame(() => this.#fit());
	}

	#fit(): void {
		const size = this.#screen.room();
		if (!size) return;
		this.#onMeasured(size);
		if (this.#streaming) this.#viewer.resize(size);
		else if (this.#sessionKey !== null) {
			this.#streaming = true;
			this.#viewer.show(size);
		}
	}
}
