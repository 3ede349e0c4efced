import { oc } from "@orpc/contract";
import * as z from "zod";
import { agentId } from "./agents.ts";

/** One run of an agent's program under a backend. It stays listed after its end until the agent starts again. */
export const session = z.object({
	agentId,
	sessionId: z.string().describe("the backend's own id of the session, e.g. `sky`"),
	backend: z.string(),
	program: z.string(),
	argv: z.array(z.string()),
	workDir: z.string(),
	pid: z.number().int().nullable().describe("null while the session is being made: nothing can attach to it yet"),
	resumeId: z.string().nullable().describe("the program's own conversation id, by which it can be resumed"),
	live: z.boolean(),
	startedAt: z.number().int(),
	endedAt: z.number().int().nullable(),
	exitCode: z.number().int().nullable(),
	endReason: z.string().nullable(),
});
export type Session = z.infer<typeof session>;

const ofAgent = z.object({ id: agentId });

export const sessions = {
	list: oc.route({ method: "GET", path: "/sessions" }).output(z.array(session)),
	start: oc
		.route({ method: "POST", path: "/agents/{id}/start" })
		.input(
			z.object({
				id: agentId,
				cols: z.number().int().min(2).max(1000).optional(),
				rows: z.number().int().min(1).max(500).optional(),
			}),
		)
		.output(session)
		.meta({ idempotent: true }),
	stop: oc.route({ method: "POST", path: "/agents/{id}/stop" }).input(ofAgent).output(session.nullable()),
	kill: oc.route({ method: "POST", path: "/agents/{id}/kill" }).input(ofAgent).output(session.nullable()),
	interrupt: oc.route({ method: "POST", path: "/agents/{id}/interrupt" }).input(ofAgent).output(session),
	input: oc
		.route({ method: "POST", path: "/agents/{id}/input" })
		.input(z.object({ id: agentId, text: z.string().max(1_000_000), submit: z.boolean().default(true) }))
		.output(z.object({ accepted: z.boolean(), note: z.string().nullable() })),
	capture: oc
		.route({ method: "GET", path: "/agents/{id}/capture" })
		.input(z.object({ id: agentId, lines: z.coerce.number().int().min(1).max(10_000).default(200) }))
		.output(z.object({ text: z.string() })),
};
