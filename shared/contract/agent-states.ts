// Apart from the contract's schemas, for clients that cannot afford to load those (the `clawmux` command).

/**
 * What an agent is doing, as far as it is known. `running` means the process lives and its program reports nothing more;
 * `unknown` means not even that can be said.
 */
export const agentStates = ["stopped", "starting", "running", "working", "waiting", "idle", "exited", "dead", "unknown"] as const;
export type AgentState = (typeof agentStates)[number];

/** States in which an agent has a live session. */
export const liveStates: ReadonlySet<AgentState> = new Set(["starting", "running", "working", "waiting", "idle", "unknown"]);
