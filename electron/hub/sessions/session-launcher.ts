import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Settings } from "../../../shared/contract/settings.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import type { AgentRegistry } from "../agents/agent-registry.ts";
import type { HomePaths } from "../home.ts";
import type { Program } from "../programs/program.ts";
import type { ProgramRegistry } from "../programs/program-registry.ts";
import type { AgentRecord } from "../state/agent-repository.ts";
import type { BackendRegistry } from "./backends/backend-registry.ts";
import type { SessionBackend } from "./backends/session-backend.ts";
import { sessionEnv } from "./session-env.ts";
import { newSecret } from "./session-store.ts";

export interface LauncherParts {
	paths: HomePaths;
	agents: AgentRegistry;
	backends: BackendRegistry;
	programs: ProgramRegistry;
	settings(): Settings;
	env: NodeJS.ProcessEnv;
	cliCommand: readonly string[];
}

/** Everything that is known of a session before it starts; nothing has been started yet. */
export interface PreparedLaunch {
	backend: SessionBackend;
	program: Program;
	argv: string[];
	env: Record<string, string>;
	workDir: string;
	resumeId: string | null;
	secret: string;
}

/**
 * Checks everything a start needs and prepares it: backend, program, folder, the files the program reads.
 * @throws ClawmuxError that names what is wrong: `not_found` or `unavailable` for backend and program, `invalid_input`
 * for the folder. Nothing was started then.
 */
export async function prepareLaunch(parts: LauncherParts, record: AgentRecord): Promise<PreparedLaunch> {
	const settings = parts.settings();
	const backend = await chosenBackend(parts, record, settings);
	const program = parts.programs.get(record.program);
	const workDir = existingFolder(parts, record);
	const binary = parts.programs.findBinary(program, { argv: record.argv, env: parts.env, paths: settings.programPaths, workDir });
	const secret = newSecret();
	const resumeId = record.resumeId !== null && (await program.canResume(record.resumeId, parts.env)) ? record.resumeId : null;
	const agent = parts.agents.get(record.id);
	const agentFolder = parts.agents.ownFolder(record.id);
	mkdirSync(agentFolder, { recursive: true, mode: 0o700 });
	const launch = await program.launch({
		agent: { ...agent, model: agent.model ?? settings.defaultModel, effort: agent.effort ?? settings.defaultEffort },
		workDir,
		agentFolder,
		binary,
		permissionMode: agent.permissionMode ?? settings.defaultPermissionMode,
		resumeId,
		hookCommand: [...parts.cliCommand, "hook"],
	});
	const surroundingVariables = parts.backends.all().flatMap((one) => one.capabilities.surroundingVariables);
	const env = sessionEnv(parts.env, surroundingVariables, {
		...launch.env,
		CLAWMUX_HOME: parts.paths.home,
		CLAWMUX_SOCKET: parts.paths.socket,
		CLAWMUX_AGENT_ID: record.id,
		CLAWMUX_SESSION_SECRET: secret,
		CLAWMUX_SESSION: randomUUID(),
	});
	return { backend, program, argv: launch.argv, env, workDir, resumeId: launch.resumeId, secret };
}

async function chosenBackend(parts: LauncherParts, record: AgentRecord, settings: Settings): Promise<SessionBackend> {
	const wanted = record.backend === "auto" ? settings.defaultBackend : record.backend;
	const backend = parts.backends.get(wanted === "auto" ? await parts.backends.defaultName() : wanted);
	const { available, detail } = await backend.available();
	if (!available) throw new ClawmuxError("unavailable", `The backend ${backend.name} cannot be used: ${detail}`);
	return backend;
}

/** The folder to work in. The agent's own one is made; any other must exist and be usable. */
function existingFolder(parts: LauncherParts, record: AgentRecord): string {
	const folder = parts.agents.chosenFolder(record);
	if (record.folder === "own") mkdirSync(folder, { recursive: true, mode: 0o700 });
	const problem = folderProblem(folder);
	if (problem)
		throw new ClawmuxError(
			"invalid_input",
			`${record.name} cannot start: its working folder ${folder} ${problem}. Choose another folder or make it.`,
		);
	return folder;
}

function folderProblem(folder: string): string | null {
	if (!isAbsolute(folder)) return "is not an absolute path";
	if (folder.includes("\0")) return "has a NUL character in its name";
	const found = statSync(folder, { throwIfNoEntry: false });
	if (!found) return "does not exist";
	if (!found.isDirectory()) return "is not a folder";
	try {
		accessSync(folder, constants.R_OK | constants.X_OK);
		return null;
	} catch (error) {
		return `cannot be entered (${error instanceof Error && "code" in error ? error.code : error})`;
	}
}
