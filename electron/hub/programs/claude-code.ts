import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { writeFileAtomically } from "../state/atomic-file.ts";
import { claudeSettings, readClaudeHook } from "./claude-hooks.ts";
import { readSessionRegistry, transcriptExists } from "./claude-records.ts";
import type { Launch, LaunchRequest, Program } from "./program.ts";

/** Claude Code in its own terminal interface. The flags are those of 2.1.329. */
export const claudeCode: Program = {
	name: "claude-code",
	displayName: "Claude Code",
	binaryName: "claude",
	remedy: "Install it with `npm install -g @anthropic-ai/claude-code`",
	reportsState: true,
	interruptKeys: "escape",
	launch,
	readHook: readClaudeHook,
	canResume: transcriptExists,
	inspect: ({ resumeId, env }) => readSessionRegistry(resumeId, env),
};

async function launch({ agent, agentFolder, binary, permissionMode, resumeId, hookCommand }: LaunchRequest): Promise<Launch> {
	const settings = join(agentFolder, ".clawmux", "claude-settings.json");
	writeFileAtomically(settings, claudeSettings(hookCommand));

	const conversation = resumeId ?? randomUUID();
	const argv = [binary, resumeId === null ? "--session-id" : "--resume", conversation, "--settings", settings];
	if (agent.model !== null) argv.push("--model", agent.model);
	if (agent.effort !== null) argv.push("--effort", agent.effort);
	// Always explicit: what the program does without it depends on its version, and today it asks for nearly nothing.
	argv.push("--permission-mode", permissionMode);

	return { argv, env: {}, resumeId: conversation };
}
