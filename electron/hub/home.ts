import { createHash } from "node:crypto";
import { homedir, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** Every path under one CLAWMUX_HOME. */
export interface HomePaths {
	readonly home: string;
	readonly data: string;
	readonly database: string;
	readonly agentsSnapshot: string;
	readonly sessions: string;
	readonly run: string;
	/** Held locked by the hub that owns this home; its content means nothing. */
	readonly lock: string;
	/** What the running hub says of itself: pid, url, socket, version, startedAt. */
	readonly hubFile: string;
	/** The TCP port of the hub that ran last; the next one takes it again, so that an open browser tab finds it. */
	readonly portFile: string;
	/** The TCP token of the running hub, mode 0600. */
	readonly tokenFile: string;
	/** Unix socket or named pipe of the running hub. */
	readonly socket: string;
	readonly logs: string;
	readonly backups: string;
	/** A short name for this home, for things that have a name of their own outside it (a session server, a named pipe). */
	readonly key: string;
}

/** The longest path a Unix socket can have on every system we run on (macOS: 104 with its NUL). */
const longestSocketPath = 103;

/** The home that the environment names: `CLAWMUX_HOME`, else `~/.clawmux`. */
export function homeFromEnv(env: NodeJS.ProcessEnv = process.env): string {
	return resolve(env.CLAWMUX_HOME || join(env.HOME || homedir(), ".clawmux"));
}

/** Computes the paths; creates nothing. */
export function homePaths(home: string): HomePaths {
	const root = resolve(home);
	const key = createHash("sha256").update(root).digest("hex").slice(0, 12);
	const run = join(root, "run");
	return {
		home: root,
		data: join(root, "data"),
		database: join(root, "data", "clawmux.sqlite"),
		agentsSnapshot: join(root, "data", "agents.json"),
		sessions: join(root, "sessions"),
		run,
		lock: join(run, "lock.sqlite"),
		hubFile: join(run, "hub.json"),
		portFile: join(run, "port"),
		tokenFile: join(run, "token"),
		socket: socketPath(run, key),
		logs: join(root, "logs"),
		backups: join(root, "backups"),
		key,
	};
}

function socketPath(run: string, key: string): string {
	if (process.platform === "win32") return `\\\\.\\pipe\\clawmux-${key}`;
	const path = join(run, "hub.sock");
	if (Buffer.byteLength(path) <= longestSocketPath) return path;
	// A deep home: the socket goes to a folder of this user's own in the temporary folder, which the hub makes 0700.
	return join(tmpdir(), `clawmux-${userInfo().uid}`, `${key}.sock`);
}
