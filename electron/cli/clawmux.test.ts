import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CliFixture, cliArgv } from "./cli-fixture.ts";
import { processLives } from "./hosting/process-lives.ts";

const cli = new CliFixture();
/** Starting a hub from source takes a while on a busy machine. */
const slowMs = 60_000;

interface AgentJson {
	id: string;
	project: string | null;
	role: string | null;
	area: string;
	state: string;
	sessionId: string | null;
}

beforeAll(async () => {
	expect((await cli.run(["start"])).code).toBe(0);
}, slowMs);
afterAll(() => cli.dispose(), slowMs);

const agent = async (id: string): Promise<AgentJson> => {
	const found = (await cli.json<AgentJson[]>("agents")).find((one) => one.id === id);
	if (!found) throw new Error(`no agent ${id}`);
	return found;
};

describe("against a running hub", () => {
	test("start and status say the same of it", async () => {
		const started = await cli.run(["start", "--port", "0"]);
		const { hub, agents } = await cli.json<{ hub: Record<string, unknown>; agents: unknown }>("status");
		expect(started).toEqual({ code: 0, out: `ClawMux is running at ${hub.url}, pid ${hub.pid}\n`, err: "" });
		expect(Object.keys(hub)).toEqual(["pid", "version", "home", "url", "startedAt"]);
		expect([hub.pid, hub.home, agents]).toEqual([cli.hubPid, cli.home, { total: 27, live: 0 }]);
	});

	test("agents --json has the promised fields in the promised order", async () => {
		const agents = await cli.json<AgentJson[]>("agents");
		expect(agents).toHaveLength(27);
		for (const one of agents)
			expect(Object.keys(one).join(" ")).toBe(
				"id name colour project role area task backend program model effort state sessionId workDir lastActiveAt",
			);
		const { out } = await cli.run(["agents"]);
		expect(out).toMatch(/^AGENT +ID +PROJECT +STATE/);
		expect(out.trimEnd().split("\n")).toHaveLength(28);
		expect(out).not.toContain("\x1b");
	});

	test(
		"projects are made, listed, renamed and deleted, and agents move between them",
		async () => {
			expect(await cli.json("project", "create", "Alpha One", "--folder", cli.home)).toMatchObject({
				slug: "alpha-one",
				folder: cli.home,
			});
			expect(await cli.json("assign", "SKY", "--project", "alpha ONE", "--role", "lead", "--area", "api")).toMatchObject({
				project: "alpha-one",
				role: "lead",
				area: "api",
			});
			expect(await cli.json("project", "rename", "alpha-one", "Beta")).toMatchObject({ slug: "alpha-one", name: "Beta" });
			expect((await cli.run(["project", "list"])).out).toMatch(/alpha-one +Beta +1 /);
			expect((await cli.run(["assign", "af_sky", "--project", "none"])).out).toBe("Sky is in no project.\n");
			expect((await agent("af_sky")).project).toBeNull();
			await cli.run(["assign", "af_sky", "--project", "beta"]);
			expect((await cli.run(["project", "delete", "beta"])).code).toBe(0);
			expect([await cli.json("project", "list"), (await agent("af_sky")).project]).toEqual([[], null]);
		},
		slowMs,
	);

	test("agents are added, renamed and deleted; a name that two have is no name", async () => {
		expect(await cli.json("agents", "create", "two", "--name", "Sky", "--colour", "#102030")).toMatchObject({
			id: "two",
			colour: "#102030",
		});
		const refused = await cli.run(["agents", "rename", "sky", "X"]);
		expect([refused.code, refused.err]).toEqual([
			1,
			'clawmux: Several agents are named "sky": af_sky, two. Say which by its id.\n',
		]);
		expect(await cli.json("agents", "rename", "two", "Second")).toMatchObject({ id: "two", name: "Second" });
		expect((await cli.run(["agents", "delete", "second"])).code).toBe(0);
		expect(await cli.json("agents")).toHaveLength(27);
	});

	test("spawn starts any command line, input types into it, kill ends it", async () => {
		const file = join(cli.home, "read");
		const script = `read line; printf %s "$line" >"${file}"; exec /bin/cat`;
		const session = await cli.json<{ live: boolean; argv: string[] }>(
			"spawn",
			"sky",
			"--backend",
			"pty",
			"--dir",
			cli.home,
			"--",
			"/bin/sh",
			"-c",
			script,
		);
		expect(session).toMatchObject({ live: true, backend: "pty", program: "generic", workDir: cli.home });
		expect(await cli.json("status", "Sky")).toMatchObject({ id: "af_sky", state: "running" });
		expect((await cli.run(["input", "sky", "-"], { input: "hello; $(world) 😀\n" })).code).toBe(0);
		await expect.poll(() => existsSync(file) && readFileSync(file, "utf8")).toBe("hello; $(world) 😀");
		expect((await cli.run(["interrupt", "sky"])).code).toBe(0);
		expect((await cli.run(["kill", "sky"])).code).toBe(0);
		expect((await agent("af_sky")).state).not.toBe("running");
		expect((await cli.run(["kill", "sky"])).out).toBe("Sky was not running.\n");
	});

	test("an agent that cannot start is left as it was", async () => {
		const before = await cli.json("status", "am_adam");
		const refused = await cli.run(["spawn", "adam", "--dir", "/no/such/folder", "--", "true"]);
		expect(refused.code).toBe(1);
		expect(refused.err).toMatch(/^clawmux: .*\/no\/such\/folder.*\n$/);
		expect((await cli.run(["spawn", "adam", "--backend", "nope"])).err).toMatch(/nope/);
		const ignored = { evidence: null, stateSince: null, state: null };
		expect({ ...(await cli.json<object>("status", "am_adam")), ...ignored }).toEqual({ ...(before as object), ...ignored });
	});

	test("open prints an address where there is no display, each time another", async () => {
		const [one, two] = [await cli.run(["open"]), await cli.run(["open", "sky"])];
		expect(one.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#ticket=[\w-]+\n$/);
		expect(two.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#ticket=[\w-]+&agent=af_sky\n$/);
	});

	test("status --watch shows every change, and nothing twice", async () => {
		const [node, ...argv] = cliArgv;
		const child = spawn(node, [...argv, "status", "--watch", "--json"], { env: cli.env });
		let out = "";
		child.stdout.on("data", (text) => {
			out += text;
		});
		const totals = () =>
			out
				.trim()
				.split("\n")
				.filter(Boolean)
				.map((line) => JSON.parse(line).agents.total);
		await expect.poll(totals, { timeout: 5_000 }).toEqual([27]);
		await cli.run(["agents", "create", "watched"]);
		await expect.poll(totals, { timeout: 5_000 }).toEqual([27, 28]);
		await cli.run(["agents", "rename", "watched", "No Difference"]);
		await cli.run(["agents", "delete", "watched"]);
		await expect.poll(totals, { timeout: 5_000 }).toEqual([27, 28, 27]);
		const ended = new Promise((done) => child.once("exit", done));
		child.kill();
		await ended;
	});

	test("every failure is one sentence on standard error; wrong usage ends with 2, all else with 1", async () => {
		for (const [line, code] of [
			[["status", "nobody"], 1],
			[["assign", "sky", "--project", "nope"], 1],
			[["assign", "sky"], 2],
			[["start", "--port", "x"], 2],
			[["frobnicate"], 2],
			[["attach", "sky"], 1],
		] as const) {
			const ran = await cli.run([...line]);
			expect([line, ran.code, ran.out]).toEqual([line, code, ""]);
			expect(ran.err).toMatch(/^clawmux: [^\n]+\n$/);
		}
	});
});

describe("the hub's life", () => {
	test("50 starts at once, after a kill -9, give one hub; stop ends it", async () => {
		const before = cli.hubPid;
		process.kill(before, "SIGKILL");
		const started = await Promise.all(Array.from({ length: 50 }, () => cli.run(["start"])));
		expect(new Set(started.map(({ code, out, err }) => `${code} ${out}${err}`))).toEqual(new Set([`0 ${started[0]?.out}`]));
		const { hubPid } = cli;
		expect(started[0]?.out).toContain(`pid ${hubPid}`);
		expect(hubPid).not.toBe(before);
		expect((await cli.run(["stop"])).out).toBe(`The ClawMux hub (pid ${hubPid}) has stopped.\n`);
		expect(processLives(hubPid)).toBe(false);
		const asked = await cli.run(["agents"]);
		expect(asked).toEqual({
			code: 1,
			out: "",
			err: `clawmux: No ClawMux hub is running for ${cli.home}. Start it with \`clawmux start\`.\n`,
		});
		expect((await cli.run(["stop"])).code).toBe(0);
	}, 120_000);

	test(
		"an error that reaches nobody is logged and ends nothing",
		async () => {
			const fault =
				"process.on('SIGUSR2', () => { Promise.reject(new Error('unheard rejection')); throw new Error('unheard error'); })";
			const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
			expect((await cli.run(["start"], { env })).code).toBe(0);
			const { hubPid } = cli;
			process.kill(hubPid, "SIGUSR2");
			const log = () => readFileSync(join(cli.home, "logs", "hub.log"), "utf8");
			for (const fault of ["unheard rejection", "unheard error"]) await expect.poll(log).toContain(fault);
			expect(await cli.json("status")).toMatchObject({ hub: { pid: hubPid } });
			expect((await cli.run(["stop"])).code).toBe(0);
		},
		slowMs,
	);

	test("the hub's process refuses what is no port, with exit code 2", async () => {
		const hub = spawn(process.execPath, [join(import.meta.dirname, "hub-process.ts"), "--port", "x"], { env: cli.env });
		let err = "";
		hub.stderr.on("data", (text) => {
			err += text;
		});
		const code = await new Promise((done) => hub.once("close", done));
		expect([code, err]).toEqual([2, expect.stringMatching(/^clawmux: "x" is no port: [^\n]+\n$/)]);
	});

	test(
		"a port that is taken is an error that says so, at once",
		async () => {
			const other = createServer().listen(0, "127.0.0.1");
			await new Promise((done) => other.once("listening", done));
			const { port } = other.address() as { port: number };
			const refused = await cli.run(["start", "--port", String(port)]);
			expect(refused.code).toBe(1);
			expect(refused.err).toContain(`Port ${port}`);
			await new Promise((done) => other.close(done));
		},
		slowMs,
	);

	test(
		"a start that was cut off holds up nobody",
		async () => {
			writeFileSync(join(cli.home, "run", "starting"), "999999999");
			expect((await cli.run(["start"])).code).toBe(0);
			await cli.run(["stop"]);
		},
		slowMs,
	);

	test(
		"in the foreground it logs to standard error and ends cleanly with a signal",
		async () => {
			const [node, ...argv] = cliArgv;
			for (const signal of ["SIGINT", "SIGTERM"] as const) {
				const child = spawn(node, [...argv, "start", "--foreground"], { env: cli.env });
				let [out, err] = ["", ""];
				child.stdout.on("data", (text) => {
					out += text;
				});
				child.stderr.on("data", (text) => {
					err += text;
				});
				await expect
					.poll(() => out, { timeout: 20_000 })
					.toMatch(new RegExp(`^ClawMux is running at http://127.0.0.1:\\d+, pid ${child.pid}\n$`));
				expect((await cli.run(["status"])).out).toContain(`pid ${child.pid}`);
				const ended = new Promise((done) => child.once("exit", (code) => done(code)));
				child.kill(signal);
				expect(await ended).toBe(0);
				expect(err).toContain("the hub has ended");
				expect((await cli.run(["status"])).code).toBe(1);
			}
		},
		slowMs,
	);
});
