import type { Agent, AgentState } from "../../../shared/contract/agents.ts";

/** What a program needs to know to start or resume a session. All paths absolute. */
export interface LaunchRequest {
	agent: Agent;
	workDir: string;
	/** `sessions/<agentId>/` under the home: the agent's own folder, where its settings and hooks files go. */
	agentFolder: string;
	/** The binary, found on the PATH or given in the settings. */
	binary: string;
	permissionMode: string;
	/** The conversation to go on with, or null for a fresh one. */
	resumeId: string | null;
	/** The command that a hook runs, as argv; it reads the event from its standard input. */
	hookCommand: readonly string[];
}

export interface Launch {
	argv: string[];
	/** Added to the session's environment. */
	env: Record<string, string>;
	/** The program's own conversation id, where it is known before the start. */
	resumeId: string | null;
}

/** What one hook event says about the agent's state; null when it says nothing. */
export interface HookReading {
	state: AgentState;
	reason: string;
	/** The program's own conversation id, when the event names one. */
	resumeId?: string;
}

/** What the program's own records say about a live session. */
export interface Inspection {
	state: AgentState;
	reason: string;
	/** When the program wrote it down, ms; an older one than the evidence at hand says nothing new. */
	at: number;
}

/** How one program is started, resumed, interrupted and read. */
export interface Program {
	readonly name: string;
	readonly displayName: string;
	/** The binary's usual name, or null when the agent's argv names it. */
	readonly binaryName: string | null;
	/** How to get it, for the message that says it is missing. */
	readonly remedy: string;
	/** Whether its hooks report states; without, a live session is `running`. */
	readonly reportsState: boolean;
	readonly interruptKeys: "escape" | "ctrl-c";
	/** Writes what the program needs into the agent's own folder and says how to start it. */
	launch(request: LaunchRequest): Promise<Launch>;
	/** Reads one hook event's JSON, already parsed. */
	readHook(event: unknown): HookReading | null;
	/** Whether a conversation can still be resumed (its transcript exists). */
	canResume(resumeId: string, env: NodeJS.ProcessEnv): Promise<boolean>;
	/**
	 * A second source beside the hooks, for what they do not tell (a turn cancelled by Escape). Cheap enough to ask once a second
	 * while an agent is working or waiting. Null when the records say nothing; `env` is the session's own.
	 */
	inspect?(session: { resumeId: string; env: NodeJS.ProcessEnv }): Promise<Inspection | null>;
}
