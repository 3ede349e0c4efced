// A hub of the sources in a process of its own, which tells how long taking up its sessions took and then ends.
import { performance } from "node:perf_hooks";
import { createHub } from "../../electron/hub/hub.ts";
import { frameLinkPair } from "../../electron/hub/server/frame-link.ts";
import { decodeFrame, encodeJsonFrame } from "../../shared/frames.ts";

const home = process.env.CLAWMUX_HOME;
if (!home) throw new Error("CLAWMUX_HOME is not set.");
const startedAt = performance.now();
const hub = await createHub({ home, version: "0.0.0", cliCommand: [process.execPath, "--version"] });
const adopted = (await hub.client.sessions.list()).filter(({ live }) => live);
const adoptedMs = performance.now() - startedAt;
const [ours, theirs] = frameLinkPair();
hub.connectTerminals(theirs);
let pictureBytes = 0;
await new Promise<void>((resolve) => {
	ours.onFrame((bytes) => {
		const frame = decodeFrame(bytes);
		if (frame.kind === "snapshot") {
			pictureBytes += frame.payload.byteLength;
			ours.send(encodeJsonFrame("ackSnapshot", 1, null, pictureBytes));
		} else if (frame.kind === "snapshotEnd") resolve();
	});
	const agentId = adopted.at(-1)?.agentId ?? "";
	ours.send(encodeJsonFrame("attach", 1, { agentId, cols: 120, rows: 36 }));
});
process.send?.({ adopted: adopted.length, adoptedMs, pictureMs: performance.now() - startedAt, pictureBytes });
await hub.close();
process.disconnect();
