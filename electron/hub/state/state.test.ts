import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type HomePaths, homePaths } from "../home.ts";
import { silentLog } from "../log.ts";
import { AgentRepository } from "./agent-repository.ts";
import { AgentsSnapshot } from "./agents-snapshot.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { newAgent, openState } from "./state.ts";

let paths: HomePaths;

beforeEach(() => {
	paths = homePaths(mkdtempSync(join(tmpdir(), "clawmux-state-")));
});

afterEach(() => rmSync(paths.home, { recursive: true, force: true }));

function writeSnapshot(): void {
	const state = openState(paths, silentLog);
	new AgentsSnapshot(
		paths.agentsSnapshot,
		() => ({ projects: state.projects.all(), agents: state.agents.all() }),
		silentLog,
	).flush();
	state.close();
}

describe("a new home", () => {
	test("has the 27 default agents in their order, with colours", () => {
		const state = openState(paths, silentLog);
		const agents = state.agents.all();
		state.close();
		expect(agents).toHaveLength(27);
		expect(agents[0]).toMatchObject({ id: "af_sky", name: "Sky", colour: "#3a86ff", sessionName: "sky", state: "stopped" });
		expect(agents[26]).toMatchObject({ id: "bm_lewis", name: "Lewis", colour: "#bcaaa4" });
		expect(new Set(agents.map((agent) => agent.sessionName)).size).toBe(27);
	});
});

describe("what is stored", () => {
	test("every column of every noun survives reopening", () => {
		const first = openState(paths, silentLog);
		const project = { slug: "web", name: "Web", folder: "/tmp", order: 3, createdAt: 17 };
		first.projects.save(project);
		const agent = {
			...newAgent({ id: "bot", name: "Bot", colour: "#123456", order: 99, sessionName: "bot" }, 5),
			project: "web",
			role: "manager",
			area: "docs",
			task: "write",
			backend: "pty",
			program: "generic",
			argv: ["sh", "-c", "echo hi"],
			model: "opus",
			effort: "high" as const,
			permissionMode: "plan" as const,
			folder: "/srv",
			hidden: true,
			resumeId: "r-1",
			state: "working" as const,
			stateSince: 6,
			evidence: { source: "hook" as const, at: 7, reason: "UserPromptSubmit" },
			lastActiveAt: 8,
		};
		first.agents.save(agent);
		const session = {
			agentId: "bot",
			sessionId: "bot",
			backend: "pty",
			program: "generic",
			argv: ["sh"],
			workDir: "/srv",
			pid: 12,
			resumeId: "r-1",
			secret: "s",
			live: true,
			startedAt: 9,
			endedAt: null,
			exitCode: null,
			endReason: null,
		};
		first.sessions.save(session);
		first.settings.update({ theme: "dark", port: 4000 });
		first.close();

		const again = openState(paths, silentLog);
		expect(again.projects.all()).toEqual([project]);
		expect(again.agents.all().find(({ id }) => id === "bot")).toEqual(agent);
		expect(again.sessions.all()).toEqual([session]);
		expect(again.settings.get()).toMatchObject({ theme: "dark", port: 4000, defaultProgram: "claude-code" });
		again.projects.remove("web");
		expect(again.agents.all().find(({ id }) => id === "bot")?.project).toBeNull();
		again.close();
	});

	test("a settings update is stored whole or not at all", () => {
		const state = openState(paths, silentLog);
		expect(() => state.settings.update({ theme: "dark", port: 1n as unknown as number })).toThrow();
		expect(state.settings.get().theme).toBe("system");
		state.close();
	});
});

