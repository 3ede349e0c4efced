import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import headless from "@xterm/headless";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backendNames, ConformanceLab, isRunning } from "./conformance-lab.ts";
import type { CreateSession, SessionBackend } from "./session-backend.ts";
import { open, until } from "./session-probe.ts";

describe.each(backendNames)("the $name backend", ({ name }) => {
	let lab: ConformanceLab;
	let backend: SessionBackend;
	beforeAll(() => {
		lab = new ConformanceLab(name);
		backend = lab.backend;
	});
	afterEach(() => lab.killAll());
	afterAll(() => lab.destroy());

	describe("lifecycle", () => {
		it("is available and says of what version", async () => {
			expect(await backend.available()).toMatchObject({ available: true, detail: expect.stringMatching(/\w/) });
		});

		it("has nothing before anything was started", async () => {
			expect(await backend.list()).toEqual([]);
			expect(await backend.exists("nobody")).toBe(false);
			expect(await backend.status("nobody")).toBe("missing");
		});

		it("passes arguments, folder and environment on as they are", async () => {
			const odd = ["a b", "#(touch HACKED)", ";", "x;", "-n", "$HOME", "'\"\\", "%d", "#{pid}", "", "ü 🙂", "two\nlines"];
			const script = `process.stdout.write(JSON.stringify([process.argv.slice(1), process.cwd(), process.env]))`;
			const env = {
				PATH: process.env.PATH ?? "",
				TERM: "xterm-256color",
				ODD: "a;b #{pid} $X 'q' %H\n2",
				EMPTY: "",
				TMUX_LIKE: "1",
			};
			const text = await lab.printed(lab.request([process.execPath, "-e", script, "--", ...odd], { env, cols: 5000, rows: 50 }));
			const [argv, cwd, seen] = JSON.parse(text);
			expect(argv).toEqual(odd);
			expect(cwd).toBe(lab.workDir);
			const { PWD: _folder, ...rest } = seen;
			expect(rest).toEqual(env);
		});

		it("passes on a program that takes no argument, without a shell", async () => {
			const tool = join(lab.root, "a tool;#(touch HACKED)");
			writeFileSync(tool, "#!/bin/sh\necho ran $#\n", { mode: 0o755 });
			expect(await lab.printed(lab.request([tool]))).toContain("ran 0");
		});

		it("describes a session and its end", async () => {
			const made = lab.shell("read line; exit 7");
			const before = Date.now();
			const session = await backend.create(made);
			expect(session).toMatchObject({
				sessionId: made.sessionId,
				agentId: made.agentId,
				workDir: lab.workDir,
				live: true,
				exitCode: null,
				exitSignal: null,
			});
			expect(isRunning(session.pid ?? 0)).toBe(true);
			expect(Math.abs((session.startedAt ?? 0) - before)).toBeLessThan(2000);
			expect(await backend.status(made.sessionId)).toBe("running");
			expect(await backend.discover()).toEqual(new Map([[made.agentId, made.sessionId]]));
			await backend.sendInput(made.sessionId, "go");
			await until(async () => (await backend.status(made.sessionId)) === "failed");
			expect(await backend.list()).toEqual([
				expect.objectContaining({ sessionId: made.sessionId, live: false, exitCode: 7, exitSignal: null, pid: null }),
			]);
			expect(await backend.exists(made.sessionId)).toBe(true);
			expect(await backend.discover()).toEqual(new Map());
		});

		it.each([
			["exit 0", { exitCode: 0, exitSignal: null }],
			["exit 3", { exitCode: 3, exitSignal: null }],
			["kill -9 $$", { exitCode: null, exitSignal: "SIGKILL" }],
			["kill -TERM $$", { exitCode: null, exitSignal: "SIGTERM" }],
		])("tells the end of `%s` within a second", async (script, end) => {
			const made = lab.shell(`read line; ${script}`);
			const opened = await lab.run(made);
			opened.source.write(Buffer.from("\r"));
			const asked = performance.now();
			expect(await opened.end).toMatchObject(end);
			expect(performance.now() - asked).toBeLessThan(1000);
		});

		it.each<[string, (made: CreateSession) => CreateSession, string, RegExp]>([
			["a missing program", (made) => ({ ...made, argv: ["no-such-program-xyz"] }), "not_found", /no-such-program-xyz/],
			["a program that is a folder", (made) => ({ ...made, argv: ["/tmp"] }), "not_found", /\/tmp/],
			["a missing folder", (made) => ({ ...made, workDir: "/no/such/folder" }), "not_found", /\/no\/such\/folder/],
			["a folder that is a file", (made) => ({ ...made, workDir: "/etc/passwd" }), "invalid_input", /\/etc\/passwd/],
			["no program", (made) => ({ ...made, argv: [] }), "invalid_input", /no program/],
			["an id with a dot", (made) => ({ ...made, sessionId: "a.b" }), "invalid_input", /a\.b/],
			["a NUL in an argument", (made) => ({ ...made, argv: ["sh", "a\0b"] }), "invalid_input", /NUL/],
			["no columns", (made) => ({ ...made, cols: 0 }), "invalid_input", /0 columns/],
		])("refuses %s before anything starts, naming it", async (_what, change, code, message) => {
			const made = change(lab.shell("sleep 60"));
			await expect(backend.create(made)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
			expect(await backend.list()).toEqual([]);
		});

		it("makes one session of eight concurrent starts", async () => {
			const made = lab.shell("sleep 60");
			const results = await Promise.allSettled(Array.from({ length: 8 }, () => backend.create(made)));
			expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
			for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
			expect(await backend.list()).toHaveLength(1);
		});

		it("refuses an id that is in use and leaves its session alone", async () => {
			const made = lab.shell("echo first; sleep 60");
			const opened = await lab.run(made);
			await expect(backend.create(made)).rejects.toMatchObject({ code: "conflict" });
			await until(() => opened.text().includes("first"));
			expect(await backend.status(made.sessionId)).toBe("running");
		});

		it("leaves nothing behind when it was aborted", async () => {
			const reason = new Error("changed my mind");
			const made = lab.shell("sleep 60");
			await expect(backend.create({ ...made, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
			expect(await backend.list()).toEqual([]);
			await expect(backend.list({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		});

		it("tells sessions with a common beginning apart", async () => {
			for (const sessionId of ["a", "a1", "a10"])
				await backend.create({ ...lab.shell("cat"), sessionId, agentId: `of-${sessionId}` });
			await backend.kill("a1");
			expect((await backend.list()).map(({ sessionId }) => sessionId).sort()).toEqual(["a", "a10"]);
			await backend.kill("a1");
			expect(await backend.exists("a1")).toBe(false);
			await expect(backend.sendInput("a1", "x")).rejects.toMatchObject({ code: "not_found" });
			expect(await backend.exists("a10")).toBe(true);
		});
	});

	describe("the three verbs", () => {
		it("interrupts without ending", async () => {
			const made = lab.shell(`trap 'echo interrupted' INT; echo ready; while :; do sleep 0.05; done`);
			const opened = await lab.run(made);
			await until(() => opened.text().includes("ready"));
			await backend.interrupt(made.sessionId, { keys: "ctrl-c" });
			await until(() => opened.text().includes("interrupted"));
			expect(await backend.status(made.sessionId)).toBe("running");
			const escaped = await lab.run(lab.reader(1));
			await until(() => escaped.text().includes("ready"));
			await backend.interrupt(escaped.sessionId);
			await escaped.end;
			expect(lab.bytesRead()).toEqual(Buffer.from("\x1b"));
		});

		it("stops by asking first, and keeps the session to be read", async () => {
			const made = lab.shell(`trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.05; done`);
			const opened = await lab.run(made);
			await until(() => opened.text().includes("ready"));
			await backend.stop(made.sessionId);
			expect(await opened.end).toMatchObject({ exitCode: 5 });
			expect(opened.text()).toContain("asked");
			expect(await backend.capture(made.sessionId, { lines: 5 })).toContain("asked");
			await backend.stop(made.sessionId);
			await backend.stop("nobody");
		});

		it("ends what does not listen, with all it started", async () => {
			const script = `trap '' TERM HUP; setsid sleep 300 & echo $! > "${lab.root}/detached"; sleep 300 & echo $! > "${lab.root}/child"; echo ready; while :; do sleep 0.05; done`;
			const made = lab.shell(script);
			const opened = await lab.run(made);
			await until(() => opened.text().includes("ready"));
			const pids = ["detached", "child"].map((file) => Number(readFileSync(join(lab.root, file), "utf8")));
			expect(pids.every(isRunning)).toBe(true);
			await backend.stop(made.sessionId, { graceMs: 200 });
			expect(await opened.end).toMatchObject({ exitSignal: "SIGKILL" });
			expect(pids.filter(isRunning)).toEqual([]);
		});

		it("finds a process that left by setsid and a double fork through its session's variable", async () => {
			const base = lab.shell("");
			const env = { ...base.env, CLAWMUX_SESSION: `test-${process.pid}-${name}` };
			const script = `(setsid sh -c 'echo $$ > "${lab.root}/left"; exec sleep 300' &) ; sleep 0.2; echo ready; sleep 300`;
			const opened = await lab.run(lab.shell(script, { env }));
			await until(() => opened.text().includes("ready"));
			const left = Number(readFileSync(join(lab.root, "left"), "utf8"));
			expect(isRunning(left)).toBe(true);
			await backend.kill(opened.sessionId);
			expect(isRunning(left)).toBe(false);
		});

		it("kills at once, forgets, and may be told twice", async () => {
			const made = lab.shell("trap '' TERM HUP INT; echo ready; while :; do sleep 0.05; done");
			const opened = await lab.run(made);
			await until(() => opened.text().includes("ready"));
			const { pid } = (await backend.list())[0] ?? {};
			await Promise.all([backend.kill(made.sessionId), backend.kill(made.sessionId)]);
			await backend.kill(made.sessionId);
			await opened.end;
			expect(isRunning(pid ?? 0)).toBe(false);
			expect(await backend.status(made.sessionId)).toBe("missing");
			await backend.create(made);
			expect(await backend.status(made.sessionId)).toBe("running");
		});
	});

	describe("output", () => {
		it.each([5_000, 20_000, 200_000])(
			"is complete for programs that print %i bytes and exit",
			async (bytes) => {
				const line = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_\n";
				writeFileSync(join(lab.root, "text"), line.repeat(Math.ceil(bytes / line.length)));
				const expected = readFileSync(join(lab.root, "text"), "utf8").replaceAll("\n", "\r\n");
				let short = 0;
				for (let round = 0; round < 25; round += 1) {
					const batch = Array.from({ length: 4 }, () => lab.request(["cat", join(lab.root, "text")]));
					const texts = await Promise.all(batch.map((made) => lab.printed(made)));
					short += texts.filter((text) => text !== expected).length;
					for (const { sessionId } of batch) await backend.kill(sessionId);
				}
				expect(short).toBe(0);
			},
			120_000,
		);

		it("arrives byte for byte from the first, whatever the bytes", async () => {
			const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));
			writeFileSync(join(lab.root, "bytes"), bytes);
			const opened = await lab.run(lab.shell(`stty raw; cat "${lab.root}/bytes"; sleep 0.3`));
			await opened.end;
			expect(opened.bytes().equals(bytes)).toBe(true);
		});

		it("is kept as text with its scrollback", async () => {
			const made = lab.shell("for i in $(seq 500); do echo line $i; done; printf 'ünï 🙂 漢字'; sleep 60");
			const opened = await lab.run(made);
			await until(() => opened.text().includes("漢字"));
			const text = (await backend.capture(made.sessionId, { lines: 300 })).split("\n");
			expect(text).toHaveLength(300);
			expect(text.at(-1)).toBe("ünï 🙂 漢字");
			expect(text[0]).toBe("line 202");
			await expect(backend.capture("nobody", { lines: 1 })).rejects.toMatchObject({ code: "not_found" });
		});

		it("has one listener, who may leave and come back to the same picture", async () => {
			const made = lab.shell("seq 100; printf '\\033[31mred\\033[0m\\033[?2004h'; read x; echo more; read x");
			const opened = await lab.run(made);
			await until(() => opened.text().includes("red"));
			await expect(backend.open(made.sessionId, { onData: () => undefined, onEnd: () => undefined })).rejects.toMatchObject({
				code: "conflict",
			});
			opened.source.close();
			const again = await open(backend, made.sessionId);
			const twin = await screenOf(opened.bytes(), 80, 24);
			expect(await screenOf(again.source.snapshot, 80, 24)).toEqual(twin);
			again.source.write(Buffer.from("\r"));
			await until(() => again.text().includes("more"));
			expect(await backend.status(made.sessionId)).toBe("running");
		});

		it("tells the end of a program that had ended before anybody looked", async () => {
			const made = lab.shell("echo early; exit 4");
			await backend.create(made);
			await until(async () => (await backend.status(made.sessionId)) === "failed");
			const opened = await open(backend, made.sessionId);
			expect(await opened.end).toMatchObject({ exitCode: 4 });
			expect(Buffer.concat([opened.source.snapshot, opened.bytes()]).toString()).toContain("early");
		});
	});

	describe("size", () => {
		it("is what was asked for, and follows", async () => {
			const opened = await lab.run(
				lab.shell("trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done", { cols: 93, rows: 31 }),
			);
			expect(opened.source).toMatchObject({ cols: 93, rows: 31 });
			await until(() => opened.text().includes("31 93"));
			await opened.source.resize(120, 40);
			await until(() => opened.text().includes("40 120"));
		});
	});

	it("ran no command hidden in a name", () => {
		expect(() => readFileSync(join(lab.workDir, "HACKED"))).toThrow();
		expect(() => readFileSync(join(lab.home, "HACKED"))).toThrow();
		expect(() => readFileSync("/HACKED")).toThrow();
	});
});

/** What a terminal shows after these bytes. */
async function screenOf(bytes: Uint8Array, cols: number, rows: number): Promise<unknown> {
	const terminal = new headless.Terminal({ cols, rows, scrollback: 10_000, allowProposedApi: true, logLevel: "off" });
	await new Promise<void>((resolve) => terminal.write(bytes, resolve));
	const buffer = terminal.buffer.active;
	const text = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true));
	const cell = buffer.getLine(buffer.baseY + buffer.cursorY)?.getCell(0);
	const state = {
		text,
		x: buffer.cursorX,
		y: buffer.cursorY,
		colour: cell?.getFgColor(),
		paste: terminal.modes.bracketedPasteMode,
	};
	terminal.dispose();
	return state;
}
