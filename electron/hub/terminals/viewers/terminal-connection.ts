import { ClawmuxError, toClawmuxError } from "../../../../shared/errors.ts";
import { readAttach, readWantedSize } from "../../../../shared/frame-payloads.ts";
import { decodeFrame, encodeJsonFrame, type Frame, type FrameLink, frameText } from "../../../../shared/frames.ts";
import type { Log } from "../../log.ts";
import type { AgentTerminal } from "../agent-terminal.ts";
import { Viewer } from "./viewer.ts";
import type { ViewerPump } from "./viewer-pump.ts";

/** More terminals than a person has on one screen; a link that wants more is broken or hostile. */
const viewersPerLink = 256;

/** The largest paste; what is larger belongs in a file. */
const pasteBytes = 8 * 1024 * 1024;

export interface ConnectionOptions {
	link: FrameLink;
	pump: ViewerPump;
	log: Log;
	/** @throws ClawmuxError `not_found`. */
	find: (agentId: string) => AgentTerminal;
	onClose: () => void;
}

/** Serves one link: every frame is answered, refused or, where it cannot even be read, the end of the link. */
export class TerminalConnection {
	readonly #options: ConnectionOptions;
	readonly #viewers = new Map<number, { viewer: Viewer; terminal: AgentTerminal }>();
	#closed = false;

	constructor(options: ConnectionOptions) {
		this.#options = { ...options, link: this.#guarded(options.link) };
		options.link.onFrame((bytes) => this.#receive(bytes));
		options.link.onClose(() => this.#end());
	}

	/** A link that broke ends its connection and nothing else: frames are sent from the listeners of other links' sessions. */
	#guarded(link: FrameLink): FrameLink {
		return {
			send: (frame) => {
				if (this.#closed) return;
				try {
					link.send(frame);
				} catch (error) {
					this.#options.log.info("A terminal link broke.", { error });
					this.close();
				}
			},
			get bufferedBytes() {
				return link.bufferedBytes;
			},
			onFrame: (listener) => link.onFrame(listener),
			onClose: (listener) => link.onClose(listener),
			close: () => link.close(),
		};
	}

	close(): void {
		this.#end();
		this.#options.link.close();
	}

	/** Forgets the viewers of a terminal that is gone. */
	forget(terminal: AgentTerminal): void {
		for (const [number, entry] of this.#viewers) if (entry.terminal === terminal) this.#viewers.delete(number);
	}

	#end(): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const { viewer, terminal } of this.#viewers.values()) terminal.remove(viewer);
		this.#viewers.clear();
		this.#options.onClose();
	}

	#receive(bytes: Uint8Array): void {
		if (this.#closed) return;
		let frame: Frame;
		try {
			frame = decodeFrame(bytes);
		} catch (error) {
			this.#options.log.warn("A terminal link sent what is no frame and is closed.", { error });
			this.close();
			return;
		}
		try {
			this.#handle(frame);
		} catch (error) {
			this.#refuse(frame, error);
		}
	}

	#refuse(frame: Frame, thrown: unknown): void {
		const { code, message, cause } = toClawmuxError(thrown);
		this.#options.log.warn("A terminal frame is refused.", { kind: frame.kind, code, message, cause });
		this.#options.link.send(encodeJsonFrame("refused", frame.viewer, { code, message, of: frame.kind }));
	}

	#handle(frame: Frame): void {
		if (frame.kind === "attach") {
			this.#attach(frame);
			return;
		}
		const entry = this.#viewers.get(frame.viewer);
		if (!entry) return; // on its way when its terminal went, or never attached: nothing to do either way
		const { viewer, terminal } = entry;
		switch (frame.kind) {
			case "input":
				terminal.attend(viewer);
				terminal.write(frame.payload.slice());
				break;
			case "paste":
				if (frame.payload.byteLength > pasteBytes)
					throw new ClawmuxError("invalid_input", `A paste has at most ${pasteBytes} bytes; put a larger text in a file.`);
				terminal.attend(viewer);
				terminal.paste(frameText(frame)).catch((error) => this.#refuse(frame, error));
				break;
			case "answer":
				terminal.answer(viewer, frame.offset, frame.payload.slice());
				break;
			case "resize":
				terminal.resize(viewer, readWantedSize(frame));
				break;
			case "ack":
				viewer.ack(frame.offset);
				break;
			case "ackSnapshot":
				viewer.ackSnapshot(frame.offset);
				break;
			case "focus":
				terminal.attend(viewer);
				break;
			case "detach":
				this.#detach(frame.viewer);
				break;
			default:
				throw new ClawmuxError("invalid_input", `Frames of kind ${frame.kind} come from the hub only.`);
		}
	}

	#attach(frame: Frame): void {
		this.#detach(frame.viewer);
		const request = readAttach(frame);
		if (this.#viewers.size >= viewersPerLink)
			throw new ClawmuxError("conflict", `A link has at most ${viewersPerLink} viewers. Detach one first.`);
		const { link, pump, find } = this.#options;
		const terminal = find(request.agentId);
		const viewer = new Viewer(
			{
				number: frame.viewer,
				link,
				wanted: { cols: request.cols, rows: request.rows },
				sizes: request.sizes !== false,
				onReady: (ready) => pump.ready(ready),
				onError: (error) => {
					this.#detach(frame.viewer);
					this.#refuse(frame, error);
				},
			},
			terminal.stream,
		);
		this.#viewers.set(frame.viewer, { viewer, terminal });
		terminal.add(viewer, request);
	}

	#detach(number: number): void {
		const entry = this.#viewers.get(number);
		this.#viewers.delete(number);
		entry?.terminal.remove(entry.viewer);
	}
}
