import { join } from "node:path";
import { liveStates } from "../../../shared/contract/agent-states.ts";
import type { Agent, AgentChanges, AgentState, Evidence } from "../../../shared/contract/agents.ts";
import type { Project } from "../../../shared/contract/projects.ts";
import type { Settings } from "../../../shared/contract/settings.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import type { HubEvents } from "../hub-events.ts";
import type { AgentRecord } from "../state/agent-repository.ts";
import { newAgent, type State } from "../state/state.ts";

/** What the registry must know of the rest of the hub. */
export interface AgentSurroundings {
	sessionsFolder: string;
	project(slug: string): Project | undefined;
	/** The session an agent has now, live or ended. */
	session(agentId: string): { sessionId: string; workDir: string; live: boolean } | undefined;
	/** Names that a new agent's backend and program must be among. */
	knownBackends(): readonly string[];
	knownPrograms(): readonly string[];
	defaults(): Pick<Settings, "defaultProgram">;
	/** What a person set, or only what the agent reported, has changed. */
	changed(change: "set" | "reported"): void;
}

/** Colours for agents that were added without one, in turn. */
const palette = ["#3a86ff", "#e67e22", "#2ecc71", "#9b59b6", "#e63946", "#00b4d8", "#f1c40f", "#ec407a"];

/** How long activity is gathered before it is stored and announced, so that a busy terminal costs no writes. */
const activityMs = 15_000;

/** All agents of a home: memory and database change in one step, then the change is announced. */
export class AgentRegistry {
	readonly #records = new Map<string, AgentRecord>();
	readonly #waiting = new Set<(id: string, state: AgentState) => void>();
	readonly #state: State;
	readonly #events: HubEvents;
	readonly #around: AgentSurroundings;

	constructor(state: State, events: HubEvents, around: AgentSurroundings) {
		this.#state = state;
		this.#events = events;
		this.#around = around;
		for (const record of state.agents.all()) this.#records.set(record.id, record);
	}

