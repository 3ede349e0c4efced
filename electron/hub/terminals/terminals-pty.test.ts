import { closeSync, constants, openSync } from "node:fs";
import { type IPty, spawn } from "node-pty";
import { afterEach, expect, test } from "vitest";
import { silentLog } from "../log.ts";
import type { SessionTerminal } from "../sessions/backends/session-backend.ts";
import { linkPair, TestViewer } from "./terminal-test-kit.ts";
import { Terminals } from "./terminals.ts";

const cleanUp: (() => void)[] = [];
afterEach(() => {
	for (const each of cleanUp.splice(0).reverse()) each();
});

/** A real pty, with as little around it as a test of terminals needs. */
function shell(script: string): SessionTerminal {
	return {
		async open(_sessionId, events) {
			const pty: IPty & { readonly _pty?: string } = spawn("/bin/sh", ["-c", script], { cols: 80, rows: 24, encoding: null });
			// Holding the other side open keeps the last output from being lost when the program exits.
			const slave = openSync(pty._pty ?? "", constants.O_RDWR | constants.O_NOCTTY);
			let alive = true;
			cleanUp.push(() => alive && pty.kill("SIGKILL"));
			let quiet: NodeJS.Timeout | undefined;
			let finish: (() => void) | undefined;
			pty.onData((data) => {
				events.onData(data as unknown as Uint8Array);
				quiet?.refresh();
			});
			pty.onExit(({ exitCode }) => {
				alive = false;
				finish = () => {
					closeSync(slave);
					events.onEnd({ exitCode, exitSignal: null, reason: `exited with ${exitCode}` });
				};
				quiet = setTimeout(finish, 50);
			});
			return {
				snapshot: new Uint8Array(0),
				cols: 80,
				rows: 24,
				answersQueries: false,
				write: (bytes) => pty.write(Buffer.from(bytes)),
				paste: async (text) => pty.write(text),
				resize: async (cols, rows) => pty.resize(cols, rows),
				close: () => undefined,
			};
		},
	};
}

async function view(script: string): Promise<TestViewer> {
	const terminals = new Terminals({ log: silentLog });
	cleanUp.push(() => terminals.dispose());
	await terminals.open("af_sky", "sky", shell(script));
	const { hub, client } = linkPair();
	terminals.serve(hub);
	const viewer = new TestViewer(client);
	viewer.attach({ cols: 100, rows: 30 });
	return viewer;
}

const text = (viewer: TestViewer): string => Buffer.concat(viewer.output.map((each) => each.bytes)).toString();

test("keys go to a real program, its output and its end come back", async () => {
	const viewer = await view('read line; echo "got <$line>"; stty size; exit 7');
	await viewer.until(() => viewer.resets === 1);
	viewer.send("input", "héllo\r");
	await viewer.until(() => viewer.ended !== undefined);
	expect(text(viewer)).toContain("got <héllo>");
	expect(text(viewer)).toContain("30 100");
	expect(viewer.ended).toEqual({ exitCode: 7, reason: "exited with 7" });
});

test("a flood arrives whole or as the picture that it leaves, up to its last line", { timeout: 60_000 }, async () => {
	const viewer = await view("seq 1 1500000; echo the end");
	await viewer.until(() => viewer.ended !== undefined);
	const buffer = viewer.screen.buffer.active;
	const lines = Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y)?.translateToString(true) ?? "").filter(
		(line) => line !== "",
	);
	expect(lines.at(-1)).toBe("the end");
	const numbers = lines.slice(0, -1).map(Number);
	expect(numbers.length).toBeGreaterThan(9000);
	expect(numbers).toEqual(numbers.map((_, i) => 1_500_001 - numbers.length + i));
});
