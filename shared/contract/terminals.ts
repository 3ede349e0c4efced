import { oc } from "@orpc/contract";
import * as z from "zod";
import { agentId } from "./agents.ts";

/**
 * What the control plane may ask about terminals. The bytes themselves travel in the frames of `shared/frames.ts`.
 */
export const terminal = z.object({
	agentId,
	epoch: z.string().describe("names one stream of output; offsets are comparable within it only"),
	startOffset: z.number().int().describe("the oldest byte still in the tail"),
	endOffset: z.number().int().describe("bytes of output so far"),
	cols: z.number().int(),
	rows: z.number().int(),
	viewers: z.number().int(),
	live: z.boolean(),
});
export type Terminal = z.infer<typeof terminal>;

export const terminals = {
	list: oc.route({ method: "GET", path: "/terminals" }).output(z.array(terminal)),
	get: oc
		.route({ method: "GET", path: "/agents/{id}/terminal" })
		.input(z.object({ id: agentId }))
		.output(terminal),
};
