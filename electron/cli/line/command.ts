import type { HubClient } from "../../../shared/contract/contract.ts";
import type { Output } from "../printing/output.ts";

export interface CommandOption {
	/** What stands for the value in the help; without it the option is a switch. */
	readonly value?: string;
	readonly help: string;
}

export interface Command {
	/** One word or two: `status`, `project create`. */
	readonly name: string;
	/** The arguments as the help shows them, one word each; those in brackets may be left out. */
	readonly args?: string;
	readonly summary: string;
	readonly options?: Readonly<Record<string, CommandOption>>;
	/** Takes a command line after `--`. */
	readonly takesArgv?: boolean;
	/** For programs, not for people: not in the help. */
	readonly hidden?: boolean;
	/** Resolves to the exit code; nothing means 0. A thrown error is told in one line, with exit code 1. */
	run(call: CommandCall): Promise<number | undefined>;
}

/** One use of a command. */
export interface CommandCall {
	readonly args: readonly string[];
	/** The command line after `--`, or null. */
	readonly argv: readonly string[] | null;
	readonly home: string;
	readonly hub: HubClient;
	readonly out: Output;
	/** Whether a switch was given. */
	has(option: string): boolean;
	/** The value of an option, if it was given. */
	text(option: string): string | undefined;
}

export const jsonOption = { json: { help: "print JSON" } } as const;

/** The command line was wrong: exit code 2. */
export class UsageError extends Error {
	override readonly name = "UsageError";
}
