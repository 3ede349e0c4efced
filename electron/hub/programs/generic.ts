import type { Launch, LaunchRequest, Program } from "./program.ts";

/** Any command line, or the user's shell. Nothing is known of it but that its process lives. */
export const generic: Program = {
	name: "generic",
	displayName: "Command",
	binaryName: null,
	remedy: "Check its spelling, or give its whole path",
	reportsState: false,
	interruptKeys: "ctrl-c",
	launch,
	readHook: () => null,
	canResume: async () => false,
};

async function launch({ agent, binary }: LaunchRequest): Promise<Launch> {
	return { argv: [binary, ...(agent.argv ?? []).slice(1)], env: {}, resumeId: null };
}
