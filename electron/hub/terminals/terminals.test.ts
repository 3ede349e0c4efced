import serializeModule from "@xterm/addon-serialize";
import type { Terminal } from "@xterm/headless";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeFrame, viewerCreditBytes } from "../../../shared/frames.ts";
import { silentLog } from "../log.ts";
import { coreOf, createXterm } from "./screen/xterm-core.ts";
import { linkPair, MemorySession, TestViewer } from "./terminal-test-kit.ts";
import { Terminals } from "./terminals.ts";

let terminals: Terminals;
let session: MemorySession;

beforeEach(async () => {
	terminals = new Terminals({ log: silentLog });
	session = new MemorySession();
	await terminals.open("af_sky", "sky", session);
});

afterEach(() => terminals.dispose());

function connect(number = 1): { viewer: TestViewer; cut: () => void } {
	const { hub, client, cut } = linkPair();
	terminals.serve(hub);
	return { viewer: new TestViewer(client, number), cut };
}

function serialized(terminal: Terminal): string {
	const addon = new serializeModule.SerializeAddon();
	terminal.loadAddon(addon);
	return addon.serialize();
}

/** Waits until nothing is under way any more: no frame, no timer of a few milliseconds. */
async function settled(viewer: TestViewer): Promise<void> {
	for (let before = -1; before !== viewer.kinds.length; ) {
		before = viewer.kinds.length;
		await new Promise((resolve) => setTimeout(resolve, 30));
	}
}

const lines = (from: number, count: number): string =>
	Array.from({ length: count }, (_, i) => `\x1b[3${(from + i) % 8}mline ${from + i} ${"日本 ".repeat(i % 5)}\x1b[0m\r\n`).join(
		"",
	);

