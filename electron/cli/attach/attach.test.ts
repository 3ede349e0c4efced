import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import headless from "@xterm/headless";
import { type IPty, spawn } from "node-pty";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { encodeFrame, encodeJsonFrame, type Frame, frameText } from "../../../shared/frames.ts";
import { CliFixture, cliArgv } from "../cli-fixture.ts";
import { ScriptedHub } from "./scripted-hub.ts";

const cli = new CliFixture();
const slowMs = 60_000;
const waitMs = 15_000;
const detachKeys = "\x1c\x1c";

/** A user's terminal: a shell in a pty, drawn by a real terminal that answers queries. */
class User {
	readonly pty: IPty;
	readonly #screen = new headless.Terminal({ cols: 90, rows: 30, allowProposedApi: true, logLevel: "off" });
	/** Everything that was drawn. */
	raw = "";
	readonly ended: Promise<number>;

	constructor(command: string) {
		this.pty = spawn("sh", ["-c", command], {
			cols: 90,
			rows: 30,
			cwd: cli.home,
			env: { ...cli.env, PATH: process.env.PATH, TERM: "xterm-256color" },
		});
		this.pty.onData((text) => {
			this.raw += text;
			this.#screen.write(text);
		});
		this.#screen.onData((text) => this.pty.write(text));
		this.ended = new Promise((done) => this.pty.onExit(({ exitCode }) => done(exitCode)));
	}

	get text(): string {
		const { active } = this.#screen.buffer;
		return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "").join("\n");
	}

	shows(what: string | RegExp): Promise<void> {
		return expect.poll(() => this.text, { timeout: waitMs }).toMatch(what);
	}
}

const users: User[] = [];
function attach(after = "", home = cli.home): User {
	const user = new User(`CLAWMUX_HOME='${home}' '${cliArgv.join("' '")}' attach sky; echo "ended with $?"; ${after}`);
	users.push(user);
	return user;
}

/** A program that shows what it is typed, byte by byte, and keeps it. */
const keysFile = join(cli.home, "keys");
const showKeys = `process.stdin.setRawMode(true); process.stdout.write(process.env.FIRST ?? "");
process.stdin.on("data", (d) => { require("fs").appendFileSync(process.env.KEYS, d); process.stdout.write(JSON.stringify(d.toString()) + "\\r\\n") });
process.stdout.on("resize", () => process.stdout.write("size " + process.stdout.columns + "x" + process.stdout.rows + "\\r\\n"))`;
function spawnKeys(first: string): Promise<unknown> {
	const env = ["/usr/bin/env", `FIRST=${first}`, `KEYS=${keysFile}`];
	return cli.json("spawn", "sky", "--backend", "pty", "--", ...env, process.execPath, "-e", showKeys);
}
const keys = (): string => (existsSync(keysFile) ? readFileSync(keysFile, "utf8") : "");

beforeAll(async () => {
	expect((await cli.run(["start"])).err).toBe("");
}, slowMs);
beforeEach(() => cli.run(["kill", "sky"]), slowMs);
afterEach(() => {
	for (const user of users.splice(0)) user.pty.kill("SIGKILL");
});
afterAll(() => cli.dispose(), slowMs);

