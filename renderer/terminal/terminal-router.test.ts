import { expect, test, vi } from "vitest";
import { encodeFrame, encodeJsonFrame, type FrameLink } from "../../shared/frames.ts";
import { TerminalRouter } from "./terminal-router.ts";

test.each([
	["a size that is none", encodeJsonFrame("resized", 1, { cols: "80", rows: 24 })],
	["an end without a reason", encodeJsonFrame("ended", 1, { exitCode: 0 })],
	["a refusal of nothing known", encodeJsonFrame("refused", 1, { code: "x", message: "y", of: "everything" })],
	["what is not JSON", encodeFrame("attached", 1, 0, new Uint8Array([123]))],
	["what is no frame", new Uint8Array(3)],
])("a link that sends %s is closed, and no viewer takes it for true", (_, frame) => {
	const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
	let receive: (frame: Uint8Array) => void = () => undefined;
	let closes = 0;
	const link: FrameLink = {
		send: () => undefined,
		bufferedBytes: 0,
		onFrame: (listener) => {
			receive = listener;
		},
		onClose: () => undefined,
		close: () => closes++,
	};
	const router = new TerminalRouter();
	router.connect(link);
	const viewer = router.open("af_sky", { write: () => undefined, resize: () => undefined }, () => undefined);
	viewer.show({ cols: 80, rows: 24 });
	const { phase } = viewer.status;
	receive(frame);
	expect([closes, viewer.status.phase, told.mock.calls.length]).toEqual([1, phase, 1]);
	told.mockRestore();
});
