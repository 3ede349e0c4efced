import { beforeEach, expect, test } from "vitest";
import {
	decodeFrame,
	encodeFrame,
	encodeJsonFrame,
	type Frame,
	type FrameLink,
	frameJson,
	frameText,
	type Size,
} from "../../shared/frames.ts";
import { type Screen, TerminalViewer, type ViewerStatus } from "./terminal-viewer.ts";

/** A screen that draws when it is told to, one write at a time, as xterm.js does. */
class SlowScreen implements Screen {
	readonly #writes: { text: string; drawn: () => void }[] = [];
	readonly log: string[] = [];
	/** Called while a text is being drawn. */
	onDraw: (text: string) => void = () => undefined;

	write(bytes: Uint8Array, drawn: () => void): void {
		this.#writes.push({ text: new TextDecoder().decode(bytes), drawn });
	}

	resize({ cols, rows }: Size): void {
		this.log.push(`${cols}x${rows}`);
	}

	draw(count = Number.POSITIVE_INFINITY): void {
		for (let left = count; left > 0; left--) {
			const next = this.#writes.shift();
			if (!next) return;
			if (next.text) this.log.push(next.text === "\x18\x1bc" ? "clear" : next.text);
			this.onDraw(next.text);
			next.drawn();
		}
	}
}

let sent: Frame[];
let screen: SlowScreen;
let status: ViewerStatus;
let viewer: TerminalViewer;
let link: FrameLink;
let last: number;
const size = { cols: 80, rows: 24 };
const bytes = (text: string) => new TextEncoder().encode(text);

beforeEach(() => {
	sent = [];
	last = 0;
	screen = new SlowScreen();
	link = {
		send: (frame) => sent.push(decodeFrame(frame)),
		bufferedBytes: 0,
		onFrame: () => undefined,
		onClose: () => undefined,
		close: () => undefined,
	};
	viewer = new TerminalViewer(
		"af_sky",
		screen,
		() => ++last,
		(now) => {
			status = now;
		},
	);
});

const json = (kind: Frame["kind"], value: unknown, offset = 0, number = last) =>
	viewer.receive(decodeFrame(encodeJsonFrame(kind, number, value, offset)));
const raw = (kind: Frame["kind"], offset: number, text = "", number = last) =>
	viewer.receive(decodeFrame(encodeFrame(kind, number, offset, bytes(text))));
const attached = { agentId: "af_sky", sessionId: "sky", epoch: "e1", ...size };
const kinds = () => sent.map(({ kind }) => kind);
const take = (kind: Frame["kind"]) => sent.filter((frame) => frame.kind === kind);

function attachFresh(): void {
	viewer.show(size);
	viewer.connect(link);
	json("reset", attached, 100);
	raw("snapshot", 0, "picture");
	raw("snapshotEnd", 7);
	screen.draw();
	sent = [];
	screen.log.length = 0;
}

test("first view: asks without an offset, clears, sizes, paints and acknowledges the snapshot", () => {
	viewer.show(size);
	viewer.connect(link);
	expect(frameJson(sent[0] as Frame)).toEqual({ agentId: "af_sky", ...size });
	json("reset", { ...attached, cols: 70 }, 100);
	raw("snapshot", 0, "pic");
	raw("snapshot", 3, "ture");
	raw("snapshotEnd", 7);
	expect(take("ackSnapshot")).toEqual([]);
	screen.draw();
	expect(screen.log).toEqual(["clear", "70x24", "pic", "ture"]);
	expect(take("ackSnapshot").map(({ offset }) => offset)).toEqual([3, 7, 7]);
	expect(status).toEqual({ phase: "attached", size: { cols: 70, rows: 24 } });
});

test("credit is given when output is drawn, not when it comes", () => {
	attachFresh();
	raw("output", 100, "hello");
	expect(kinds()).toEqual([]);
	screen.draw();
	expect(take("ack").map(({ offset }) => offset)).toEqual([105]);
});

test("a new link goes on from what was handed to the screen, and loses nothing that is not drawn yet", () => {
	attachFresh();
	raw("output", 100, "hello");
	viewer.connect(null);
	expect(status).toEqual({ phase: "detached" });
	viewer.connect(link);
	expect(frameJson(sent[0] as Frame)).toMatchObject({ have: { epoch: "e1", offset: 105 } });
	json("attached", attached, 105);
	raw("output", 105, " world");
	screen.draw();
	expect(screen.log).toEqual(["hello", "80x24", " world"]);
	// The first five bytes were sent to an attachment that is gone: no credit for them.
	expect(take("ack").map(({ offset }) => offset)).toEqual([111]);
});

