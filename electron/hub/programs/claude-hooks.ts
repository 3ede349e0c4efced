import * as z from "zod";
import type { HookReading } from "./program.ts";

/** Those events of Claude Code 2.1.329 that say something about the agent's state. */
const hookEvents = [
	"SessionStart",
	"UserPromptSubmit",
	"PreToolUse",
	"PostToolUse",
	"PostToolUseFailure",
	"PermissionRequest",
	"Notification",
	"Stop",
	"StopFailure",
	"PreCompact",
	"PostCompact",
	"SessionEnd",
] as const;

/** Claude Code gives up on a hook after this long and goes on. */
const hookTimeoutSeconds = 5;

/**
 * Settings for `--settings`: every event runs the command. The command is given as executable and arguments (the exec form,
 * since Claude Code 2.1.139), so no shell ever reads it. It prints nothing, which leaves every decision to the program and
 * its own dialogs.
 */
export function claudeSettings(hookCommand: readonly string[]): string {
	const [command, ...args] = hookCommand;
	const hooks = [{ hooks: [{ type: "command", command, args, timeout: hookTimeoutSeconds }] }];
	return `${JSON.stringify({ hooks: Object.fromEntries(hookEvents.map((event) => [event, hooks])) }, null, "\t")}\n`;
}

const optionalText = z.string().optional().catch(undefined);
const hookEvent = z.looseObject({
	hook_event_name: z.string(),
	session_id: z.uuid().optional().catch(undefined),
	source: optionalText,
	reason: optionalText,
	tool_name: optionalText,
	notification_type: optionalText,
	trigger: optionalText,
	error: optionalText,
	background_tasks: z.array(z.unknown()).catch([]),
});
type HookEvent = z.infer<typeof hookEvent>;

type Reading = Pick<HookReading, "state"> & { detail?: string | undefined };

/** Reads one event. What it does not know, or what is not an event at all, says nothing. */
export function readClaudeHook(event: unknown): HookReading | null {
	const parsed = hookEvent.safeParse(event);
	if (!parsed.success) return null;
	const reading = read(parsed.data);
	if (!reading) return null;
	const name = parsed.data.hook_event_name;
	const reason = reading.detail ? `${name}: ${printable(reading.detail)}` : name;
	return { state: reading.state, reason, resumeId: parsed.data.session_id };
}

function read(event: HookEvent): Reading | null {
	switch (event.hook_event_name) {
		case "SessionStart":
			// Compaction starts a session within a turn; PostCompact tells how it goes on.
			return event.source === "compact" ? null : { state: "idle", detail: event.source };
		case "UserPromptSubmit":
			return { state: "working" };
		case "PreToolUse":
		case "PostToolUse":
		case "PostToolUseFailure":
			return { state: "working", detail: event.tool_name };
		case "PermissionRequest":
			return { state: "waiting", detail: event.tool_name };
		case "Notification":
			return readNotification(event.notification_type);
		case "Stop":
			return { state: "idle", detail: backgroundTasks(event.background_tasks.length) };
		case "StopFailure":
			return { state: "idle", detail: event.error };
		case "PreCompact":
			return { state: "working", detail: event.trigger };
		case "PostCompact":
			return { state: event.trigger === "manual" ? "idle" : "working", detail: event.trigger };
		case "SessionEnd":
			// With these two the process lives on in another conversation, which announces itself.
			return event.reason === "clear" || event.reason === "resume" ? null : { state: "exited", detail: event.reason };
		default:
			return null;
	}
}

/** The other types (a finished login, a plugin's message, ...) tell nothing about the turn. */
function readNotification(type: string | undefined): Reading | null {
	if (type === "idle_prompt") return { state: "idle", detail: type };
	if (type === "permission_prompt" || type === "worker_permission_prompt" || type === "agent_needs_input") {
		return { state: "waiting", detail: type };
	}
	return null;
}

function backgroundTasks(count: number): string | undefined {
	if (count === 0) return undefined;
	return count === 1 ? "1 background task runs on" : `${count} background tasks run on`;
}

const longestDetail = 100;

/** One line that is safe to show: events come from outside and may carry anything. */
function printable(text: string): string {
	const clean = text
		.slice(0, 4 * longestDetail)
		.replace(/[\p{C}\s]+/gu, " ")
		.trim();
	return clean.length > longestDetail ? `${clean.slice(0, longestDetail - 1)}…` : clean;
}
