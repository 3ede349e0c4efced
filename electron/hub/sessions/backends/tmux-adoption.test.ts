import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { homePaths } from "../../home.ts";
import { silentLog } from "../../log.ts";
import { resourcePath } from "../../resources.ts";
import { isAlive, type ProcessIdentity } from "./processes/process-rows.ts";
import { createRequest, open, until } from "./session-probe.ts";
import { TmuxBackend } from "./tmux.ts";

let root: string;
const made: TmuxBackend[] = [];
const backend = () => {
	const one = new TmuxBackend({ home: homePaths(root), log: silentLog, configFile: resourcePath("tmux.conf") });
	made.push(one);
	return one;
};
const socketName = () => `clawmux-${homePaths(root).key}`;
const socket = () => join("/tmp", `tmux-${userInfo().uid}`, socketName());
const server = () => JSON.parse(readFileSync(join(root, "run", "tmux-server.json"), "utf8")) as ProcessIdentity;
const tmux = (...args: string[]) => execFileSync("tmux", ["-L", socketName(), ...args], { encoding: "utf8" });
const shell = (sessionId: string, script: string) => createRequest(sessionId, ["sh", "-c", script], root);

beforeEach(() => {
	root = realpathSync(mkdtempSync(join(tmpdir(), "clawmux-adoption-")));
});
afterEach(async () => {
	for (const one of made.splice(0)) {
		for (const { sessionId } of await one.list()) await one.kill(sessionId);
		await one.dispose();
	}
	if (existsSync(socket())) tmux("kill-server");
	rmSync(root, { recursive: true, force: true });
});

it("opens fifty sessions of the hub before within a second, and hears each", async () => {
	const first = backend();
	const ids = Array.from({ length: 50 }, (_, index) => `s${index}`);
	await Promise.all(ids.map((id) => first.create(shell(id, "read line; echo heard $line; sleep 60"))));
	await first.dispose();
	const second = backend();
	await second.list();
	const asked = performance.now();
	const opened = await Promise.all(ids.map((id) => open(second, id)));
	const tookMs = performance.now() - asked;
	for (const { source } of opened) source.write(Buffer.from("me\r"));
	await until(() => opened.every((one) => one.text().includes("heard me")));
	expect(tookMs).toBeLessThan(1000);
}, 60_000);

it("can open a session again whose terminal could not be opened, and tells its end then", async () => {
	const first = backend();
	await first.create(shell("sky", "read line; exit 7"));
	await first.dispose();
	const second = backend();
	// No folder for the pipe can be made where a file is.
	const pipes = join(root, "run", "output");
	rmSync(pipes, { recursive: true });
	writeFileSync(pipes, "");
	await expect(open(second, "sky")).rejects.toThrow(/EEXIST|ENOTDIR/);
	await second.sendInput("sky", "go");
	await until(async () => (await second.status("sky")) === "failed");
	rmSync(pipes);
	expect(await (await open(second, "sky")).end).toMatchObject({ exitCode: 7 });
});

it("refuses to open a session that is being opened", async () => {
	const first = backend();
	await first.create(shell("sky", "sleep 60"));
	await first.dispose();
	const second = backend();
	const results = await Promise.allSettled(Array.from({ length: 4 }, () => open(second, "sky")));
	expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
});

it("ends a server that holds nothing, and takes its socket away", async () => {
	const one = backend();
	await one.create(shell("sky", "sleep 60"));
	await one.kill("sky");
	const known = server();
	await one.dispose();
	expect(isAlive(known)).toBe(false);
	expect(existsSync(socket())).toBe(false);
});

it("leaves a server that holds one session of somebody else", async () => {
	const one = backend();
	await one.create(shell("sky", "sleep 60"));
	tmux("new-session", "-d", "-s", "theirs", "sleep 60");
	await one.kill("sky");
	// A control client that was lost has taken its own session along.
	tmux("kill-session", "-t", "=_hub");
	await one.dispose();
	expect(tmux("list-sessions", "-F", "#{session_name}")).toContain("theirs");
});