test("frames of an earlier attachment are ignored", () => {
	attachFresh();
	viewer.show(size);
	raw("output", 100, "stale", last - 1);
	screen.draw();
	expect(screen.log).toEqual([]);
	expect(kinds()).toEqual(["detach", "attach"]);
});

test("repeated output is drawn once; a gap starts over with a fresh picture", () => {
	attachFresh();
	raw("output", 100, "abc");
	raw("output", 101, "bcd");
	screen.draw();
	expect(screen.log).toEqual(["abc", "d"]);
	sent = [];
	raw("output", 110, "later");
	screen.draw();
	expect(screen.log).toEqual(["abc", "d"]);
	expect(kinds()).toEqual(["detach", "attach"]);
	expect(frameJson(sent[1] as Frame)).not.toHaveProperty("have");
});

test("an agreed size takes its place between what was printed before and after it", () => {
	attachFresh();
	raw("output", 100, "before");
	json("resized", { cols: 60, rows: 20 }, 106);
	raw("output", 106, "after");
	screen.draw();
	expect(screen.log).toEqual(["before", "60x20", "after"]);
	viewer.resize({ cols: 90, rows: 30 });
	viewer.resize({ cols: 90, rows: 30 });
	expect(take("resize").map((frame) => frameJson(frame))).toEqual([{ cols: 90, rows: 30 }]);
});

test("the viewer attended last sizes itself; one that follows another waits to be told", () => {
	attachFresh();
	viewer.resize({ cols: 90, rows: 30 });
	raw("output", 100, "a");
	screen.draw();
	expect(screen.log).toEqual(["90x30", "a"]);
	json("resized", { cols: 60, rows: 20 }, 101);
	viewer.resize({ cols: 95, rows: 30 });
	screen.draw();
	expect(screen.log).toEqual(["90x30", "a", "60x20"]);
	viewer.focus();
	json("resized", { cols: 95, rows: 30 }, 101);
	viewer.resize({ cols: 96, rows: 30 });
	screen.draw();
	expect(screen.log.slice(3)).toEqual(["95x30", "96x30"]);
	expect(take("resize").length).toBe(3);
});

test("an answer carries the offset of its query; in a snapshot there is none to answer", () => {
	viewer.show(size);
	viewer.connect(link);
	screen.onDraw = (text) => {
		if (text.endsWith("\x1b[6n")) viewer.answer(bytes("\x1b[1;1R"));
	};
	json("reset", attached, 100);
	raw("snapshot", 0, "old\x1b[6n");
	raw("output", 100, "ab\x1b[6ncd\x1b[6n");
	screen.draw();
	expect(take("answer").map(({ offset, payload }) => [offset, new TextDecoder().decode(payload)])).toEqual([
		[106, "\x1b[1;1R"],
		[112, "\x1b[1;1R"],
	]);
	expect(take("ack").map(({ offset }) => offset)).toEqual([112]);
});

test("a hidden viewer detaches, keeps its place and types nowhere", () => {
	attachFresh();
	viewer.hide();
	viewer.type(bytes("x"));
	viewer.resize({ cols: 10, rows: 10 });
	expect(kinds()).toEqual(["detach"]);
	viewer.show(size);
	expect(frameJson(sent[1] as Frame)).toMatchObject({ have: { epoch: "e1", offset: 100 } });
});

test("typed bytes, pastes and focus go out under the attachment's number", () => {
	attachFresh();
	viewer.type(new Uint8Array([3]));
	viewer.paste("two\nlines ü");
	viewer.focus();
	expect(kinds()).toEqual(["input", "paste", "focus"]);
	expect(frameText(sent[1] as Frame)).toBe("two\nlines ü");
	expect(sent.every((frame) => frame.viewer === last)).toBe(true);
});

test("an end stays visible when the line is lost; a refused attach is said, a refused input is not an end", () => {
	attachFresh();
	json("refused", { code: "closed", message: "no", of: "input" });
	expect(status.phase).toBe("attached");
	json("ended", { exitCode: 3, reason: "exited" });
	viewer.connect(null);
	expect(status).toEqual({ phase: "ended", exitCode: 3, reason: "exited" });
	viewer.connect(link);
	json("refused", { code: "not_found", message: "no session", of: "attach" });
	expect(status).toEqual({ phase: "refused", code: "not_found", message: "no session", of: "attach" });
});
