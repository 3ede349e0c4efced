import { constants } from "node:os";
import { liveStates } from "../../../shared/contract/agent-states.ts";
import type { Agent } from "../../../shared/contract/agents.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import {
	type AttachRequest,
	type Ended,
	encodeFrame,
	encodeJsonFrame,
	type Frame,
	frameJson,
	type Refused,
} from "../../../shared/frames.ts";
import { theAgent } from "../commands/agent-commands.ts";
import { hubSocket } from "../hub-address.ts";
import type { CommandCall } from "../line/command.ts";
import { plain } from "../printing/output.ts";
import { type FrameSocket, openFrameSocket } from "./frame-socket.ts";
import { OwnTerminal } from "./own-terminal.ts";
import { type Typed, TypedBytes } from "./typed-bytes.ts";

/** The only viewer on its link. */
const viewer = 1;
/** How long a single Ctrl+\, or the beginning of an escape sequence, waits for what follows, in ms. */
const keepMs = 400;
/** How long the terminal has to answer the question that ends a snapshot; one that never answers has to be typed in too. */
const fenceMs = 1_000;
/** "How are you?" and the answer every terminal gives; answers come in the order of the questions. */
const fenceQuery = "\x1b[5n";
const fenceAnswer = "\x1b[0n";
/** Bytes of input in one frame; the hub takes far more. */
const inputFrameBytes = 32 * 1024;

type Outcome =
	| { readonly kind: "detached" | "ended"; readonly text: string }
	| { readonly kind: "signal"; readonly signal: NodeJS.Signals };

/** Shows an agent's live terminal in the user's own until it is detached from or ends. Starts the agent if need be. */
export async function attach(call: CommandCall): Promise<number> {
	if (!process.stdin.isTTY || !process.stdout.isTTY)
		throw new ClawmuxError("invalid_input", "`clawmux attach` needs a terminal; use `clawmux input` to send a text without one.");
	const agent = await theAgent(call);
	const terminal = new OwnTerminal();
	if (!liveStates.has(agent.state)) await call.hub.sessions.start({ id: agent.id, ...terminal.size });
	const view = new View(agent, terminal);
	try {
		const outcome = await view.run(hubSocket(call.home));
		terminal.restore();
		if (outcome.kind === "signal") return 128 + constants.signals[outcome.signal];
		call.out.print(plain(outcome.text));
		return 0;
	} finally {
		terminal.restore();
	}
}

/** One attached terminal. */
class View {
	readonly #agent: Agent;
	readonly #terminal: OwnTerminal;
	readonly #typed = new TypedBytes();
	readonly #outcome = deferred<Outcome>();
	#socket: FrameSocket | undefined;
	/** Output bytes the terminal has taken so far. */
	#drawn = 0;
	/** Fence answers still to come before every query in a snapshot is answered; meanwhile answers are dropped. */
	#fences = 0;
	/** The end of the last piece of a snapshot: a query may be cut in two. */
	#cut = "";
	#keeping: NodeJS.Timeout | undefined;
	/** What is written to the terminal, in order. */
	#writing: Promise<void> = Promise.resolve();

	constructor(agent: Agent, terminal: OwnTerminal) {
		this.#agent = agent;
		this.#terminal = terminal;
	}