	records(): AgentRecord[] {
		return [...this.#records.values()].sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
	}

	list(): Agent[] {
		return this.records().map((record) => this.#show(record));
	}

	/** @throws ClawmuxError `not_found`. */
	get(id: string): Agent {
		return this.#show(this.record(id));
	}

	/** @throws ClawmuxError `not_found`. */
	record(id: string): AgentRecord {
		const record = this.#records.get(id);
		if (!record) throw new ClawmuxError("not_found", `There is no agent ${id}. \`clawmux agents\` lists them.`);
		return record;
	}

	/** @throws ClawmuxError `conflict` when the id is taken, `invalid_input` for an unknown project, backend or program. */
	create(input: { id: string; project?: string | null } & AgentChanges): Agent {
		if (this.#records.has(input.id)) throw new ClawmuxError("conflict", `There is an agent ${input.id} already.`);
		const { id, project = null, ...changes } = input;
		this.#checkProject(project);
		const name = changes.name ?? nameFromId(id);
		const record = newAgent(
			{
				colour: palette[this.#records.size % palette.length] ?? "#3a86ff",
				program: this.#around.defaults().defaultProgram,
				...withoutUndefined(changes),
				id,
				name,
				project,
				order: this.#nextOrder(),
				sessionName: this.#freeSessionName(name, id),
			},
			Date.now(),
		);
		this.#check(record);
		return this.#save(record);
	}

	/** @throws ClawmuxError `not_found`, `invalid_input` for an unknown backend or program. */
	update(id: string, changes: AgentChanges): Agent {
		const record = this.record(id);
		this.#check(changes);
		return this.#save({ ...record, ...withoutUndefined(changes) });
	}

	/**
	 * Moves an agent to a project (null: Unassigned), gives it a role or area, or a place in the order. A running session
	 * goes on, where it is.
	 */
	assign(id: string, to: { project?: string | null; role?: string | null; area?: string; order?: number }): Agent {
		const record = this.record(id);
		if (to.project !== undefined) this.#checkProject(to.project);
		return this.#save({ ...record, ...withoutUndefined(to) });
	}

	/** Forgets an agent. The caller has ended its session. Its folder stays on the disk. */
	remove(id: string): void {
		this.record(id);
		this.#state.agents.remove(id);
		this.#records.delete(id);
		this.#events.publish({ type: "agents.removed", id });
		this.#around.changed("set");
	}

	/** Sets what is known about an agent's state; the same state again only renews the evidence. */
	setState(id: string, state: AgentState, evidence: Evidence): void {
		const record = this.#records.get(id);
		if (!record) return;
		const stateSince = record.state === state ? record.stateSince : evidence.at;
		// That a hub was started, or looked at a process, is not the agent's doing.
		const isActivity = evidence.source === "hook" || evidence.source === "user";
		const next = { ...record, state, stateSince, evidence, lastActiveAt: isActivity ? evidence.at : record.lastActiveAt };
		// Whether it runs is worth keeping at once; what it is doing will be told again.
		if (liveStates.has(state) === liveStates.has(record.state)) this.#saveReport(next);
		else this.#save(next);
		for (const waiting of this.#waiting) waiting(id, state);
	}

	/** Resolves with the agent's state once `wanted` holds of it, or with what it is after `withinMs`. */
	async stateWithin(id: string, wanted: (state: AgentState) => boolean, withinMs: number): Promise<AgentState> {
		const { state } = this.record(id);
		if (wanted(state)) return state;
		return new Promise((resolve) => {
			const end = (last: AgentState): void => {
				clearTimeout(timer);
				this.#waiting.delete(look);
				resolve(last);
			};
			const look = (changed: string, now: AgentState): void => {
				if (changed === id && wanted(now)) end(now);
			};
			const timer = setTimeout(() => end(this.#records.get(id)?.state ?? "unknown"), withinMs);
			this.#waiting.add(look);
		});
	}

	/** Remembers the conversation that the next start goes on with; null: a fresh one. */
	setResumeId(id: string, resumeId: string | null): void {
		const record = this.record(id);
		if (record.resumeId !== resumeId) this.#save({ ...record, resumeId });
	}

	/** Notes that an agent's terminal moved. */
	touch(id: string, at: number): void {
		const record = this.#records.get(id);
		if (record && at - (record.lastActiveAt ?? 0) >= activityMs) this.#saveReport({ ...record, lastActiveAt: at });
	}

	/** Announces an agent again after something it is shown with (its session, its project) has changed. */
	announce(id: string): void {
		const record = this.#records.get(id);
		if (record) this.#events.publish({ type: "agents.changed", agent: this.#show(record) });
	}

	/** Takes the agents of a removed project to Unassigned in memory, as the database has done by itself. */
	leaveProject(slug: string): void {
		for (const record of this.#records.values()) {
			if (record.project !== slug) continue;
			this.#records.set(record.id, { ...record, project: null });
			this.announce(record.id);
		}
	}

	/** The folder that an agent's next session would run in. @throws ClawmuxError `invalid_input` when its choice cannot be. */
	chosenFolder(record: AgentRecord): string {
		if (record.folder === "own") return this.ownFolder(record.id);
		if (record.folder !== "project") return record.folder;
		const project = record.project === null ? undefined : this.#around.project(record.project);
		if (!project)
			throw new ClawmuxError(
				"invalid_input",
				`${record.name} is set to work in its project's folder, but is in no project. Move it to one or choose a folder.`,
			);
		if (!project.folder)
			throw new ClawmuxError(
				"invalid_input",
				`${record.name} is set to work in its project's folder, but the project ${project.name} has none. Give it one or choose a folder.`,
			);
		return project.folder;
	}

	/** `sessions/<agentId>/`: the agent's own, flat, never moved. */
	ownFolder(id: string): string {
		return join(this.#around.sessionsFolder, id);
	}

	#show(record: AgentRecord): Agent {
		const { sessionName: _, resumeId: __, ...shown } = record;
		const session = this.#around.session(record.id);
		const workDir = session?.live ? session.workDir : this.#foreseenFolder(record);
		return { ...shown, workDir, sessionId: session?.live ? session.sessionId : null };
	}

	#foreseenFolder(record: AgentRecord): string {
		const folder = record.folder === "project" ? this.#around.project(record.project ?? "")?.folder : record.folder;
		return !folder || folder === "own" ? this.ownFolder(record.id) : folder;
	}

	#save(record: AgentRecord): Agent {
		this.#state.agents.save(record);
		return this.#saved(record, "set");
	}

	#saveReport(record: AgentRecord): void {
		this.#state.agents.saveReport(record);
		this.#saved(record, "reported");
	}

	#saved(record: AgentRecord, change: "set" | "reported"): Agent {
		this.#records.set(record.id, record);
		const shown = this.#show(record);
		this.#events.publish({ type: "agents.changed", agent: shown });
		this.#around.changed(change);
		return shown;
	}

	#check({ backend, program }: AgentChanges): void {
		mustBeAmong("backend", backend, ["auto", ...this.#around.knownBackends()]);
		mustBeAmong("program", program, this.#around.knownPrograms());
	}

	#checkProject(slug: string | null): void {
		if (slug !== null && !this.#around.project(slug)) {
			throw new ClawmuxError(
				"not_found",
				`There is no project ${slug}. \`clawmux project list\` lists them; \`clawmux project create\` makes one.`,
			);
		}
	}

	#nextOrder(): number {
		return Math.max(-1, ...[...this.#records.values()].map((record) => record.order)) + 1;
	}

	/** A name of its own for the agent's sessions: from its name, else from its id, else numbered. */
	#freeSessionName(name: string, id: string): string {
		const wanted = name
			.toLowerCase()
			.replaceAll(/[^a-z0-9_-]+/g, "-")
			.replace(/^[-_]+/, "")
			.slice(0, 32);
		const records = [...this.#records.values()];
		const taken = new Set(records.map((record) => record.sessionName));
		// Another agent's id is left free too: it may want it one day.
		const ids = new Set(records.map((record) => record.id));
		if (wanted && !taken.has(wanted) && !ids.has(wanted)) return wanted;
		for (let n = 1; ; n += 1) {
			const candidate = n === 1 ? id : `${id}-${n}`;
			if (!taken.has(candidate)) return candidate;
		}
	}
}

/** @throws ClawmuxError `invalid_input` listing what there is. */
export function mustBeAmong(what: string, name: string | undefined, known: readonly string[]): void {
	if (name === undefined || known.includes(name)) return;
	throw new ClawmuxError("invalid_input", `There is no ${what} ${name}. Known are ${known.join(", ")}.`);
}

/** `af_sky` is Sky, `build-bot` is Build-bot. */
function nameFromId(id: string): string {
	const bare = id.replace(/^[a-z]{2}_(?=.)/, "");
	return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function withoutUndefined<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]: Exclude<T[K], undefined>;
	};
}
