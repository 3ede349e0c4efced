#!/usr/bin/env node
import { ClawmuxError } from "../../shared/errors.ts";
import { clientHome, hubSocket } from "./hub-address.ts";
import { createHubClient } from "./hub-call.ts";
import { UsageError } from "./line/command.ts";
import { parseCommandLine } from "./line/command-line.ts";
import { commands } from "./line/command-list.ts";
import { helpText } from "./line/help.ts";
import { complain, standardOutput } from "./printing/output.ts";

const exitCodes = { failed: 1, wrongUsage: 2 } as const;

/** Other spellings of two commands that people try everywhere. */
const spellings: Readonly<Record<string, string>> = { "--help": "help", "-h": "help", "--version": "version", "-v": "version" };

async function main(line: readonly string[]): Promise<number> {
	const [first = "help", ...rest] = line;
	const { command, help, given } = parseCommandLine(commands, [spellings[first] ?? first, ...rest]);
	const out = standardOutput();
	if (help) {
		out.print(helpText(commands, command.name.split(" ")));
		return 0;
	}
	const home = clientHome();
	const hub = createHubClient({ home, socket: hubSocket(home) });
	return (await command.run({ ...given, home, hub, out })) ?? 0;
}

function told(error: unknown): number {
	if (error instanceof UsageError) {
		complain(error.message);
		return exitCodes.wrongUsage;
	}
	complain(error instanceof ClawmuxError ? error.message : (aboutFile(error) ?? faultOf(error)));
	return exitCodes.failed;
}

/** What is not ours is a fault of the program: its stack is what a report needs. */
function faultOf(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What the system refused to do with a file, as a sentence; null for any other error. */
function aboutFile(error: unknown): string | null {
	if (!(error instanceof Error && "code" in error && "path" in error)) return null;
	const remedy = "Mend it, or set CLAWMUX_HOME to another folder.";
	const problems: Readonly<Record<string, string>> = {
		EACCES: "may not be used by this user",
		EPERM: "may not be used by this user",
		EROFS: "is on a disk that is read-only",
		ENOTDIR: "leads through something that is no folder",
		ENOSPC: "cannot be written: the disk is full",
	};
	const problem = problems[String(error.code)];
	return problem === undefined ? null : `${error.path} ${problem}. ${remedy}`;
}

main(process.argv.slice(2))
	.catch(told)
	.then((code) => process.exit(code));
