import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CliFixture, cliArgv } from "../cli-fixture.ts";

const cli = new CliFixture();
const socket = join(cli.home, "run", "hub.sock");
const env = { CLAWMUX_AGENT_ID: "af_sky", CLAWMUX_SESSION_SECRET: "s3cret", CLAWMUX_SOCKET: socket };
const nothing = { code: 0, out: "", err: "" };

let server: Server;
let answers = true;
let got: { url?: string; headers: IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
	mkdirSync(join(cli.home, "run"));
	server = createServer((request, response) => {
		let body = "";
		request.setEncoding("utf8").on("data", (text) => {
			body += text;
		});
		request.on("end", () => {
			got.push({ url: request.url, headers: request.headers, body });
			if (answers) response.writeHead(200).end('{"decision":"block"}');
		});
	});
	await new Promise<void>((done) => server.listen(socket, done));
});
beforeEach(() => {
	answers = true;
	got = [];
});
afterAll(async () => {
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
	await cli.dispose();
});

test("hands over what the agent said, whole, and who said it, and prints nothing", async () => {
	const event = JSON.stringify({ hook_event_name: "Stop", text: "é😀".repeat(100_000) });
	expect(await cli.run(["hook"], { input: event, env })).toEqual(nothing);
	expect(got).toHaveLength(1);
	expect([got[0]?.url, got[0]?.body === event]).toEqual(["/hooks", true]);
	expect(got[0]?.headers).toMatchObject({ "clawmux-agent": "af_sky", "clawmux-session": "s3cret" });
});

test("says nothing outside a session, and without anything to say", async () => {
	expect(await cli.run(["hook"], { input: "{}", env: { ...env, CLAWMUX_SESSION_SECRET: "" } })).toEqual(nothing);
	expect(await cli.run(["hook"], { input: "", env })).toEqual(nothing);
	expect(got).toEqual([]);
});

test("never breaks or holds up an agent: no hub, one that is stuck, input that does not end", async () => {
	expect(await cli.run(["hook"], { input: "{}", env: { ...env, CLAWMUX_SOCKET: join(cli.home, "none.sock") } })).toEqual(nothing);
	answers = false;
	const began = performance.now();
	expect(await cli.run(["hook"], { input: "{}", env })).toEqual(nothing);
	const [node, ...argv] = cliArgv;
	const child = spawn(node, [...argv, "hook"], { env: { ...cli.env, ...env }, stdio: ["pipe", "ignore", "ignore"] });
	expect(await new Promise((done) => child.once("exit", done))).toBe(0);
	// Three times half a second of patience, and the time a busy machine takes to start Node.
	expect(performance.now() - began).toBeLessThan(6_000);
}, 20_000);
