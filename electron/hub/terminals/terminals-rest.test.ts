import serializeModule from "@xterm/addon-serialize";
import type { Terminal } from "@xterm/headless";
import { describe, expect, test } from "vitest";
import { silentLog } from "../log.ts";
import { linkPair, MemorySession, TestViewer } from "./terminal-test-kit.ts";
import { Terminals } from "./terminals.ts";

function serialized(terminal: Terminal): string {
	const addon = new serializeModule.SerializeAddon();
	terminal.loadAddon(addon);
	return addon.serialize();
}

describe("terminals at which nobody looks", () => {
	const told = (own: Terminals) => own.get("af_sky") ?? { startOffset: -1, endOffset: -1 };

	test("keep a picture of a session that has ended, and nothing of its output", async () => {
		const own = new Terminals({ log: silentLog, restAfterMs: 1 });
		const source = new MemorySession();
		await own.open("af_sky", "sky", source);
		source.output("a line\r\n".repeat(2_000));
		source.output("last words");
		source.end(3);
		await expect.poll(() => told(own).startOffset, { timeout: 10_000 }).toBe(told(own).endOffset);
		for (let look = 0; look < 2; look++) {
			const { hub, client } = linkPair();
			own.serve(hub);
			const viewer = new TestViewer(client);
			viewer.attach();
			await viewer.until(() => viewer.ended !== undefined);
			expect(viewer.offset).toBe(told(own).endOffset);
			expect(serialized(viewer.screen)).toContain("last words");
			expect(viewer.screen.buffer.active.length).toBe(2_001);
			client.close();
		}
		own.dispose();
	});
});
