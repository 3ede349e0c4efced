import type { Terminal } from "../../../shared/contract/terminals.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import type { AttachRequest, Size } from "../../../shared/frames.ts";
import type { SessionEnd, SessionStream } from "./session-stream.ts";
import type { Viewer } from "./viewers/viewer.ts";
import type { ViewerPump } from "./viewers/viewer-pump.ts";

/** The terminal of one agent: its newest stream and everybody who looks at it. */
export class AgentTerminal {
	readonly agentId: string;
	readonly #pump: ViewerPump;
	readonly #onResizeFailed: (error: unknown) => void;
	/** In the order in which they last had a person's attention; the last one that `sizes` decides the size. */
	readonly #viewers = new Set<Viewer>();
	#stream: SessionStream;

	constructor(options: {
		stream: SessionStream;
		pump: ViewerPump;
		onResizeFailed: (error: unknown) => void;
	}) {
		this.agentId = options.stream.agentId;
		this.#stream = options.stream;
		this.#pump = options.pump;
		this.#onResizeFailed = options.onResizeFailed;
	}

	get stream(): SessionStream {
		return this.#stream;
	}

	get description(): Terminal {
		const { epoch, tail, size, end } = this.#stream;
		return {
			agentId: this.agentId,
			epoch,
			startOffset: tail.start,
			endOffset: tail.end,
			...size,
			viewers: this.#viewers.size,
			live: end === null,
		};
	}

	/** Goes on with a new session; whoever looks at the old one sees the new one. */
	replace(stream: SessionStream): void {
		this.#stream.dispose();
		this.#stream = stream;
		if (this.#viewers.size > 0) stream.screen.watch();
		this.#applySize();
		for (const viewer of this.#viewers) viewer.attach(stream);
	}

	append(bytes: Uint8Array): void {
		this.#stream.append(bytes);
		for (const viewer of this.#viewers) this.#pump.outputFor(viewer);
	}

	ended(end: SessionEnd): void {
		this.#stream.ended(end);
		for (const viewer of this.#viewers) this.#pump.ready(viewer);
	}

	add(viewer: Viewer, request: AttachRequest): void {
		this.#viewers.add(viewer);
		this.#stream.screen.watch();
		this.#applySize(viewer);
		viewer.attach(this.#stream, request.have);
	}

	remove(viewer: Viewer): void {
		if (!this.#viewers.delete(viewer)) return;
		viewer.close();
		this.#pump.remove(viewer);
		if (this.#viewers.size === 0) this.#stream.screen.unwatch();
		this.#applySize();
	}

	/** A person looks at or types into this viewer now. */
	attend(viewer: Viewer): void {
		if (!this.#viewers.delete(viewer)) return;
		this.#viewers.add(viewer);
		this.#applySize();
	}

	resize(viewer: Viewer, wanted: Size): void {
		viewer.wanted = wanted;
		this.#applySize(viewer);
	}

	/** @throws ClawmuxError `closed` when the session has ended. */
	write(bytes: Uint8Array): void {
		this.#live().write(bytes);
	}

	/** @throws ClawmuxError `closed` when the session has ended. */
	async paste(text: string): Promise<void> {
		await this.#live().paste(text);
	}

	/** Passes on what a viewer's terminal answers to a query: from the viewer that decides the size only, and only once. */
	answer(viewer: Viewer, offset: number, bytes: Uint8Array): void {
		const { end, source } = this.#stream;
		if (end !== null || viewer !== this.#decider || !viewer.mayAnswer(offset)) return;
		if (!(source.answersQueries && isControlSequence(bytes))) source.write(bytes);
	}

	/** The viewers are told what `reason` says, and are gone. */
	dispose(reason: string): void {
		for (const viewer of this.#viewers) {
			viewer.json("refused", { code: "not_found", message: reason, of: "attach" });
			viewer.close();
			this.#pump.remove(viewer);
		}
		this.#viewers.clear();
		this.#stream.dispose();
	}

	#live(): SessionStream["source"] {
		if (this.#stream.end === null) return this.#stream.source;
		throw new ClawmuxError(
			"closed",
			`The session of ${this.agentId} has ended (${this.#stream.end.reason}). Start it again to type.`,
		);
	}

	get #decider(): Viewer | undefined {
		return [...this.#viewers].findLast((viewer) => viewer.sizes);
	}

	/** Gives the session the size of the viewer that decides. Everyone is told, but for `but`, which knows. */
	#applySize(but?: Viewer): void {
		const stream = this.#stream;
		const wanted = this.#decider?.wanted;
		if (!wanted || stream.end !== null || (wanted.cols === stream.size.cols && wanted.rows === stream.size.rows)) return;
		stream.size = { ...wanted };
		stream.screen.resize(wanted.cols, wanted.rows);
		stream.source.resize(wanted.cols, wanted.rows).catch(this.#onResizeFailed);
		for (const viewer of this.#viewers) if (viewer !== but) viewer.resized(stream.size);
	}
}

/** `CSI ...`, as the answers to DA, DSR and DECRQM begin. */
function isControlSequence(bytes: Uint8Array): boolean {
	return bytes[0] === 0x1b && bytes[1] === 0x5b;
}