describe("a viewer", () => {
	test("sees what was there and what comes", async () => {
		session.output("before ");
		const { viewer } = connect();
		viewer.attach();
		await viewer.until(() => viewer.offset === 7);
		session.output("after");
		await viewer.until(() => viewer.offset === 12);
		expect(serialized(viewer.screen)).toBe("before after");
		expect(terminals.get("af_sky")).toMatchObject({ startOffset: 0, endOffset: 12, viewers: 1, live: true, epoch: viewer.epoch });
	});

	test("is painted a long history, the alternate screen and modes, and equals a terminal that saw it all", async () => {
		const twin = createXterm(80, 24);
		const output = `${lines(0, 11_000)}\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[?1049h\x1b[H日本 full screen`;
		coreOf(twin)._inputHandler.parse(Buffer.from(output));
		session.output(output);
		const { viewer } = connect();
		viewer.attach();
		await viewer.until(() => viewer.kinds.includes("snapshotEnd"));
		expect(viewer.offset).toBe(Buffer.byteLength(output));
		expect(viewer.mostUnacked).toBeLessThanOrEqual(viewerCreditBytes);
		expect(serialized(viewer.screen) === serialized(twin)).toBe(true);
		expect(viewer.screen.modes).toEqual(twin.modes);
	});

	test("loses and doubles no byte over disconnections at random", { timeout: 60_000 }, async () => {
		await fc.assert(
			fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 999 })), async (dice) => {
				const roll = (): number => dice.next().value ?? 0;
				const own = new MemorySession();
				await terminals.open("af_sky", "sky", own);
				const all: Buffer[] = [];
				let connection = connect();
				let { viewer } = connection;
				viewer.attach();
				const got: { offset: number; bytes: Buffer }[] = [];
				for (let round = 0; round < 120; round++) {
					const bytes = Buffer.from(lines(round * 50, 1 + (roll() % 40)));
					all.push(bytes);
					own.output(bytes);
					if (roll() % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
					if (roll() % 9 === 0) {
						connection.cut();
						got.push(...viewer.output);
						const { epoch, offset } = viewer;
						connection = connect();
						viewer = Object.assign(connection.viewer, { epoch, offset });
						viewer.attachAgain();
					}
				}
				const expected = Buffer.concat(all);
				await viewer.until(() => viewer.offset === expected.byteLength);
				got.push(...viewer.output);
				connection.cut();
				const received = Buffer.concat(got.map((each) => each.bytes));
				expect(received.equals(expected)).toBe(true);
			}),
			{ numRuns: 15 },
		);
	});

	test("that is slow waits alone, and is painted anew when it has fallen off", { timeout: 60_000 }, async () => {
		const { viewer: slow } = connect();
		const { viewer: quick } = connect();
		const twin = createXterm(80, 24);
		slow.attach();
		quick.attach();
		await quick.until(() => quick.resets === 1);
		await slow.until(() => slow.kinds.includes("snapshotEnd"));
		slow.acks = false;
		let total = 0;
		for (let i = 0; total < 6 * 1024 * 1024; i += 1000) {
			const bytes = Buffer.from(lines(i, 1000));
			total += bytes.byteLength;
			session.output(bytes);
			coreOf(twin)._inputHandler.parse(bytes);
			await quick.until(() => quick.offset === total);
		}
		expect(quick.resets).toBe(1);
		expect(slow.offset).toBeLessThanOrEqual(viewerCreditBytes);
		expect(slow.offset).toBeGreaterThan(viewerCreditBytes / 2);
		slow.catchUp();
		await slow.until(() => slow.resets === 2 && slow.offset === total);
		await slow.until(() => slow.kinds.filter((kind) => kind === "snapshotEnd").length === 2);
		expect(serialized(slow.screen) === serialized(twin)).toBe(true);
		session.output("more");
		await slow.until(() => slow.offset === total + 4);
		expect(slow.resets).toBe(2);
	});

	test("never has more on its way than its credit, not even of a picture", async () => {
		session.output(lines(0, 9000));
		const { viewer } = connect();
		viewer.acks = false;
		viewer.attach();
		await viewer.until(() => viewer.kinds.includes("snapshot"));
		await settled(viewer);
		expect(viewer.mostUnacked).toBeLessThanOrEqual(viewerCreditBytes);
		expect(viewer.kinds).not.toContain("snapshotEnd");
		viewer.catchUp();
		await viewer.until(() => viewer.kinds.includes("snapshotEnd"));
	});

	test("types at once, however much output waits", async () => {
		const { viewer } = connect();
		viewer.acks = false;
		viewer.attach();
		await viewer.until(() => viewer.resets === 1);
		session.output(lines(0, 20_000));
		viewer.send("input", "q");
		viewer.send("paste", "two\nlines");
		await settled(viewer);
		expect([session.written, session.pasted]).toEqual([["q"], ["two\nlines"]]);
	});
});

describe("the size", () => {
	test("is that of the viewer that last had attention, and everyone knows it", async () => {
		const first = connect().viewer;
		first.attach({ cols: 100, rows: 30 });
		await first.until(() => first.resets === 1);
		expect(first.size).toEqual({ cols: 100, rows: 30 });
		const second = connect().viewer;
		second.attach({ cols: 60, rows: 20 });
		await second.until(() => second.resets === 1);
		await first.until(() => first.size?.cols === 60);
		const third = connect();
		third.viewer.attach({ cols: 200, rows: 50, sizes: false });
		await third.viewer.until(() => third.viewer.resets === 1);
		expect(third.viewer.size).toEqual({ cols: 60, rows: 20 });
		first.resize(110, 31); // it does not decide now
		first.send("focus");
		await second.until(() => second.size?.cols === 110);
		await first.until(() => first.size?.cols === 110);
		first.send("detach");
		await second.until(() => second.size?.cols === 60);
		expect(session.sizes).toEqual(["100x30", "60x20", "110x31", "60x20"]);
		expect(terminals.get("af_sky")).toMatchObject({ cols: 60, rows: 20, viewers: 2 });
	});

	test("goes to the next when a link breaks", async () => {
		const stays = connect().viewer;
		stays.attach({ cols: 90, rows: 30 });
		const leaves = connect();
		leaves.viewer.attach({ cols: 70, rows: 20 });
		await stays.until(() => stays.size?.cols === 70);
		leaves.cut();
		await stays.until(() => stays.size?.cols === 90);
	});
});

