import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createRouterClient } from "@orpc/server";
import type { HubClient } from "../../shared/contract/contract.ts";
import type { HubInfo, Notice } from "../../shared/contract/hub.ts";
import { ClawmuxError } from "../../shared/errors.ts";
import type { FrameLink } from "../../shared/frames.ts";
import { AgentRegistry } from "./agents/agent-registry.ts";
import { contractRouter } from "./contract-router.ts";
import { type HomePaths, homePaths } from "./home.ts";
import { acquireHomeLock, type HomeLock } from "./home-lock.ts";
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
	const lock = acquireHomeLock(paths.lock);
	try {
		return await compose(options, paths, lock);
	} catch (error) {
		lock.release();
		throw error;
	}
}

function makeFolders(paths: HomePaths): void {
	try {
		for (const folder of [paths.home, paths.data, paths.run, paths.sessions, paths.logs])
			mkdirSync(folder, { recursive: true, mode: 0o700 });
		chmodSync(paths.run, 0o700);
	} catch (cause) {
		throw new ClawmuxError(
			"unavailable",
			`The folder ${paths.home} cannot be written to. Mend its permissions, or set CLAWMUX_HOME to another folder.`,
			{ cause },
		);
	}
}

async function compose(options: HubOptions, paths: HomePaths, lock: HomeLock): Promise<Hub> {
	const log = options.log ?? fileLog(paths.logs);
	const env = options.env ?? process.env;
	const state = openState(paths, log);
	const events = new HubEvents();

	const backends = new BackendRegistry(builtInBackends(paths, log));
	const programs = new ProgramRegistry([claudeCode, generic]);
	const terminals = new Terminals({ log });
	const sessions = new SessionStore(state, events);
	const snapshot: AgentsSnapshot = new AgentsSnapshot(
		paths.agentsSnapshot,
		() => ({ projects: projects.list(), agents: agents.records() }),
		log,
	);
	const projects = new ProjectRegistry(state, events, () => snapshot.schedule());
	const agents: AgentRegistry = new AgentRegistry(state, events, {
		sessionsFolder: paths.sessions,
		project: (slug) => projects.find(slug),
		session: (agentId) => sessions.find(agentId),
		knownBackends: () => backends.all().map((backend) => backend.name),
		knownPrograms: () => programs.names(),
		defaults: () => state.settings.get(),
		changed: () => {
			snapshot.schedule();
			inspector.wake();
		},
	});
	const parts = { agents, sessions, backends, programs, terminals, log };
	const launcherParts = { ...parts, paths, env, cliCommand: options.cliCommand, settings: () => state.settings.get() };
	const manager = new SessionManager({ ...parts, prepare: (agentId) => prepareLaunch(launcherParts, agents.record(agentId)) });
	const hooks = new HookReports(agents, sessions, programs);
	const inspector: SessionInspector = new SessionInspector({ ...parts, env });

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
		preferredPort: state.settings.get().port,
		listen: options.listen ?? true,
	});
	info = { ...info, url: server.url };
	writeFileAtomically(paths.tokenFile, token);
	writeFileAtomically(
		paths.hubFile,
		`${JSON.stringify({ pid: info.pid, version: info.version, url: info.url, socket: info.socket, startedAt: info.startedAt })}\n`,
	);
	log.info("the hub is ready", { url: info.url, socket: info.socket, ...adoption });

	let closing: Promise<void> | null = null;
	const close = async (): Promise<void> => {
		inspector.close();
		events.close();
		contract.close();
		await server.close();
		await manager.close();
		terminals.dispose();
		await Promise.all(backends.all().map((backend) => backend.dispose()));
		snapshot.flush();
		rmSync(paths.hubFile, { force: true });
		rmSync(paths.tokenFile, { force: true });
		state.close();
		lock.release();
		log.info("the hub has ended");
	};
	return {
		get info() {
			return info;
		},
		token,
		client: createRouterClient(router),
		connectContract: (port) => contract.connect(port),
		connectTerminals: (link) => terminals.serve(link),
		close: () => {
			closing ??= close();
			return closing;
		},
	};
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
