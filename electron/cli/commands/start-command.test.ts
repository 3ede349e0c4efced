import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { CliFixture } from "../cli-fixture.ts";
import { version } from "../version.ts";

const cli = new CliFixture();
afterEach(() => cli.dispose());

test("says in one line that the hub which runs is of another version", async () => {
	const hub = { pid: 4711, version: "0.0.1", home: cli.home, url: "http://127.0.0.1:9", startedAt: 0 };
	const server = createServer((_, answer) => {
		answer.setHeader("content-type", "application/json");
		answer.end(JSON.stringify({ json: { hub, agents: { total: 0, live: 0 } } }));
	});
	mkdirSync(join(cli.home, "run"));
	await new Promise<void>((done) => server.listen(join(cli.home, "run", "hub.sock"), done));
	const started = await cli.run(["start"]);
	expect(started).toMatchObject({ code: 0, out: "ClawMux is running at http://127.0.0.1:9, pid 4711\n" });
	expect(started.err).toMatch(/^clawmux: [^\n]+\n$/);
	expect(started.err).toContain("0.0.1");
	expect(started.err).toContain(version);
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
});
