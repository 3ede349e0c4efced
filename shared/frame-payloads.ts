import * as z from "zod";
import { agentId } from "./contract/agents.ts";
import { ClawmuxError } from "./errors.ts";
import {
	type Attached,
	type AttachRequest,
	type Ended,
	type Frame,
	frameJson,
	frameKinds,
	type Refused,
	type Size,
} from "./frames.ts";

// The JSON payloads of terminal frames, checked by whoever takes them. Apart from frames.ts, which loads no zod.

/** Two of each at least: with one, a wide character or a wrapped line cannot be shown. At most what a wall of screens has. */
const wantedSize = z.object({ cols: z.number().int().min(2).max(1000), rows: z.number().int().min(2).max(500) });
/** What a session has may be what its backend chose. */
const givenSize = z.object({ cols: z.number().int().min(1).max(65_535), rows: z.number().int().min(1).max(65_535) });

const attachRequest = wantedSize.extend({
	agentId,
	have: z.object({ epoch: z.string().max(64), offset: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }).optional(),
	sizes: z.boolean().optional(),
});
const attached = givenSize.extend({ agentId: z.string(), sessionId: z.string(), epoch: z.string().max(64) });
const ended = z.object({ exitCode: z.number().int().nullable(), reason: z.string() });
const kinds = Object.keys(frameKinds) as (keyof typeof frameKinds)[];
const refused = z.object({ code: z.string(), message: z.string(), of: z.enum(kinds).optional() });

function read<T>(schema: z.ZodType<T>, frame: Frame): T {
	const result = schema.safeParse(frameJson(frame));
	if (result.success) return result.data;
	throw new ClawmuxError("invalid_input", `A terminal frame of kind ${frame.kind} is wrong: ${z.prettifyError(result.error)}`);
}

/** What a viewer asks for. @throws ClawmuxError `invalid_input`. */
export function readAttach(frame: Frame): AttachRequest {
	return read(attachRequest, frame);
}

/** The size a viewer wants. @throws ClawmuxError `invalid_input`. */
export function readWantedSize(frame: Frame): Size {
	return read(wantedSize, frame);
}

/** The size a session has. @throws ClawmuxError `invalid_input`. */
export function readGivenSize(frame: Frame): Size {
	return read(givenSize, frame);
}

/** What a viewer is attached to. @throws ClawmuxError `invalid_input`. */
export function readAttached(frame: Frame): Attached {
	return read(attached, frame);
}

/** How a session ended. @throws ClawmuxError `invalid_input`. */
export function readEnded(frame: Frame): Ended {
	return read(ended, frame);
}

/** Why a viewer's frame was refused. @throws ClawmuxError `invalid_input`. */
export function readRefused(frame: Frame): Refused {
	return read(refused, frame);
}
