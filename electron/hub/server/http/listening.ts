import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import type { AddressInfo, ListenOptions, Server } from "node:net";
import { dirname } from "node:path";
import { ClawmuxError } from "../../../../shared/errors.ts";

/** The highest port there is. */
const highestPort = 65535;

/**
 * Listens on a Unix socket of mode 0600 in a folder of mode 0700, or on a named pipe. A socket that is there already is
 * removed: the caller owns the home's lock, so nobody listens on it.
 * @throws ClawmuxError `denied` when the folder is not this user's own, `unavailable` when the system refuses
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
	const isPipe = path.startsWith("\\\\");
	if (!isPipe) {
		ownFolder(dirname(path));
		rmSync(path, { force: true });
	}
	try {
		await listening(server, { path });
	} catch (cause) {
		throw new ClawmuxError("unavailable", `The hub cannot listen on ${path}.`, { cause });
	}
	if (!isPipe) chmodSync(path, 0o600);
}

/** Makes the folder, or checks that it is a folder of this user's: in the shared temporary folder anybody can be first. */
function ownFolder(folder: string): void {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const found = lstatSync(folder);
	if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid()))
		throw new ClawmuxError("denied", `${folder} belongs to somebody else, so the hub's socket cannot be there. Remove it.`);
	chmodSync(folder, 0o700);
}

/**
 * Listens on 127.0.0.1: on `port` if there is one, else on `preferredPort` if that is free, else on any free one.
 * @returns the port
 * @throws ClawmuxError `unavailable` when `port` is taken, `denied` when it may not be used, `invalid_input` when it is none
 */
export async function listenOnPort(
	server: Server,
	wanted: { port?: number | undefined; preferredPort?: number | undefined },
): Promise<number> {
	const port = wanted.port ?? wanted.preferredPort ?? 0;
	if (!Number.isInteger(port) || port < 0 || port > highestPort)
		throw new ClawmuxError("invalid_input", `${port} is no port. Use 1 to ${highestPort}, or 0 for any free one.`);
	try {
		await listening(server, { host: "127.0.0.1", port });
	} catch (cause) {
		if (wanted.port !== undefined || port === 0) throw portRefused(port, cause);
		await listening(server, { host: "127.0.0.1", port: 0 });
	}
	return (server.address() as AddressInfo).port;
}

function portRefused(port: number, cause: unknown): ClawmuxError {
	const code = (cause as NodeJS.ErrnoException).code;
	if (code === "EADDRINUSE")
		return new ClawmuxError(
			"unavailable",
			`Port ${port} on 127.0.0.1 is used by another program. Choose another with --port, or --port 0 for any free one.`,
			{ cause },
		);
	if (code === "EACCES")
		return new ClawmuxError("denied", `Port ${port} may not be used by this user. Choose one above 1023 with --port.`, { cause });
	return new ClawmuxError("unavailable", `The hub cannot listen on port ${port} of 127.0.0.1 (${code ?? "no reason given"}).`, {
		cause,
	});
}

function listening(server: Server, options: ListenOptions): Promise<void> {
	return new Promise((resolve, reject) => {
		const failed = (error: Error) => {
			server.off("listening", done);
			reject(error);
		};
		const done = () => {
			server.off("error", failed);
			resolve();
		};
		server.once("error", failed);
		server.once("listening", done);
		server.listen(options);
	});
}
