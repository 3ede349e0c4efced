import type { MenuItemConstructorOptions } from "electron";
import { expect, test } from "vitest";
import type { Agent } from "../../../shared/contract/agents.ts";
import { settings } from "../../../shared/contract/settings.ts";
import { applyHubEvent, emptyFleet, type Fleet, sessionsEndingWithHub } from "./fleet.ts";
import { type TrayActions, trayMenu, trayStatus } from "./tray-menu.ts";

function agent(id: string, changes: Partial<Agent> = {}): Agent {
	return {
		id,
		name: id[0]?.toUpperCase() + id.slice(1),
		colour: "#336699",
		project: null,
		role: null,
		area: "",
		task: "",
		backend: "auto",
		program: "generic",
		argv: null,
		model: null,
		effort: null,
		permissionMode: null,
		folder: "own",
		workDir: `/home/${id}`,
		hidden: false,
		order: 0,
		state: "stopped",
		stateSince: 0,
		evidence: { source: "user", at: 0, reason: "new" },
		sessionId: null,
		lastActiveAt: null,
		createdAt: 0,
		...changes,
	};
}

function fleetOf(agents: Agent[]): Fleet {
	const fleet = emptyFleet();
	applyHubEvent(fleet, {
		type: "hub.snapshot",
		hub: {
			pid: 1,
			version: "1",
			home: "/h",
			url: null,
			socket: "/h/s",
			startedAt: 0,
			backends: [
				{ name: "pty", available: true, detail: "", survivesHub: false },
				{ name: "lasting", available: true, detail: "", survivesHub: true },
			],
			programs: [],
			defaultBackend: "pty",
			notices: [],
		},
		agents,
		projects: [
			{ slug: "late", name: "Late & last", folder: null, order: 2, createdAt: 0 },
			{ slug: "first", name: "First", folder: null, order: 1, createdAt: 0 },
		],
		sessions: [],
		settings: settings.parse({}),
	});
	return fleet;
}

function recorder(): TrayActions & { calls: string[] } {
	const calls: string[] = [];
	return {
		calls,
		start: (id) => calls.push(`start ${id}`),
		stop: (id) => calls.push(`stop ${id}`),
		open: (id) => calls.push(`open ${id}`),
		showWindow: () => calls.push("show"),
		quit: () => calls.push("quit"),
	};
}

/** The menu as indented text, one item a line. */
function drawn(items: MenuItemConstructorOptions[], indent = ""): string[] {
	return items.flatMap((item) => [
		item.type === "separator" ? `${indent}--` : `${indent}${item.label}`,
		...(Array.isArray(item.submenu) ? drawn(item.submenu, `${indent}  `) : []),
	]);
}

function click(items: MenuItemConstructorOptions[], ...path: string[]): void {
	const [label, ...rest] = path;
	const item = items.find((candidate) => candidate.label === label);
	if (!item) throw new Error(`The menu has no item ${label}: ${drawn(items).join(" | ")}`);
	if (rest.length > 0 && Array.isArray(item.submenu)) click(item.submenu, ...rest);
	else (item.click as () => void)();
}

test("live agents come first and by project, the others under their project", () => {
	const fleet = fleetOf([
		agent("zed", { state: "idle" }),
		agent("amy", { project: "late", state: "working" }),
		agent("bob", { project: "first", state: "waiting" }),
		agent("cid", { project: "first" }),
		agent("dan", { state: "dead" }),
		agent("eve", { hidden: true }),
		agent("fay", { hidden: true, state: "working" }),
	]);
	expect(drawn(trayMenu(fleet, recorder()))).toEqual([
		"2 stopped, 2 working, 1 waiting, 1 idle, 1 dead",
		"--",
		"Bob (waiting, First)",
		"  Stop",
		"  Open",
		"Amy (working, Late && last)",
		"  Stop",
		"  Open",
		"Fay (working)",
		"  Stop",
		"  Open",
		"Zed (idle)",
		"  Stop",
		"  Open",
		"--",
		"First",
		"  Cid (stopped)",
		"    Start",
		"    Open",
		"Unassigned",
		"  Dan (dead)",
		"    Start",
		"    Open",
		"--",
		"Show window",
		"Quit ClawMux",
	]);
});

test("items do what they say", () => {
	const fleet = fleetOf([agent("amy", { state: "working" }), agent("bob")]);
	const actions = recorder();
	const menu = trayMenu(fleet, actions);
	click(menu, "Amy (working)", "Stop");
	click(menu, "Unassigned", "Bob (stopped)", "Start");
	click(menu, "Unassigned", "Bob (stopped)", "Open");
	click(menu, "Show window");
	click(menu, "Quit ClawMux");
	expect(actions.calls).toEqual(["stop amy", "start bob", "open bob", "show", "quit"]);
});

test("before the hub answers there is a window to show and a way out", () => {
	expect(drawn(trayMenu(emptyFleet(), recorder()))).toEqual(["Connecting to the hub", "--", "Show window", "Quit ClawMux"]);
	expect(trayStatus(fleetOf([]))).toBe("No agents");
});

test("later events replace and remove", () => {
	const fleet = fleetOf([agent("amy"), agent("bob")]);
	applyHubEvent(fleet, { type: "agents.changed", agent: agent("amy", { state: "idle" }) });
	applyHubEvent(fleet, { type: "agents.removed", id: "bob" });
	applyHubEvent(fleet, { type: "agents.removed", id: "bob" });
	expect(trayStatus(fleet)).toBe("1 idle");
});

test("only live sessions of a backend inside the hub end with it", () => {
	const fleet = fleetOf([]);
	const session = {
		program: "generic",
		argv: [],
		workDir: "/",
		pid: 1,
		resumeId: null,
		startedAt: 0,
		endedAt: null,
		exitCode: null,
		endReason: null,
	};
	for (const [agentId, backend, live] of [
		["a", "pty", true],
		["b", "pty", false],
		["c", "lasting", true],
	] as const)
		applyHubEvent(fleet, { type: "sessions.changed", session: { ...session, agentId, sessionId: agentId, backend, live } });
	expect(sessionsEndingWithHub(fleet).map((one) => one.agentId)).toEqual(["a"]);
});
