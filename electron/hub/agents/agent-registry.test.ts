import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HubEvent } from "../../../shared/contract/hub.ts";
import { type HomePaths, homePaths } from "../home.ts";
import { HubEvents } from "../hub-events.ts";
import { silentLog } from "../log.ts";
import { ProjectRegistry } from "../projects/project-registry.ts";
import { openState, type State } from "../state/state.ts";
import { AgentRegistry } from "./agent-registry.ts";

let paths: HomePaths;
let state: State;
let agents: AgentRegistry;
let projects: ProjectRegistry;
let announced: HubEvent[];

beforeEach(() => {
	paths = homePaths(mkdtempSync(join(tmpdir(), "clawmux-agents-")));
	open();
});

afterEach(() => {
	state.close();
	rmSync(paths.home, { recursive: true, force: true });
});

function open(): void {
	state = openState(paths, silentLog);
	announced = [];
	const events = new HubEvents();
	events.publish = (event) => void announced.push(event);
	projects = new ProjectRegistry(state, events, () => undefined);
	agents = new AgentRegistry(state, events, {
		sessionsFolder: paths.sessions,
		project: (slug) => projects.find(slug),
		session: () => undefined,
		knownBackends: () => ["tmux", "pty"],
		knownPrograms: () => ["claude-code", "generic"],
		defaults: () => ({ defaultProgram: "generic" }),
		changed: () => undefined,
	});
}

function reopen(): void {
	state.close();
	open();
}

describe("agents", () => {
	test("a created one has defaults, a free session name, and is there after a restart", () => {
		const made = agents.create({ id: "build-bot" });
		expect(made).toMatchObject({
			id: "build-bot",
			name: "Build-bot",
			project: null,
			program: "generic",
			backend: "auto",
			state: "stopped",
		});
		expect(agents.record("build-bot").sessionName).toBe("build-bot");
		reopen();
		expect(agents.get("build-bot")).toEqual(made);
	});

	test("a name that another agent's sessions have gives the id as session name", () => {
		agents.create({ id: "af_sky2", name: "Sky" });
		expect(agents.record("af_sky2").sessionName).toBe("af_sky2");
	});

	test("session names are numbered where the id is another's name too", () => {
		agents.create({ id: "sky" });
		expect(agents.record("sky").sessionName).toBe("sky-2");
		agents.create({ id: "sky-2" });
		expect(agents.record("sky-2").sessionName).toBe("sky-2-2");
	});

	test("a rename keeps the session name, so a running session is not orphaned", () => {
		agents.update("af_sky", { name: "Nimbus" });
		expect(agents.record("af_sky")).toMatchObject({ name: "Nimbus", sessionName: "sky" });
	});

	test("what cannot be is refused by name and changes nothing", () => {
		const before = agents.list();
		expect(() => agents.create({ id: "af_sky" })).toThrow(/af_sky already/);
		expect(() => agents.update("af_sky", { backend: "screen" })).toThrow(/no backend screen. Known are auto, tmux, pty/);
		expect(() => agents.update("af_sky", { program: "cobol" })).toThrow(/no program cobol/);
		expect(() => agents.assign("af_sky", { project: "nowhere" })).toThrow(/no project nowhere/);
		expect(() => agents.get("nobody")).toThrow(/no agent nobody/);
		expect(agents.list()).toEqual(before);
		expect(announced).toEqual([]);
	});

	test("each change is stored before it is announced, as the whole agent", () => {
		const { slug } = projects.create({ name: "Web" });
		agents.assign("af_sky", { project: slug, role: "manager", area: "docs" });
		const last = announced.at(-1);
		expect(last).toEqual({ type: "agents.changed", agent: agents.get("af_sky") });
		expect(state.agents.all().find(({ id }) => id === "af_sky")).toMatchObject({ project: slug, role: "manager", area: "docs" });
	});

	test("the same state again renews the evidence and keeps the time since when", () => {
		agents.setState("af_sky", "working", { source: "hook", at: 1000, reason: "UserPromptSubmit" });
		agents.setState("af_sky", "working", { source: "hook", at: 2000, reason: "PreToolUse" });
		expect(agents.get("af_sky")).toMatchObject({ stateSince: 1000, evidence: { at: 2000, reason: "PreToolUse" } });
	});

	test("the working folder is the agent's own, its project's or the chosen one", () => {
		expect(agents.get("af_sky").workDir).toBe(join(paths.sessions, "af_sky"));
		expect(() => agents.chosenFolder({ ...agents.record("af_sky"), folder: "project" })).toThrow(/is in no project/);
		const { slug } = projects.create({ name: "Bare" });
		agents.assign("af_sky", { project: slug });
		expect(() => agents.chosenFolder({ ...agents.record("af_sky"), folder: "project" })).toThrow(/project Bare has none/);
		projects.update(slug, { folder: tmpdir() });
		agents.update("af_sky", { folder: "project" });
		expect(agents.get("af_sky").workDir).toBe(tmpdir());
	});
});

describe("projects", () => {
	test("a slug is made once from the name and never changes", () => {
		expect(projects.create({ name: "Über Änderung!" }).slug).toBe("uber-anderung");
		expect(projects.create({ name: "Über  Änderung" }).slug).toBe("uber-anderung-2");
		expect(projects.create({ name: "東京" }).slug).toBe("project");
		expect(projects.update("project", { name: "Tokyo" })).toMatchObject({ slug: "project", name: "Tokyo" });
	});

	test("a name that is taken, in any case, is refused", () => {
		projects.create({ name: "Web" });
		expect(() => projects.create({ name: "WEB" })).toThrow(/project Web already/);
	});

	test("a folder must be absolute and there", () => {
		expect(() => projects.create({ name: "A", folder: "relative" })).toThrow(/not an absolute path/);
		expect(() => projects.create({ name: "A", folder: "/no/such/folder" })).toThrow(/does not exist/);
		expect(projects.list()).toEqual([]);
	});

	test("removing one makes its agents Unassigned, now and after a restart", () => {
		const { slug } = projects.create({ name: "Web" });
		agents.assign("af_sky", { project: slug });
		projects.remove(slug);
		agents.leaveProject(slug);
		expect(agents.get("af_sky").project).toBeNull();
		reopen();
		expect(agents.get("af_sky").project).toBeNull();
		expect(projects.list()).toEqual([]);
	});
});
