import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import headless from "@xterm/headless";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { homePaths } from "../../home.ts";
import { silentLog } from "../../log.ts";
import { resourcePath } from "../../resources.ts";
import { createRequest, open, until } from "./session-probe.ts";
import { TmuxBackend } from "./tmux.ts";

/** Everything a person could see or a key could depend on. */
async function draw(bytes: Uint8Array): Promise<unknown> {
	const terminal = new headless.Terminal({ cols: 80, rows: 24, scrollback: 10_000, allowProposedApi: true, logLevel: "off" });
	await new Promise<void>((resolve) => terminal.write(bytes, resolve));
	const buffer = terminal.buffer.active;
	const text = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true));
	const state = { text, x: buffer.cursorX, y: buffer.cursorY, type: buffer.type, modes: { ...terminal.modes } };
	terminal.dispose();
	return state;
}

describe("what only the tmux backend must do", () => {
	let root: string;
	const made: TmuxBackend[] = [];
	const backend = () => {
		const one = new TmuxBackend({ home: homePaths(root), log: silentLog, configFile: resourcePath("tmux.conf") });
		made.push(one);
		return one;
	};
	const serverPid = () => (JSON.parse(readFileSync(join(root, "run", "tmux-server.json"), "utf8")) as { pid: number }).pid;
	const tmux = (...args: string[]) =>
		execFileSync("tmux", ["-L", `clawmux-${homePaths(root).key}`, ...args], { encoding: "utf8" });
	const shell = (sessionId: string, script: string) => createRequest(sessionId, ["sh", "-c", script], root);

	beforeEach(() => {
		root = realpathSync(mkdtempSync(join(tmpdir(), "clawmux-tmux-")));
	});
	afterEach(async () => {
		for (const one of made.splice(0)) await one.dispose();
		try {
			tmux("kill-server");
		} catch (error) {
			// The test ended it itself.
			expect(String(error)).toMatch(/no server running|error connecting|lost server/);
		}
		rmSync(root, { recursive: true, force: true });
	});

	it("adopts a session with its scrollback, modes, cursor and owner after the hub is gone", async () => {
		const first = backend();
		await first.create(shell("sky", "seq 200; printf '\\033[?2004h\\033[?1000h\\033[31mred'; read x; echo got $x; sleep 60"));
		const before = await open(first, "sky");
		await until(() => before.text().includes("red"));
		await until(() => tmux("show-options", "-q", "-t", "=sky:", "@clawmux-modes").includes("2004"));
		await first.dispose();
		const second = backend();
		expect(await second.list()).toEqual([
			expect.objectContaining({ sessionId: "sky", agentId: "af_sky", live: true, workDir: root }),
		]);
		const after = await open(second, "sky");
		expect(after.source).toMatchObject({ cols: 80, rows: 24 });
		expect(await draw(after.source.snapshot)).toEqual(await draw(before.bytes()));
		await second.sendInput("sky", "hello");
		await until(() => after.text().includes("got"));
		await second.kill("sky");
		expect(await after.end).toMatchObject({ exitSignal: "SIGKILL" });
	});

	it("draws a full-screen program with the screen below it", async () => {
		const first = backend();
		const screen = "\\033[?1049h\\033[2J\\033[3;20r\\033[?1h\\033[?1002h\\033[?1006h\\033[?25l\\033[5;10Htui \\344\\270\\255";
		await first.create(shell("sky", `seq 60; printf '${screen}'; sleep 60`));
		const before = await open(first, "sky");
		await until(() => before.text().endsWith("tui 中"));
		await first.dispose();
		const after = await open(backend(), "sky");
		const leave = Buffer.from("\x1b[?1049l");
		expect(await draw(after.source.snapshot)).toEqual(await draw(before.bytes()));
		const [left, twin] = [after.source.snapshot, before.bytes()].map((bytes) => draw(Buffer.concat([bytes, leave])));
		expect(await left).toEqual(await twin);
	});

	it("shows only what carries this home's tag", async () => {
		const one = backend();
		await one.create(shell("ours", "sleep 60"));
		tmux("new-session", "-d", "-s", "theirs", "sleep 60");
		expect((await one.list()).map(({ sessionId }) => sessionId)).toEqual(["ours"]);
		await one.kill("theirs");
		expect(tmux("list-sessions", "-F", "#{session_name}")).toContain("theirs");
		await expect(one.create(shell("theirs", "sleep 60"))).rejects.toMatchObject({ code: "conflict" });
	});

	it("tells within a second that the server was killed, and starts another", async () => {
		const one = backend();
		await one.create(shell("sky", "sleep 60"));
		const opened = await open(one, "sky");
		const killed = performance.now();
		process.kill(serverPid(), "SIGKILL");
		expect(await opened.end).toMatchObject({ exitCode: null, reason: expect.stringContaining("server ended") });
		expect(performance.now() - killed).toBeLessThan(1000);
		expect(await one.list()).toEqual([]);
		await one.create(shell("sky", "sleep 60"));
		expect(await one.status("sky")).toBe("running");
	});

	it("tells within a second that a session was ended from outside", async () => {
		const one = backend();
		await one.create(shell("sky", "sleep 60"));
		const opened = await open(one, "sky");
		const killed = performance.now();
		tmux("kill-session", "-t", "=sky");
		expect(await opened.end).toMatchObject({ reason: expect.stringContaining("outside") });
		expect(performance.now() - killed).toBeLessThan(1000);
	});

	it("reaches a living server whose socket was deleted", async () => {
		const first = backend();
		await first.create(shell("sky", "sleep 60"));
		await first.dispose();
		const socket = join("/tmp", `tmux-${userInfo().uid}`, `clawmux-${homePaths(root).key}`);
		rmSync(socket);
		expect(await backend().list()).toHaveLength(1);
		expect(existsSync(socket)).toBe(true);
	});

	it("connects again when its control client is killed", async () => {
		const one = backend();
		await one.create(shell("sky", "echo ready; read x; echo got; exit 6"));
		const opened = await open(one, "sky");
		const client = Number(tmux("list-clients", "-F", "#{client_pid}"));
		process.kill(client, "SIGKILL");
		await until(() => !tmux("list-clients", "-F", "#{client_pid}").includes(String(client)));
		await one.sendInput("sky", "go");
		expect(await opened.end).toMatchObject({ exitCode: 6 });
	});

	it("types nothing into a pane where somebody reads back", async () => {
		const one = backend();
		await one.create(shell("sky", "cat"));
		tmux("copy-mode", "-t", "=sky:");
		expect(await one.sendInput("sky", "hello")).toMatchObject({ accepted: false, note: expect.stringContaining("copy mode") });
		tmux("copy-mode", "-q", "-t", "=sky:");
		expect(await one.sendInput("sky", "hello")).toMatchObject({ accepted: true });
	});

	it("leaves no copier and no descriptor behind", async () => {
		const one = backend();
		const descriptors = () =>
			execFileSync("ls", [`/proc/${process.pid}/fd`], { encoding: "utf8" })
				.trim()
				.split("\n").length;
		await one.create(shell("warm", "sleep 60"));
		const before = descriptors();
		for (let round = 0; round < 20; round += 1) {
			await one.create(shell("sky", "echo hi; sleep 60"));
			const opened = await open(one, "sky");
			await one.kill("sky");
			await opened.end;
		}
		await until(() => descriptors() <= before);
		const copiers = execFileSync("ps", ["--ppid", String(serverPid()), "-o", "args="], { encoding: "utf8" });
		expect(copiers.match(/^cat$/gm)).toHaveLength(1);
	});
});
