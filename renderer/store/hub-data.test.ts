import { expect, test } from "vitest";
import type { HubEvent } from "../../shared/contract/hub.ts";
import { settings } from "../../shared/contract/settings.ts";
import { applyEvent, noHubData } from "./hub-data.ts";
import { sampleAgent, sampleProject } from "./sample-data.ts";

const snapshot: HubEvent = {
	type: "hub.snapshot",
	hub: {
		pid: 1,
		version: "1.0.0",
		home: "/home/ada/.clawmux",
		url: null,
		socket: "/s",
		startedAt: 0,
		backends: [],
		programs: [],
		defaultBackend: "pty",
		notices: [],
	},
	agents: [sampleAgent({ id: "af_sky" })],
	projects: [sampleProject("web", 0)],
	sessions: [],
	settings: settings.parse({}),
};

test("a snapshot replaces all that was known", () => {
	const before = applyEvent(noHubData, { type: "agents.changed", agent: sampleAgent({ id: "old" }) });
	expect(Object.keys(applyEvent(before, snapshot).agents)).toEqual(["af_sky"]);
});

test("a change twice is a change once, and leaves other objects the same objects", () => {
	const start = applyEvent(noHubData, snapshot);
	const event: HubEvent = { type: "agents.changed", agent: sampleAgent({ id: "am_echo", state: "idle" }) };
	const once = applyEvent(start, event);
	expect(applyEvent(once, event)).toEqual(once);
	expect(once.agents.af_sky).toBe(start.agents.af_sky);
	expect(once.projects).toBe(start.projects);
});

test("removing what is not there does no harm", () => {
	const start = applyEvent(noHubData, snapshot);
	const gone = applyEvent(applyEvent(start, { type: "projects.removed", slug: "web" }), {
		type: "projects.removed",
		slug: "web",
	});
	expect(gone.projects).toEqual({});
	expect(applyEvent(start, { type: "sessions.removed", agentId: "af_sky" }).sessions).toEqual({});
	expect(applyEvent(start, { type: "agents.removed", id: "af_sky" }).agents).toEqual({});
});
