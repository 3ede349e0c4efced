import type * as z from "zod";
import type { programStatus } from "../../../shared/contract/hub.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import { findBinary, userShell } from "./find-binary.ts";
import type { Program } from "./program.ts";

export type ProgramStatus = z.infer<typeof programStatus>;

/** The settings' paths of binaries, by the program's name. */
export type ProgramPaths = Readonly<Record<string, string>>;

export interface BinaryRequest {
	env: NodeJS.ProcessEnv;
	paths: ProgramPaths;
	/** The agent's own command line, where the program is one that takes it. */
	argv?: readonly string[] | null;
	/** What a relative path in `argv` starts from; without one such a path is not found. */
	workDir?: string;
}

/** The programs that can run in a session, by name. */
export class ProgramRegistry {
	readonly #programs: ReadonlyMap<string, Program>;

	constructor(programs: readonly Program[]) {
		this.#programs = new Map(programs.map((program) => [program.name, program]));
	}

	names(): string[] {
		return [...this.#programs.keys()];
	}

	/** @throws `not_found` naming the ones there are. */
	get(name: string): Program {
		const program = this.#programs.get(name);
		if (program) return program;
		throw new ClawmuxError("not_found", `There is no program "${name}"; the programs are ${this.names().join(", ")}.`);
	}

	/**
	 * The absolute path of what a program's session runs.
	 * @throws `unavailable` naming the binary and the remedy.
	 */
	findBinary(program: Program, { env, paths, argv, workDir }: BinaryRequest): string {
		const configured = program.binaryName === null ? undefined : paths[program.name];
		const command = configured || program.binaryName || (argv?.[0] ?? userShell(env));
		const found = findBinary(command, env, workDir);
		if (found) return found;
		if (configured) {
			const problem = `The settings say that ${program.displayName} is ${configured}, and no program is there`;
			throw new ClawmuxError("unavailable", `${problem}. Correct the path in the settings.`);
		}
		const subject = program.binaryName === null ? `The command "${command}"` : `${program.displayName} (\`${command}\`)`;
		throw new ClawmuxError("unavailable", `${subject} is not installed here or is not on the PATH. ${program.remedy}.`);
	}

	/** What this machine has of each program. */
	statuses(env: NodeJS.ProcessEnv, paths: ProgramPaths): ProgramStatus[] {
		return [...this.#programs.values()].map((program) => {
			const { name, displayName } = program;
			try {
				return { name, displayName, available: true, detail: this.findBinary(program, { env, paths }) };
			} catch (error) {
				if (!(error instanceof ClawmuxError)) throw error;
				return { name, displayName, available: false, detail: error.message };
			}
		});
	}
}
