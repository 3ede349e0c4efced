import type * as z from "zod";
import type { Agent } from "../../../shared/contract/agents.ts";
import type { programStatus } from "../../../shared/contract/hub.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import { claudeCode } from "./claude-code.ts";
import { findBinary, userShell } from "./find-binary.ts";
import { generic } from "./generic.ts";
import type { Program } from "./program.ts";

export type ProgramStatus = z.infer<typeof programStatus>;

/** The settings' paths of binaries, by the program's name. */
export type ProgramPaths = Readonly<Record<string, string>>;

/** The programs that can run in a session, by name. */
export class ProgramRegistry {
	readonly #programs: ReadonlyMap<string, Program>;

	constructor(programs: readonly Program[] = [claudeCode, generic]) {
		this.#programs = new Map(programs.map((program) => [program.name, program]));
	}

	/** @throws `not_found` naming the ones there are. */
	get(name: string): Program {
		const program = this.#programs.get(name);
		if (program) return program;
		const known = [...this.#programs.keys()].join(", ");
		throw new ClawmuxError("not_found", `There is no program "${name}"; the programs are ${known}.`);
	}

	all(): Program[] {
		return [...this.#programs.values()];
	}

	/**
	 * The absolute path of what a program's session runs. A `generic` agent's own command line names it, so that program needs
	 * the agent (its `argv`, and the `workDir` that a relative path starts from).
	 * @throws `not_found` for the program's name, `unavailable` naming the binary and the remedy.
	 */
	findBinary(
		name: string,
		env: NodeJS.ProcessEnv,
		paths: ProgramPaths,
		agent: Pick<Agent, "argv" | "workDir"> = { argv: null, workDir: "/" },
	): string {
		const program = this.get(name);
		const configured = program.binaryName === null ? undefined : paths[name];
		const command = configured || program.binaryName || (agent.argv?.[0] ?? userShell(env));
		const found = findBinary(command, env, agent.workDir);
		if (found) return found;
		if (configured) {
			const problem = `The settings say that ${program.displayName} is ${configured}, and no program is there`;
			throw new ClawmuxError("unavailable", `${problem}. Correct the path in the settings.`);
		}
		const subject = program.binaryName === null ? `The command "${command}"` : `${program.displayName} (\`${command}\`)`;
		throw new ClawmuxError("unavailable", `${subject} is not installed here or is not on the PATH. ${program.remedy}.`);
	}

	/** What this machine has of each program. */
	status(env: NodeJS.ProcessEnv, paths: ProgramPaths): ProgramStatus[] {
		return this.all().map((program) => {
			const { name, displayName } = program;
			try {
				return { name, displayName, available: true, detail: this.findBinary(name, env, paths) };
			} catch (error) {
				if (!(error instanceof ClawmuxError)) throw error;
				return { name, displayName, available: false, detail: error.message };
			}
		});
	}
}
