import type { Agent } from "../../shared/contract/agents.ts";
import type { Project } from "../../shared/contract/projects.ts";

/** Whole objects for tests; only what a test is about needs to be said. */
export function sampleAgent(changes: Partial<Agent> & { id: string }): Agent {
	return {
		name: changes.id,
		colour: "#3a86ff",
		project: null,
		role: null,
		area: "",
		task: "",
		backend: "auto",
		program: "claude-code",
		argv: null,
		model: null,
		effort: null,
		permissionMode: null,
		folder: "own",
		workDir: `/home/ada/.clawmux/sessions/${changes.id}`,
		hidden: false,
		order: 0,
		state: "stopped",
		stateSince: 0,
		evidence: { source: "user", at: 0, reason: "never started" },
		sessionId: null,
		lastActiveAt: null,
		createdAt: 0,
		...changes,
	};
}

export function sampleProject(slug: string, order: number): Project {
	return { slug, name: slug.toUpperCase(), folder: null, order, createdAt: 0 };
}