describe("queries in the output", () => {
	test("are answered by the viewer that decides the size, and by one only", async () => {
		const first = connect().viewer;
		const second = connect().viewer;
		first.attach();
		await first.until(() => first.resets === 1);
		second.attach();
		await second.until(() => second.resets === 1);
		session.output("\x1b[c");
		await first.until(() => first.offset === 3);
		await second.until(() => second.offset === 3);
		first.send("answer", "\x1b[?1;2c", 3);
		second.send("answer", "\x1b[?1;2c", 3);
		await settled(second);
		expect(session.written).toEqual(["\x1b[?1;2c"]);
	});

	test("that the backend's own terminal answers are not answered twice, and the others still are", async () => {
		session.answersQueries = true;
		await terminals.open("af_sky", "sky", session);
		const { viewer } = connect();
		viewer.attach();
		await viewer.until(() => viewer.resets === 1);
		session.output("\x1b[c\x1b]11;?\x07");
		await viewer.until(() => viewer.offset === 10);
		viewer.send("answer", "\x1b[?1;2c", 3);
		viewer.send("answer", "\x1b]11;rgb:0000/0000/0000\x07", 10);
		await settled(viewer);
		expect(session.written).toEqual(["\x1b]11;rgb:0000/0000/0000\x07"]);
	});

	test("that an earlier viewer saw are not answered again", async () => {
		const early = connect();
		early.viewer.attach();
		session.output("\x1b[c");
		await early.viewer.until(() => early.viewer.offset === 3);
		early.cut();
		const late = connect().viewer;
		late.attach({ have: { epoch: early.viewer.epoch, offset: 0 } });
		late.epoch = early.viewer.epoch;
		await late.until(() => late.offset === 3);
		late.send("answer", "\x1b[?1;2c", 3);
		await settled(late);
		expect(session.written).toEqual([]);
	});
});

describe("the end of a session", () => {
	test("is told after all of its output, also to who comes late", async () => {
		const { viewer } = connect();
		viewer.attach();
		await viewer.until(() => viewer.resets === 1);
		session.output(lines(0, 10_000));
		session.output("last words \xe2");
		session.end(3);
		await viewer.until(() => viewer.ended !== undefined);
		expect(viewer.ended).toEqual({ exitCode: 3, reason: "exited with 3" });
		expect(viewer.offset).toBe(terminals.get("af_sky")?.endOffset);
		expect(viewer.kinds.at(-1)).toBe("ended");
		const late = connect().viewer;
		late.attach();
		await late.until(() => late.ended !== undefined);
		expect(serialized(late.screen)).toContain("last words");
		late.send("input", "x");
		await late.until(() => late.refusals.length === 1);
		expect(late.refusals[0]).toMatchObject({ code: "closed", of: "input" });
		expect(terminals.get("af_sky")?.live).toBe(false);
	});

	test("a new session shows itself to who looks at the old one", async () => {
		const { viewer } = connect();
		viewer.attach({ cols: 101, rows: 33 });
		session.output("old");
		session.end();
		await viewer.until(() => viewer.ended !== undefined);
		const { epoch } = viewer;
		const next = new MemorySession();
		await terminals.open("af_sky", "sky-2", next);
		next.output("new");
		await viewer.until(() => viewer.epoch !== epoch && viewer.offset === 3);
		expect(serialized(viewer.screen)).toBe("new");
		expect(next.sizes).toEqual(["101x33"]);
		session.output("a ghost");
		viewer.send("input", "k");
		await settled(viewer);
		expect(next.written).toEqual(["k"]);
		expect(serialized(viewer.screen)).toBe("new");
		expect(session.closed).toBe(1);
	});

	test("forgetting an agent lets its viewers go", async () => {
		const { viewer } = connect();
		viewer.attach();
		await viewer.until(() => viewer.resets === 1);
		terminals.forget("af_sky");
		await viewer.until(() => viewer.refusals.length === 1);
		expect(terminals.list()).toEqual([]);
		expect(session.closed).toBe(1);
		viewer.attach();
		await viewer.until(() => viewer.refusals.length === 2);
		expect(viewer.refusals[1]).toMatchObject({ code: "not_found", message: "Agent af_sky has no terminal. Start it first." });
	});
});

