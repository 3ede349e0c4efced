import { ClawmuxError } from "./errors.ts";

/**
 * The terminal plane. One link (a MessagePort or a WebSocket) carries frames for any number of viewers; a viewer is one
 * terminal on a screen, numbered by its own side.
 *
 * Layout, little endian: kind u8 | viewer u32 | offset f64 | payload. `offset` is an absolute byte offset in the
 * session's output, exact to 2^53; kinds that need none send 0.
 */
export const frameKinds = {
	// viewer -> hub
	attach: 1, // JSON AttachRequest
	input: 2, // raw bytes, as typed
	paste: 3, // UTF-8 text; the backend brackets it where the program asked for that
	resize: 4, // JSON Size
	ack: 5, // offset: every output byte before it has been drawn; this is the viewer's credit
	detach: 6,
	focus: 7, // a person looks at this viewer now: its size is the one that counts
	ackSnapshot: 8, // offset: every snapshot byte before it has been drawn; credit too. Due for snapshotEnd at the latest
	answer: 9, // raw bytes that the viewer's terminal, not a person, answers to a query; offset: as in ack, up to the query
	// hub -> viewer
	attached: 16, // JSON Attached; output continues at `offset`
	reset: 17, // JSON Attached; clear the screen, then snapshot frames, then output from `offset`
	snapshot: 18, // bytes that paint what the screen and its history were at the reset's offset; `offset` counts these from 0
	snapshotEnd: 19, // offset: bytes in the snapshot
	output: 20, // raw bytes, the first of which is at `offset`
	resized: 21, // JSON Size that all viewers of the session now have; offset: bytes of output before the change
	ended: 22, // JSON Ended; no output follows until a new attach
	refused: 23, // JSON Refused; a refused attach leaves no viewer, any other refusal leaves the viewer as it was
} as const;

export type FrameKind = keyof typeof frameKinds;

export interface Size {
	cols: number;
	rows: number;
}

export interface AttachRequest extends Size {
	agentId: string;
	/** What this viewer has already drawn, if anything. */
	have?: { epoch: string; offset: number };
	/** False for a viewer that only watches: it never decides the size. Default true. */
	sizes?: boolean;
}

export interface Attached extends Size {
	agentId: string;
	sessionId: string;
	epoch: string;
}

export interface Ended {
	exitCode: number | null;
	reason: string;
}

export interface Refused {
	code: string;
	message: string;
	/** Which of the viewer's frames was refused. */
	of?: FrameKind;
}

export interface Frame {
	kind: FrameKind;
	viewer: number;
	offset: number;
	payload: Uint8Array;
}

/** Bytes before the payload. */
export const frameHeaderBytes = 13;

/** Unacknowledged output and snapshot bytes a viewer may have on its way; small credit keeps echo low (64 to 128 KB measured best). */
export const viewerCreditBytes = 128 * 1024;

const names = new Map<number, FrameKind>(Object.entries(frameKinds).map(([name, code]) => [code, name as FrameKind]));
const nothing = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes one frame. The payload is copied, so the caller may reuse its buffer. */
export function encodeFrame(kind: FrameKind, viewer: number, offset = 0, payload: Uint8Array = nothing): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(frameHeaderBytes + payload.byteLength);
	const view = new DataView(bytes.buffer);
	view.setUint8(0, frameKinds[kind]);
	view.setUint32(1, viewer, true);
	view.setFloat64(5, offset, true);
	bytes.set(payload, frameHeaderBytes);
	return bytes;
}

/** Writes one frame whose payload is JSON. */
export function encodeJsonFrame(kind: FrameKind, viewer: number, value: unknown, offset = 0): Uint8Array<ArrayBuffer> {
	return encodeFrame(kind, viewer, offset, encoder.encode(JSON.stringify(value)));
}

/**
 * Reads one frame; the payload is a view on the same memory.
 * @throws ClawmuxError `invalid_input` for a short frame, an unknown kind or an offset that is no whole number.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
	if (bytes.byteLength < frameHeaderBytes)
		throw new ClawmuxError(
			"invalid_input",
			`A terminal frame has at least ${frameHeaderBytes} bytes; this one has ${bytes.byteLength}.`,
		);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const kind = names.get(view.getUint8(0));
	if (!kind) throw new ClawmuxError("invalid_input", `Terminal frame kind ${view.getUint8(0)} is not known.`);
	const offset = view.getFloat64(5, true);
	if (!Number.isSafeInteger(offset) || offset < 0)
		throw new ClawmuxError("invalid_input", `Terminal frame offset ${offset} is not a whole number of bytes.`);
	return { kind, viewer: view.getUint32(1, true), offset, payload: bytes.subarray(frameHeaderBytes) };
}

/**
 * Reads a JSON payload. Only its syntax is checked: the hub validates what it takes from a viewer.
 * @throws ClawmuxError `invalid_input` when the payload is not JSON.
 */
export function frameJson(frame: Frame): unknown {
	try {
		return JSON.parse(decoder.decode(frame.payload));
	} catch (cause) {
		throw new ClawmuxError("invalid_input", `The payload of a terminal frame of kind ${frame.kind} is not JSON.`, { cause });
	}
}

/** The text of a payload. */
export function frameText(frame: Frame): string {
	return decoder.decode(frame.payload);
}

/** A two-way pipe of whole frames, in order. MessagePorts, WebSockets and in-memory pairs look like this. */
export interface FrameLink {
	send(frame: Uint8Array<ArrayBuffer>): void;
	/** Bytes handed to the transport and not yet on their way; 0 where the transport cannot tell. */
	readonly bufferedBytes: number;
	onFrame(listener: (frame: Uint8Array) => void): void;
	onClose(listener: () => void): void;
	close(): void;
}