describe("recovery", () => {
	test("without a database the state is rebuilt from the snapshot, and says so", () => {
		const state = openState(paths, silentLog);
		state.agents.save({
			...newAgent({ id: "bot", name: "Bot", colour: "#123456", order: 99, sessionName: "bot" }, 5),
			task: "kept",
		});
		state.close();
		writeSnapshot();
		for (const suffix of ["", "-wal", "-shm"]) rmSync(paths.database + suffix, { force: true });

		const rebuilt = openState(paths, silentLog);
		expect(rebuilt.agents.all()).toHaveLength(28);
		expect(rebuilt.agents.all().find(({ id }) => id === "bot")?.task).toBe("kept");
		expect(rebuilt.notices.join()).toContain("restored");
		rebuilt.close();
	});

	test("a broken database is put aside byte for byte and rebuilt from the snapshot", () => {
		writeSnapshot();
		const garbage = Buffer.alloc(8192, 7);
		writeFileSync(paths.database, garbage);
		rmSync(`${paths.database}-wal`, { force: true });

		const state = openState(paths, silentLog);
		expect(state.agents.all()).toHaveLength(27);
		expect(state.notices).toHaveLength(2);
		state.close();
		const aside = readdirSync(paths.data).find((name) => name.includes(".corrupt-")) ?? "";
		expect(readFileSync(join(paths.data, aside))).toEqual(garbage);
	});

	test("pages overwritten in the middle are noticed at the start", () => {
		const state = openState(paths, silentLog);
		for (let n = 0; n < 200; n += 1)
			state.agents.save(newAgent({ id: `bot${n}`, name: `Bot ${n}`, colour: "#123456", order: n, sessionName: `bot${n}` }, n));
		state.close();
		const bytes = readFileSync(paths.database);
		bytes.fill(0xa5, 4096, bytes.byteLength);
		writeFileSync(paths.database, bytes);
		const rebuilt = openState(paths, silentLog);
		expect(rebuilt.notices.join()).toContain("put aside");
		rebuilt.close();
	});

	test("a start that dies while it fills a new database leaves none without agents", () => {
		writeSnapshot();
		for (const suffix of ["", "-wal", "-shm"]) rmSync(paths.database + suffix, { force: true });
		const save = vi.spyOn(AgentRepository.prototype, "save").mockImplementationOnce(() => {
			throw new Error("killed here");
		});
		expect(() => openState(paths, silentLog)).toThrow("killed here");
		save.mockRestore();
		const state = openState(paths, silentLog);
		expect(state.agents.all()).toHaveLength(27);
		state.close();
	});

	test("a project that was taken out of the snapshot by hand leaves its agents Unassigned", () => {
		const first = openState(paths, silentLog);
		first.projects.save({ slug: "web", name: "Web", folder: null, order: 0, createdAt: 1 });
		first.agents.save({
			...newAgent({ id: "bot", name: "Bot", colour: "#123456", order: 99, sessionName: "bot" }, 5),
			project: "web",
		});
		first.close();
		writeSnapshot();
		const text = JSON.parse(readFileSync(paths.agentsSnapshot, "utf8"));
		writeFileSync(paths.agentsSnapshot, JSON.stringify({ ...text, projects: [] }));
		for (const suffix of ["", "-wal", "-shm"]) rmSync(paths.database + suffix, { force: true });
		const state = openState(paths, silentLog);
		expect(state.agents.all()).toHaveLength(28);
		expect(state.agents.all().find(({ id }) => id === "bot")?.project).toBeNull();
		state.close();
	});

	test("the files that hold secrets are this user's alone", () => {
		const state = openState(paths, silentLog);
		for (const suffix of ["", "-wal"]) expect(statSync(paths.database + suffix).mode & 0o777).toBe(0o600);
		state.close();
	});

	test("an invalid snapshot is put aside, never overwritten and never taken for an empty one", () => {
		const text = '{"version":1,"agents":[{"id":"UPPER"}],"projects":[]}';
		openState(paths, silentLog).close();
		for (const suffix of ["", "-wal", "-shm"]) rmSync(paths.database + suffix, { force: true });
		writeFileSync(paths.agentsSnapshot, text);
		const state = openState(paths, silentLog);
		expect(state.agents.all()).toHaveLength(27);
		expect(state.notices.join()).toContain("could not be read");
		state.close();
		const aside = readdirSync(paths.data).find((name) => name.startsWith("agents.json.invalid-")) ?? "";
		expect(readFileSync(join(paths.data, aside), "utf8")).toBe(text);
	});

	test("a database of a newer schema is refused and left as it is", () => {
		openState(paths, silentLog).close();
		const database = new Database(paths.database);
		database.pragma("user_version = 9999");
		database.close();
		expect(() => openState(paths, silentLog)).toThrow(/newer ClawMux/);
		const after = new Database(paths.database, { readonly: true });
		expect(after.pragma("user_version", { simple: true })).toBe(9999);
		after.close();
	});
});

describe("writeFileAtomically", () => {
	test("writes 0600 into folders of 0700 and leaves no temporary file", () => {
		const file = join(paths.home, "deep", "er", "file");
		writeFileAtomically(file, "one");
		writeFileAtomically(file, "two");
		expect(readFileSync(file, "utf8")).toBe("two");
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(statSync(join(paths.home, "deep")).mode & 0o777).toBe(0o700);
		expect(readdirSync(join(paths.home, "deep", "er"))).toEqual(["file"]);
	});

	test("a writer killed at any moment leaves a whole file", async () => {
		const file = join(paths.home, "agents.json");
		const script = `
			import { writeFileAtomically } from ${JSON.stringify(new URL("./atomic-file.ts", import.meta.url).href)};
			for (let n = 0; ; n += 1) { writeFileAtomically(${JSON.stringify(file)}, JSON.stringify({ n, filler: "x".repeat(50_000) })); if (n === 0) console.log("go"); }`;
		for (let round = 0; round < 15; round += 1) {
			const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
			await once(child.stdout, "data");
			const exited = once(child, "exit");
			setTimeout(() => child.kill("SIGKILL"), (round * 7) % 60);
			await exited;
			expect(existsSync(file)).toBe(true);
			expect(JSON.parse(readFileSync(file, "utf8")).filler).toHaveLength(50_000);
		}
	}, 30_000);
});