describe("hostile and broken links", () => {
	test.each([
		["an agent that is none", { agentId: "../etc" }],
		["a size of nothing", { cols: 0 }],
		["a size without end", { rows: 1e9 }],
		["a size that is no number", { cols: "80" as unknown as number }],
		["a have that is none", { have: { epoch: "x", offset: -5 } }],
	])("refuses %s and lives", async (_, request) => {
		const { viewer } = connect();
		viewer.attach(request);
		await viewer.until(() => viewer.refusals.length === 1);
		expect(viewer.refusals[0]).toMatchObject({ code: "invalid_input", of: "attach" });
		viewer.attach();
		await viewer.until(() => viewer.resets === 1);
	});

	test("a link that sends what is no frame is closed", async () => {
		const { hub, client } = linkPair();
		terminals.serve(hub);
		const closed = new Promise<void>((resolve) => client.onClose(resolve));
		client.send(new Uint8Array([1, 2, 3]));
		await closed;
	});

	test("any bytes leave the hub serving others", async () => {
		const good = connect().viewer;
		good.attach();
		await good.until(() => good.resets === 1);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 2 }), fc.double(), fc.uint8Array({ maxLength: 40 })), {
					maxLength: 20,
				}),
				async (frames) => {
					const { hub, client, cut } = linkPair();
					terminals.serve(hub);
					new TestViewer(client).attach({ sizes: false });
					for (const [kind, viewer, offset, payload] of frames) {
						const bytes = encodeFrame("ack", viewer, offset, payload);
						bytes[0] = kind;
						client.send(bytes);
					}
					await new Promise((resolve) => setImmediate(resolve));
					cut();
				},
			),
			{ numRuns: 200 },
		);
		const at = good.offset;
		session.output("fine");
		await good.until(() => good.offset === at + 4);
		expect(terminals.get("af_sky")?.viewers).toBe(1);
	});

	test("a link that throws on sending is dropped, and the others are served", async () => {
		const { hub } = linkPair();
		let receive: (frame: Uint8Array) => void = () => undefined;
		terminals.serve({
			...hub,
			onFrame: (listener) => {
				receive = listener;
			},
			send: () => {
				throw new Error("broken pipe");
			},
		});
		receive(encodeFrame("attach", 1, 0, Buffer.from(JSON.stringify({ agentId: "af_sky", cols: 80, rows: 24 }))));
		const { viewer } = connect();
		viewer.attach();
		session.output("fine");
		await viewer.until(() => viewer.offset === 4);
		expect(terminals.get("af_sky")?.viewers).toBe(1);
	});
});

test("announces the end, and activity at most once a second", async () => {
	let now = 0;
	const own = new Terminals({ log: silentLog, now: () => now });
	const heard: unknown[] = [];
	own.events.on("activity", (agentId) => heard.push(agentId));
	own.events.on("end", (agentId, end) => heard.push([agentId, end]));
	const source = new MemorySession();
	await own.open("af_sky", "sky", source);
	source.output("a");
	source.output("b");
	now = 1500;
	source.output("c");
	source.end(1);
	expect(heard).toEqual(["af_sky", "af_sky", ["af_sky", { exitCode: 1, exitSignal: null, reason: "exited with 1" }]]);
	own.dispose();
});
