import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backendNames, ConformanceLab } from "./conformance-lab.ts";
import type { SessionBackend } from "./session-backend.ts";
import { until } from "./session-probe.ts";

describe.each(backendNames)("the $name backend", ({ name }) => {
	let lab: ConformanceLab;
	let backend: SessionBackend;
	beforeAll(() => {
		lab = new ConformanceLab(name);
		backend = lab.backend;
	});
	afterEach(() => lab.killAll());
	afterAll(() => lab.destroy());

	describe("input", () => {
		it.each([
			["a key's name", "C-c"],
			["another", "Enter"],
			["a dash", "-x"],
			["a semicolon", "a;"],
			["a quote", "'; rm"],
			["emoji", "🙂 👩‍👩‍👧 漢字 ünï"],
			["three lines", "one\ntwo\n\nfour"],
			["formats", "#(touch HACKED) #{pid} %d $HOME `id` \\033"],
			["16,299 bytes", "x".repeat(16_299)],
			["16,400 bytes", "y".repeat(16_400)],
			["200,000 bytes", "0123456789🙂".repeat(14_286)],
		])("types %s byte for byte and submits it", async (_what, text) => {
			const expected = Buffer.from(`${text}\r`);
			const opened = await lab.run(lab.reader(expected.length));
			await until(() => opened.text().includes("ready"));
			expect(await backend.sendInput(opened.sessionId, text)).toEqual({ accepted: true, note: null });
			await opened.end;
			expect(lab.bytesRead().equals(expected)).toBe(true);
		});

		it("brackets where the program asked for that, and does not submit unasked", async () => {
			const expected = Buffer.from("\x1b[200~two\nlines\x1b[201~");
			const opened = await lab.run(lab.reader(expected.length, "printf '\\033[?2004h';"));
			await until(() => opened.text().includes("ready"));
			await backend.sendInput(opened.sessionId, "two\nlines", { submit: false });
			await opened.end;
			expect(lab.bytesRead().toString()).toBe(expected.toString());
		});

		it("takes keys out of a message, and refuses NUL", async () => {
			const opened = await lab.run(lab.reader(5, "printf '\\033[?2004h';"));
			await until(() => opened.text().includes("ready"));
			await expect(backend.sendInput(opened.sessionId, "a\0b")).rejects.toMatchObject({ code: "invalid_input" });
			const result = await backend.sendInput(opened.sessionId, "\x1b[201~\x03\u009b", { submit: false });
			expect(result).toMatchObject({ accepted: true, note: expect.stringContaining("3 control characters") });
			await opened.end;
			expect(lab.bytesRead().toString("latin1")).toBe("\x1b[200");
		});

		it("refuses a line that the terminal would cut", async () => {
			const opened = await lab.run(lab.shell("echo ready; cat > /dev/null"));
			await until(() => opened.text().includes("ready"));
			expect(await backend.sendInput(opened.sessionId, "z".repeat(5000))).toMatchObject({
				accepted: false,
				note: expect.stringContaining("5001"),
			});
			expect(await backend.sendInput(opened.sessionId, "short")).toMatchObject({ accepted: true });
		});

		it("refuses what has ended or never was", async () => {
			const made = lab.shell("exit 0");
			await backend.create(made);
			await until(async () => (await backend.status(made.sessionId)) === "completed");
			await expect(backend.sendInput(made.sessionId, "x")).rejects.toMatchObject({ code: "closed" });
			await expect(backend.interrupt(made.sessionId)).rejects.toMatchObject({ code: "closed" });
			await expect(backend.open("nobody", { onData: () => undefined, onEnd: () => undefined })).rejects.toMatchObject({
				code: "not_found",
			});
			await expect(backend.isIdle(made.sessionId)).rejects.toMatchObject({ code: "unavailable" });
			await expect(backend.checkApproval(made.sessionId)).rejects.toMatchObject({ code: "unavailable" });
			await expect(backend.approve("nobody")).rejects.toMatchObject({ code: "not_found" });
		});

		it("passes every byte of keystrokes on, in order", async () => {
			const every = Buffer.from(Array.from({ length: 4096 }, (_, index) => index & 0xff));
			const opened = await lab.run(lab.reader(every.length));
			await until(() => opened.text().includes("ready"));
			for (let at = 0; at < every.length; at += 37) opened.source.write(every.subarray(at, at + 37));
			await opened.end;
			expect(lab.bytesRead().equals(every)).toBe(true);
		});

		it("takes a paste of a megabyte without losing a byte or holding up the loop", async () => {
			const text = "0123456789abcdef".repeat(65_536);
			const opened = await lab.run(
				lab.shell(
					`stty raw -echo; printf ready; sleep 0.3; head -c ${text.length} | cksum > "${lab.root}/read"; head -c 1 > /dev/null`,
				),
			);
			await until(() => opened.text().includes("ready"));
			let worst = 0;
			let last = performance.now();
			const timer = setInterval(() => {
				worst = Math.max(worst, performance.now() - last);
				last = performance.now();
			}, 5);
			await opened.source.paste(text);
			opened.source.write(Buffer.from("."));
			await opened.end;
			clearInterval(timer);
			expect(lab.bytesRead().toString()).toBe(execFileSync("cksum", { input: text }).toString());
			expect(worst).toBeLessThan(500);
		}, 30_000);

		it("sends a person's paste as terminals do: CR for line ends, nothing that ends it early", async () => {
			const expected = Buffer.from("\x1b[200~a\rb[201~c\x1b[201~");
			const opened = await lab.run(lab.reader(expected.length, "printf '\\033[?2004h';"));
			await until(() => opened.text().includes("ready"));
			await opened.source.paste("a\r\nb\x1b[201~c");
			await opened.end;
			expect(lab.bytesRead().toString()).toBe(expected.toString());
		});
	});
});
