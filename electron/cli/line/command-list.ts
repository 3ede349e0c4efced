import { agentCommands } from "../commands/agent-commands.ts";
import { hookCommand } from "../commands/hook-command.ts";
import { openCommand } from "../commands/open-command.ts";
import { projectCommands } from "../commands/project-commands.ts";
import { sessionCommands } from "../commands/session-commands.ts";
import { startCommand } from "../commands/start-command.ts";
import { statusCommand } from "../commands/status-command.ts";
import { stopCommand } from "../commands/stop-command.ts";
import { version } from "../version.ts";
import type { Command } from "./command.ts";
import { helpText } from "./help.ts";

const attachCommand: Command = {
	name: "attach",
	args: "AGENT",
	summary: "the agent's live terminal in this one; Ctrl+\\ Ctrl+\\ detaches",
	run: async (call) => (await import("../attach/attach.ts")).attach(call),
};

/** Every command, in the order the help shows them. */
export const commands: readonly Command[] = [
	startCommand,
	stopCommand,
	statusCommand,
	...agentCommands,
	...sessionCommands,
	attachCommand,
	...projectCommands,
	openCommand,
	hookCommand,
	{
		name: "version",
		summary: "print the version",
		async run(call) {
			call.out.print(version);
			return 0;
		},
	},
	{
		name: "help",
		args: "[COMMAND] [SUBCOMMAND]",
		summary: "print this, or what there is to know of one command",
		async run(call) {
			call.out.print(helpText(commands, call.args));
			return 0;
		},
	},
];