describe("attach", () => {
	test(
		"paints what was there, types, follows the size, and detaches with the terminal as it was",
		async () => {
			await spawnKeys("\x1b[31mearlier output\x1b[0m\r\n\x1b[?1003h\x1b[?2004h");
			const user = attach("stty -a | tr ';' '\\n'");
			await user.shows("earlier output");
			user.pty.write("hé");
			await user.shows('"hé"');
			user.pty.resize(70, 20);
			await user.shows("size 70x20");
			user.pty.write("\x1cx");
			await user.shows('"\\u001cx"');
			user.pty.write(detachKeys);
			await user.shows("Detached from Sky");
			await user.shows("ended with 0");
			expect(await user.ended).toBe(0);
			expect(user.raw).toMatch(/[^-]icanon/);
			expect(user.raw).toMatch(/[^-]echo\b/);
			const restored = user.raw.slice(user.raw.lastIndexOf("size 70x20"));
			expect(restored).toContain("\x1b[?1003l");
			expect(restored).toContain("\x1b[?2004l");
			expect(await cli.json("status", "sky")).toMatchObject({ state: "running" });
			expect(keys()).toBe("hé\x1cx");
		},
		slowMs,
	);

	test(
		"starts an agent that is not running",
		async () => {
			const user = attach();
			user.pty.write("k");
			await user.shows('"k"');
			expect(await cli.json("status", "sky")).toMatchObject({ state: "running" });
			user.pty.write(detachKeys);
			expect(await user.ended).toBe(0);
		},
		slowMs,
	);

	test(
		"lets no answer to a snapshot reach the agent, and tells an answer to live output from keys",
		async () => {
			const seen: Frame[] = [];
			let viewer: WebSocket | undefined;
			const hub = new ScriptedHub((socket, frame) => {
				viewer = socket;
				seen.push(frame);
				if (frame.kind !== "attach") return;
				const attached = { agentId: "af_sky", sessionId: "sky", epoch: "e", cols: 90, rows: 30 };
				const snapshot = Buffer.from("\x1b[c\x1b[6n\x1b[5nasked before");
				socket.send(encodeJsonFrame("reset", 1, attached, 100));
				socket.send(encodeFrame("snapshot", 1, 0, snapshot));
				socket.send(encodeFrame("snapshotEnd", 1, snapshot.byteLength));
			});
			await hub.listen();
			const user = attach("", hub.home);
			await user.shows("asked before");
			// Only now is it known that the terminal has answered everything it was asked by the snapshot.
			user.pty.write("k");
			await expect.poll(() => seen.some((frame) => frame.kind === "input"), { timeout: waitMs }).toBe(true);
			viewer?.send(encodeFrame("output", 1, 100, Buffer.from("\x1b[2;5H\x1b[6n")));
			await expect.poll(() => seen.some((frame) => frame.kind === "answer"), { timeout: waitMs }).toBe(true);
			user.pty.write(detachKeys);
			expect(await user.ended).toBe(0);
			const typed = seen
				.filter(({ kind }) => kind === "input" || kind === "answer")
				.map((frame) => [frame.kind, frame.offset, frameText(frame)]);
			expect(typed).toEqual([
				["input", 0, "k"],
				["answer", 110, "\x1b[2;5R"],
			]);
			expect(seen.filter(({ kind }) => kind === "ackSnapshot").at(-1)?.offset).toBe(23);
			expect(seen.at(-1)?.kind).toBe("detach");
			await hub.close();
		},
		slowMs,
	);

	test(
		"ends with the session, and says how it ended",
		async () => {
			await cli.json("spawn", "sky", "--backend", "pty", "--", "/bin/sh", "-c", "echo ready; read x; echo last words; exit 3");
			const user = attach();
			await user.shows("ready");
			user.pty.write("\r");
			await user.shows("last words");
			await user.shows("Sky has ended");
			await user.shows("ended with 0");
		},
		slowMs,
	);

	test(
		"gives the terminal back on SIGTERM",
		async () => {
			await spawnKeys("here I am\r\n\x1b[?1049h\x1b[?25l");
			const own = new User(`exec '${cliArgv.join("' '")}' attach sky`);
			users.push(own);
			await expect.poll(() => own.raw, { timeout: waitMs }).toContain("\x1b[?1049h");
			process.kill(own.pty.pid, "SIGTERM");
			expect(await own.ended).toBe(143);
			const leaves = own.raw.lastIndexOf("\x1b[?1049l");
			expect(leaves).toBeGreaterThan(own.raw.lastIndexOf("\x1b[?1049h"));
			expect(own.raw.slice(leaves)).toContain("\x1b[?25h");
		},
		slowMs,
	);

	test(
		"gives the terminal back when the hub is killed, and says so",
		async () => {
			await spawnKeys("here I am");
			const user = attach("stty -a | tr ';' '\\n'");
			await user.shows("here I am");
			process.kill(cli.hubPid, "SIGKILL");
			await user.shows("clawmux: The ClawMux hub closed the terminal of Sky.");
			await user.shows("ended with 1");
			expect(await user.ended).toBe(0);
			expect(user.raw).toMatch(/[^-]icanon/);
			expect((await cli.run(["start"])).code).toBe(0);
		},
		slowMs,
	);
});
