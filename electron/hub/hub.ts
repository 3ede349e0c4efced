import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createRouterClient } from "@orpc/server";
import type { HubClient } from "../../shared/contract/contract.ts";
import type { HubInfo, Notice } from "../../shared/contract/hub.ts";
import { ClawmuxError } from "../../shared/errors.ts";
import type { FrameLink } from "../../shared/frames.ts";
import { withClawmuxErrors } from "../../shared/rpc-errors.ts";
import { AgentRegistry, mustBeAmong } from "./agents/agent-registry.ts";
import { Closing } from "./closing.ts";
import { contractRouter } from "./contract-router.ts";
import { type HomePaths, homePaths } from "./home.ts";
import { acquireHomeLock } from "./home-lock.ts";
import { HubEvents } from "./hub-events.ts";
import { fileLog, type Log } from "./log.ts";
import { lookAtMachine, type MachineStatus } from "./machine-status.ts";
import { claudeCode } from "./programs/claude-code.ts";
import { generic } from "./programs/generic.ts";
import { ProgramRegistry } from "./programs/program-registry.ts";
import { ProjectRegistry } from "./projects/project-registry.ts";
import type { ContractPort } from "./server/contract-port.ts";
import { createHttpServer } from "./server/http-server.ts";
import { serveContract } from "./server/serve-contract.ts";
import { Tickets } from "./server/tickets.ts";
import { BackendRegistry } from "./sessions/backends/backend-registry.ts";
import { builtInBackends } from "./sessions/backends/built-in-backends.ts";
import { HookReports } from "./sessions/hook-reports.ts";
import { adoptSessions } from "./sessions/session-adoption.ts";
import { SessionInspector } from "./sessions/session-inspector.ts";
import { prepareLaunch } from "./sessions/session-launcher.ts";
import { SessionManager } from "./sessions/session-manager.ts";
import { SessionStore } from "./sessions/session-store.ts";
import { AgentsSnapshot } from "./state/agents-snapshot.ts";
import { writeFileAtomically } from "./state/atomic-file.ts";
import { openState, type State } from "./state/state.ts";
import { Terminals } from "./terminals/terminals.ts";

export interface HubOptions {
	/** CLAWMUX_HOME. */
	home: string;
	version: string;
	/** TCP port on 127.0.0.1; 0 or unset: the setting's, else any free one. */
	port?: number;
	/** Whether to listen on TCP at all. Default true; the Unix socket is always there. */
	listen?: boolean;
	/** The built interface, served to browsers. */
	webRoot?: string;
	/** The argv that runs the `clawmux` command, for agents' hooks. */
	cliCommand: readonly string[];
	env?: NodeJS.ProcessEnv;
	log?: Log;
	/** Called when a client asked the hub to end; the host ends its process then. */
	onShutdown?(): void;
}

export interface Hub {
	readonly info: HubInfo;
	/** What a TCP client must show; new at each start. */
	readonly token: string;
	/** A typed client in this process. */
	readonly client: HubClient;
	connectContract(port: ContractPort): void;
	connectTerminals(link: FrameLink): void;
	/** Ends the sessions that cannot outlive the hub, stores everything and gives the home free. Idempotent. */
	close(): Promise<void>;
}

/**
 * Starts the one hub of a home: takes its lock, opens its state, takes up the sessions that are still running, and
 * listens.
 * @throws ClawmuxError `conflict` when another hub owns the home, and for nothing else; `unavailable` when its database is
 * newer than this program, its folder cannot be written, or the port that was asked for is taken.
 */
export async function createHub(options: HubOptions): Promise<Hub> {
	const paths = homePaths(options.home);
	makeFolders(paths);
	const log = options.log ?? fileLog(paths.logs);
	const parts = new Closing(log);
	const lock = acquireHomeLock(paths.lock);
	parts.add("the home's lock", () => lock.release());
	try {
		return await compose(options, paths, log, parts);
	} catch (error) {
		await parts.close();
		throw error;
	}
}

function makeFolders(paths: HomePaths): void {
	try {
		for (const folder of [paths.home, paths.data, paths.run, paths.sessions, paths.logs]) {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			chmodSync(folder, 0o700);
		}
	} catch (cause) {
		throw new ClawmuxError(
			"unavailable",
			`The folder ${paths.home} cannot be written to. Mend its permissions, or set CLAWMUX_HOME to another folder.`,
			{ cause },
		);
	}
}

