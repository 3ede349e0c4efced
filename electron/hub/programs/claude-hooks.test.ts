import { describe, expect, it } from "vitest";
import { claudeSettings, readClaudeHook } from "./claude-hooks.ts";

const sessionId = "78e17aba-16a8-4623-9e21-0f93fd3ac538";

function reading(name: string, fields: object = {}): string | null {
	const read = readClaudeHook({ session_id: sessionId, cwd: "/x", hook_event_name: name, ...fields });
	return read && `${read.state} | ${read.reason}`;
}

describe("readClaudeHook", () => {
	// The events' fields are those that Claude Code 2.1.329 was seen to send.
	it.each([
		["SessionStart", { source: "startup" }, "idle | SessionStart: startup"],
		["SessionStart", { source: "clear" }, "idle | SessionStart: clear"],
		["SessionStart", { source: "compact" }, null],
		["UserPromptSubmit", { prompt: "hello" }, "working | UserPromptSubmit"],
		["PreToolUse", { tool_name: "Bash", tool_input: { command: "ls" } }, "working | PreToolUse: Bash"],
		["PostToolUse", { tool_name: "Bash", tool_response: {} }, "working | PostToolUse: Bash"],
		["PostToolUseFailure", { tool_name: "Edit" }, "working | PostToolUseFailure: Edit"],
		["PermissionRequest", { tool_name: "Bash", permission_suggestions: [] }, "waiting | PermissionRequest: Bash"],
		["Notification", { notification_type: "permission_prompt" }, "waiting | Notification: permission_prompt"],
		["Notification", { notification_type: "idle_prompt" }, "idle | Notification: idle_prompt"],
		["Notification", { notification_type: "auth_success" }, null],
		["Notification", {}, null],
		["Stop", { stop_hook_active: false, background_tasks: [] }, "idle | Stop"],
		["Stop", { background_tasks: [{ id: 1 }] }, "idle | Stop: 1 background task runs on"],
		["Stop", { background_tasks: [{}, {}] }, "idle | Stop: 2 background tasks run on"],
		["StopFailure", { error: "rate_limit" }, "idle | StopFailure: rate_limit"],
		["PreCompact", { trigger: "auto" }, "working | PreCompact: auto"],
		["PostCompact", { trigger: "auto" }, "working | PostCompact: auto"],
		["PostCompact", { trigger: "manual" }, "idle | PostCompact: manual"],
		["SessionEnd", { reason: "prompt_input_exit" }, "exited | SessionEnd: prompt_input_exit"],
		["SessionEnd", { reason: "clear" }, null],
		["SessionEnd", { reason: "resume" }, null],
		["SubagentStop", { agent_id: "a" }, null],
		["SomethingOfNextYear", {}, null],
	])("%s %j", (name, fields, expected) => {
		expect(reading(name, fields)).toBe(expected);
	});

	it("names the conversation, which /clear changes", () => {
		expect(readClaudeHook({ hook_event_name: "SessionStart", session_id: sessionId, source: "clear" })?.resumeId).toBe(sessionId);
		expect(readClaudeHook({ hook_event_name: "Stop", session_id: "../../etc/passwd" })?.resumeId).toBeUndefined();
	});

	it.each([null, undefined, 7, "Stop", [], {}, { hook_event_name: 7 }, { hook_event_name: { toString: "x" } }])(
		"says nothing for %j, which is no event",
		(event) => {
			expect(readClaudeHook(event)).toBeNull();
		},
	);

	it("still reads an event whose other fields are of the wrong type", () => {
		expect(reading("PermissionRequest", { tool_name: { a: 1 }, session_id: 5 })).toBe("waiting | PermissionRequest");
		expect(reading("Stop", { background_tasks: "many" })).toBe("idle | Stop");
	});

	it("keeps a reason short and free of control characters", () => {
		const read = readClaudeHook({
			hook_event_name: "PreToolUse",
			tool_name: `\u001b]0;title\u0007\n\u202e${"x".repeat(2_000_000)}`,
		});
		expect(read?.reason.length).toBeLessThan(130);
		expect(read?.reason).toMatch(/^PreToolUse: \]0;title x+…$/u);
	});
});

describe("claudeSettings", () => {
	it("runs the command without a shell for every event it reads, and no others", () => {
		const command = ["/opt/my node/node", "/a b/$HOME's/clawmux.js", "hook"];
		const { hooks } = JSON.parse(claudeSettings(command)) as { hooks: Record<string, unknown> };
		for (const groups of Object.values(hooks)) {
			expect(groups).toEqual([
				{ hooks: [{ type: "command", command: "/opt/my node/node", args: ["/a b/$HOME's/clawmux.js", "hook"], timeout: 5 }] },
			]);
		}
		const details = { notification_type: "idle_prompt", source: "startup", reason: "other" };
		const unread = Object.keys(hooks).filter((name) => reading(name, details) === null);
		expect(unread).toEqual([]);
	});
});
