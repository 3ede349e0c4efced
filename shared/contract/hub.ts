import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import { agent, agentId } from "./agents.ts";
import { project, projectSlug } from "./projects.ts";
import { session } from "./sessions.ts";
import { settings } from "./settings.ts";

/** A backend as this machine has it. */
export const backendStatus = z.object({
	name: z.string(),
	available: z.boolean(),
	detail: z.string().describe("a version, or why it is not available and how to get it"),
	survivesHub: z.boolean().describe("whether its sessions outlive the hub"),
});

/** A program as this machine has it. */
export const programStatus = z.object({
	name: z.string(),
	displayName: z.string(),
	available: z.boolean(),
	detail: z.string(),
});

/** Something a person should know that belongs to no single agent. */
export const notice = z.object({
	id: z.string(),
	level: z.enum(["info", "warning", "error"]),
	text: z.string(),
	at: z.number().int(),
});

export const hubInfo = z.object({
	pid: z.number().int(),
	version: z.string(),
	home: z.string(),
	url: z.string().nullable().describe("the loopback address of the server, or null when it listens on no port"),
	socket: z.string().describe("path of the Unix socket or named pipe"),
	startedAt: z.number().int(),
	backends: z.array(backendStatus),
	programs: z.array(programStatus),
	defaultBackend: z.string().describe("what `auto` means on this machine"),
	notices: z.array(notice),
});
export type HubInfo = z.infer<typeof hubInfo>;
export type Notice = z.infer<typeof notice>;

/**
 * What the hub announces. Each carries the whole object, so applying one twice, or applying it after a newer snapshot,
 * does no harm. A subscription begins with `hub.snapshot`.
 */
export const hubEvent = z.discriminatedUnion("type", [
	z.object({
		type: z.literal("hub.snapshot"),
		hub: hubInfo,
		agents: z.array(agent),
		projects: z.array(project),
		sessions: z.array(session),
		settings,
	}),
	z.object({ type: z.literal("hub.changed"), hub: hubInfo }),
	z.object({ type: z.literal("agents.changed"), agent }),
	z.object({ type: z.literal("agents.removed"), id: agentId }),
	z.object({ type: z.literal("projects.changed"), project }),
	z.object({ type: z.literal("projects.removed"), slug: projectSlug }),
	z.object({ type: z.literal("sessions.changed"), session }),
	z.object({ type: z.literal("sessions.removed"), agentId }),
	z.object({ type: z.literal("settings.changed"), settings }),
]);
export type HubEvent = z.infer<typeof hubEvent>;

export const status = z.object({
	hub: hubInfo.pick({ pid: true, version: true, home: true, url: true, startedAt: true }),
	agents: z.object({ total: z.number().int(), live: z.number().int() }),
	states: z.record(z.string(), z.number().int()).describe("how many agents are in each state"),
});

export const hub = {
	info: oc.route({ method: "GET", path: "/hub" }).output(hubInfo),
	status: oc.route({ method: "GET", path: "/status" }).output(status),
	events: oc.route({ method: "GET", path: "/events" }).output(eventIterator(hubEvent)),
	ticket: oc
		.route({ method: "POST", path: "/hub/ticket" })
		.output(
			z.object({ url: z.string().describe("an address that opens the window in a browser; it works once, within a minute") }),
		),
	shutdown: oc.route({ method: "POST", path: "/hub/shutdown" }).output(z.object({ pid: z.number().int() })),
};