async function compose(options: HubOptions, paths: HomePaths, log: Log, closing: Closing): Promise<Hub> {
	const env = options.env ?? process.env;
	const state = openState(paths, log);
	closing.add("the state", () => state.close());
	const events = new HubEvents();

	const backends = new BackendRegistry(builtInBackends(paths, log));
	const programs = new ProgramRegistry([claudeCode, generic]);
	for (const backend of backends.all()) closing.add(`the backend ${backend.name}`, () => backend.dispose());
	const terminals = new Terminals({ log });
	closing.add("the terminals", () => terminals.dispose());
	const sessions = new SessionStore(state, events);
	const snapshot: AgentsSnapshot = new AgentsSnapshot(
		paths.agentsSnapshot,
		() => ({ projects: projects.list(), agents: agents.records() }),
		log,
	);
	closing.add("the snapshot", () => snapshot.flush());
	const projects = new ProjectRegistry(state, events, () => snapshot.schedule());
	const agents: AgentRegistry = new AgentRegistry(state, events, {
		sessionsFolder: paths.sessions,
		project: (slug) => projects.find(slug),
		session: (agentId) => sessions.find(agentId),
		knownBackends: () => backends.all().map((backend) => backend.name),
		knownPrograms: () => programs.names(),
		defaults: () => state.settings.get(),
		changed: (change) => {
			snapshot.schedule(change);
			inspector.wake();
		},
	});
	const parts = { agents, sessions, backends, programs, terminals, log };
	const launcherParts = { ...parts, paths, env, cliCommand: options.cliCommand, settings: () => state.settings.get() };
	const manager = new SessionManager({ ...parts, prepare: (agentId) => prepareLaunch(launcherParts, agents.record(agentId)) });
	closing.add("the sessions", () => manager.close());
	const hooks = new HookReports(agents, sessions, programs);
	const inspector: SessionInspector = new SessionInspector({ ...parts, env });
	closing.add("the inspector", () => inspector.close());

	const token = randomBytes(32).toString("hex");
	const tickets = new Tickets();
	const look = () => lookAtMachine(backends, programs, env, state.settings.get().programPaths);
	let info = describe(options, paths, state, await look());
	const freshInfo = async (): Promise<HubInfo> => {
		const fresh = { ...info, ...(await look()) };
		if (isDeepStrictEqual(fresh, info)) return info;
		info = fresh;
		events.publish({ type: "hub.changed", hub: info });
		return info;
	};
	const ticketUrl = (): string => {
		if (info.url === null)
			throw new ClawmuxError(
				"unavailable",
				"This hub listens on no port, so no browser can reach it. Start it with `clawmux start`.",
			);
		return `${info.url}/#ticket=${tickets.issue()}`;
	};
	const router = contractRouter({
		agents,
		projects,
		sessions,
		manager,
		terminals,
		events,
		info: () => info,
		freshInfo,
		settings: () => state.settings.get(),
		updateSettings: (changes) => {
			mustBeAmong("backend", changes.defaultBackend, ["auto", ...backends.all().map((backend) => backend.name)]);
			mustBeAmong("program", changes.defaultProgram, programs.names());
			const settings = state.settings.update(changes);
			events.publish({ type: "settings.changed", settings });
			return settings;
		},
		ticketUrl,
		shutdown: () => options.onShutdown?.(),
	});

	const adoption = await adoptSessions(parts);
	inspector.wake();
	snapshot.flush();
	const contract = serveContract({ router, log, version: options.version });
	const server = await createHttpServer({
		contract,
		token,
		tickets,
		webRoot: options.webRoot,
		onTerminalLink: (link) => terminals.serve(link),
		onHook: async (request) => hooks.receive(request),
		log,
		socketPath: paths.socket,
		port: options.port,
		preferredPort: state.settings.get().port || lastPort(paths),
		listen: options.listen ?? true,
	});
	closing.add("the server", () => server.close());
	closing.add("the contract's lines", () => contract.close());
	closing.add("the events", () => events.close());
	info = { ...info, url: server.url };
	writeFileAtomically(paths.tokenFile, token);
	if (info.url) writeFileAtomically(paths.portFile, new URL(info.url).port);
	const { pid, version, url, socket, startedAt } = info;
	writeFileAtomically(paths.hubFile, `${JSON.stringify({ pid, version, url, socket, startedAt })}\n`);
	closing.add("the files that name it", () => {
		for (const file of [paths.hubFile, paths.tokenFile]) rmSync(file, { force: true });
	});
	log.info("the hub is ready", { url, socket, ...adoption });
	return {
		get info() {
			return info;
		},
		token,
		client: createRouterClient(router, { interceptors: [withClawmuxErrors] }),
		connectContract: (port) => contract.connect(port),
		connectTerminals: (link) => terminals.serve(link),
		close: () => closing.close(),
	};
}

/** The port that the hub before had, or 0 for any. */
function lastPort({ portFile }: HomePaths): number {
	const text = existsSync(portFile) ? readFileSync(portFile, "utf8") : "";
	return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : 0;
}

/** What the hub says of itself before it listens. */
function describe(options: HubOptions, paths: HomePaths, state: State, machine: MachineStatus): HubInfo {
	const startedAt = Date.now();
	const notices: Notice[] = state.notices.map((text, index) => ({ id: `start-${index}`, level: "warning", text, at: startedAt }));
	return {
		pid: process.pid,
		version: options.version,
		home: paths.home,
		url: null,
		socket: paths.socket,
		startedAt,
		notices,
		...machine,
	};
}