	async run(socketPath: string): Promise<Outcome> {
		const fail = (error: unknown): void => this.#outcome.reject(error);
		const { size } = this.#terminal;
		this.#socket = await openFrameSocket(socketPath, {
			onFrame: (frame) => {
				this.#writing = this.#writing.then(() => this.#onFrame(frame)).catch(fail);
			},
			onClose: () => fail(new ClawmuxError("closed", `The ClawMux hub closed the terminal of ${plain(this.#agent.name)}.`)),
		});
		this.#terminal.take({
			onInput: (bytes) => this.#onInput(bytes),
			onResize: (now) => this.#send(encodeJsonFrame("resize", viewer, now)),
			onSignal: (signal) => this.#outcome.resolve({ kind: "signal", signal }),
		});
		this.#send(encodeJsonFrame("attach", viewer, { agentId: this.#agent.id, ...size } satisfies AttachRequest));
		this.#send(encodeFrame("focus", viewer));
		try {
			return await this.#outcome.promise;
		} finally {
			clearTimeout(this.#keeping);
			this.#send(encodeFrame("detach", viewer));
			this.#socket.close();
		}
	}

	#send(frame: Uint8Array): void {
		this.#socket?.send(frame);
	}

	async #onFrame(frame: Frame): Promise<void> {
		const { kind, offset, payload } = frame;
		if (kind === "output") {
			await this.#terminal.write(payload);
			this.#drawn = offset + payload.byteLength;
			this.#send(encodeFrame("ack", viewer, this.#drawn));
		} else if (kind === "reset") {
			this.#fences++;
			this.#cut = "";
			this.#drawn = offset;
			await this.#terminal.clear();
		} else if (kind === "snapshot") {
			this.#fences += this.#fenceQueriesIn(payload);
			await this.#terminal.write(payload);
			this.#send(encodeFrame("ackSnapshot", viewer, offset + payload.byteLength));
		} else if (kind === "snapshotEnd") {
			await this.#terminal.write(fenceQuery);
			this.#send(encodeFrame("ackSnapshot", viewer, offset));
			const fences = this.#fences;
			setTimeout(() => {
				if (this.#fences === fences) this.#fences = 0;
			}, fenceMs).unref();
		} else if (kind === "attached") this.#drawn = offset;
		else if (kind === "ended") {
			const { reason } = frameJson(frame) as Ended;
			this.#outcome.resolve({ kind: "ended", text: `${this.#agent.name} has ended: ${reason}` });
		} else if (kind === "refused") {
			const { message, of } = frameJson(frame) as Refused;
			// Anything but a refused attach leaves the view as it is, e.g. input to a session that just ended.
			if (of === undefined || of === "attach") throw new ClawmuxError("unavailable", message);
		}
	}

	/** A snapshot that asks what the fence asks gets the same answer, which must not be taken for the fence's. */
	#fenceQueriesIn(snapshot: Uint8Array): number {
		const text = this.#cut + Buffer.from(snapshot).toString("latin1");
		this.#cut = text.slice(1 - fenceQuery.length);
		return text.split(fenceQuery).length - 1;
	}

	#onInput(bytes: Uint8Array): void {
		clearTimeout(this.#keeping);
		this.#pass(this.#typed.push(bytes));
		if (this.#typed.keeps) this.#keeping = setTimeout(() => this.#pass(this.#typed.flush()), keepMs);
	}

	#pass(sorted: readonly Typed[]): void {
		for (const piece of sorted) {
			if (piece.kind === "detach")
				this.#outcome.resolve({ kind: "detached", text: `Detached from ${this.#agent.name}; it goes on.` });
			else if (piece.kind === "input") this.#input(piece.bytes);
			else this.#answer(piece.bytes);
		}
	}

	#input(bytes: Uint8Array): void {
		for (let at = 0; at < bytes.byteLength; at += inputFrameBytes)
			this.#send(encodeFrame("input", viewer, 0, bytes.subarray(at, at + inputFrameBytes)));
	}

	/** What the terminal answers: to live output for the agent, to a snapshot for nobody. */
	#answer(bytes: Uint8Array): void {
		if (this.#fences === 0) this.#send(encodeFrame("answer", viewer, this.#drawn, bytes));
		else if (Buffer.from(bytes).toString("latin1") === fenceAnswer) this.#fences--;
	}
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function deferred<T>() {
	let resolve: (value: T) => void = () => undefined;
	let reject: (reason: unknown) => void = () => undefined;
	const promise = new Promise<T>((ok, failed) => {
		resolve = ok;
		reject = failed;
	});
	return { promise, resolve, reject };
}
