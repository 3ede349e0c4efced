import * as z from "zod";
import { agentId } from "../../../../shared/contract/agents.ts";
import { ClawmuxError } from "../../../../shared/errors.ts";
import { type AttachRequest, type Frame, frameJson, type Size } from "../../../../shared/frames.ts";

/** Two of each at least: with one, a wide character or a wrapped line cannot be shown. At most what a wall of screens has. */
const size = z.object({ cols: z.number().int().min(2).max(1000), rows: z.number().int().min(2).max(500) });

const attachRequest = size.extend({
	agentId,
	have: z.object({ epoch: z.string().max(64), offset: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }).optional(),
	sizes: z.boolean().optional(),
});

function read<T>(schema: z.ZodType<T>, frame: Frame): T {
	const result = schema.safeParse(frameJson(frame));
	if (result.success) return result.data;
	throw new ClawmuxError("invalid_input", `A terminal frame of kind ${frame.kind} is wrong: ${z.prettifyError(result.error)}`);
}

/** @throws ClawmuxError `invalid_input`. */
export function readAttach(frame: Frame): AttachRequest {
	return read(attachRequest, frame);
}

/** @throws ClawmuxError `invalid_input`. */
export function readSize(frame: Frame): Size {
	return read(size, frame);
}
