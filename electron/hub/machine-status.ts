import type { HubInfo } from "../../shared/contract/hub.ts";
import type { ProgramPaths, ProgramRegistry } from "./programs/program-registry.ts";
import type { BackendRegistry } from "./sessions/backends/backend-registry.ts";

/** What this machine has of backends and programs. */
export type MachineStatus = Pick<HubInfo, "backends" | "programs" | "defaultBackend">;

/** Looks again: a person may have installed something since. */
export async function lookAtMachine(
	backends: BackendRegistry,
	programs: ProgramRegistry,
	env: NodeJS.ProcessEnv,
	paths: ProgramPaths,
): Promise<MachineStatus> {
	const found = await Promise.all(
		backends.all().map(async (backend) => ({
			name: backend.name,
			survivesHub: backend.capabilities.survivesHub,
			...(await backend.available()),
		})),
	);
	return { backends: found, programs: programs.statuses(env, paths), defaultBackend: await backends.defaultName() };
}
