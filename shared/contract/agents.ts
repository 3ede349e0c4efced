import { oc } from "@orpc/contract";
import * as z from "zod";
import { agentStates } from "./agent-states.ts";
import { projectSlug } from "./projects.ts";

export const agentId = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "an agent id is 1 to 32 of a-z, 0-9, _ and -, and starts with a letter or digit");

export { type AgentState, agentStates, liveStates } from "./agent-states.ts";
export const agentState = z.enum(agentStates);

/** Why a state is believed: who said so, when, and what it was. Sources are ranked from the most to the least trusted. */
export const evidence = z.object({
	source: z.enum(["protocol", "hook", "process", "registry", "screen", "user"]),
	at: z.number().int(),
	reason: z.string(),
});

export const efforts = ["low", "medium", "high", "xhigh", "max"] as const;
export const permissionModes = ["default", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions"] as const;

const name = z.string().trim().min(1).max(64);
const colour = z.string().regex(/^#[0-9a-f]{6}$/i, "a colour is written #rrggbb");
const shortText = z.string().max(2000);

/** Where an agent works: its own folder under CLAWMUX_HOME, its project's folder, or any absolute path. */
export const folderChoice = z.union([
	z.literal("own"),
	z.literal("project"),
	z.string().startsWith("/"),
	z.string().regex(/^[A-Za-z]:[\\/]/),
]);

export const agent = z.object({
	id: agentId,
	name,
	colour,
	project: projectSlug.nullable(),
	role: z.string().max(64).nullable(),
	area: z.string().max(200),
	task: shortText,
	backend: z.string().describe("the chosen backend's name, or `auto`: the default one of this machine"),
	program: z.string(),
	argv: z.array(z.string()).nullable().describe("the command line of a `generic` agent; null means the user's shell"),
	model: z.string().max(100).nullable(),
	effort: z.enum(efforts).nullable(),
	permissionMode: z.enum(permissionModes).nullable().describe("null: the setting's default"),
	folder: folderChoice,
	workDir: z.string().describe("the folder the session runs in, or the next one would"),
	hidden: z.boolean(),
	order: z.number().int(),
	state: agentState,
	stateSince: z.number().int(),
	evidence,
	sessionId: z.string().nullable(),
	lastActiveAt: z.number().int().nullable(),
	createdAt: z.number().int(),
});

export type Agent = z.infer<typeof agent>;
export type Evidence = z.infer<typeof evidence>;

/** What a person may change about an agent at any time; a running session keeps what it was started with. */
export const agentChanges = z
	.object({
		name,
		colour,
		role: z.string().max(64).nullable(),
		area: z.string().max(200),
		task: shortText,
		backend: z.string(),
		program: z.string(),
		argv: z.array(z.string()).nullable(),
		model: z.string().max(100).nullable(),
		effort: z.enum(efforts).nullable(),
		permissionMode: z.enum(permissionModes).nullable(),
		folder: folderChoice,
		hidden: z.boolean(),
	})
	.partial();
export type AgentChanges = z.infer<typeof agentChanges>;

export const agents = {
	list: oc.route({ method: "GET", path: "/agents" }).output(z.array(agent)),
	get: oc
		.route({ method: "GET", path: "/agents/{id}" })
		.input(z.object({ id: agentId }))
		.output(agent),
	create: oc
		.route({ method: "POST", path: "/agents", successStatus: 201 })
		.input(z.object({ id: agentId, project: projectSlug.nullable().optional(), ...agentChanges.shape }))
		.output(agent),
	update: oc
		.route({ method: "PUT", path: "/agents/{id}" })
		.input(z.object({ id: agentId, ...agentChanges.shape }))
		.output(agent),
	assign: oc
		.route({ method: "POST", path: "/agents/{id}/assign" })
		.input(
			z.object({
				id: agentId,
				project: projectSlug.nullable().optional(),
				role: z.string().max(64).nullable().optional(),
				area: z.string().max(200).optional(),
				order: z.number().int().optional(),
			}),
		)
		.output(agent),
	remove: oc
		.route({ method: "DELETE", path: "/agents/{id}" })
		.input(z.object({ id: agentId }))
		.output(z.object({ id: agentId })),
};
