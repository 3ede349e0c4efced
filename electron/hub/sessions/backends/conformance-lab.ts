import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homePaths } from "../../home.ts";
import { type Log, silentLog } from "../../log.ts";
import { builtInBackends } from "./built-in-backends.ts";
import { isAlive, type ProcessIdentity, sendSignal } from "./processes/process-rows.ts";
import type { CreateSession, SessionBackend } from "./session-backend.ts";
import { createRequest, type Opened, open, until } from "./session-probe.ts";

/** A name that a shell, a format and strftime would each make something else of. */
const trap = `x #(touch HACKED) #[b] 'q"%H;`;

/** The suite runs over every backend that comes with ClawMux. */
export const backendNames = builtInBackends(homePaths("/nowhere"), silentLog).map(({ name }) => ({ name }));

/** For tests: whether a process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
	try {
		return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
}

/** For tests: one backend on a home and a working directory with hostile names, and programs to run in it. */
export class ConformanceLab {
	readonly root = realpathSync(mkdtempSync(join(tmpdir(), "clawmux-backends-")));
	readonly home = join(this.root, trap);
	readonly workDir = join(this.root, "work", trap);
	readonly backend: SessionBackend;
	#ids = 0;

	constructor(name: string, log: Log = silentLog) {
		mkdirSync(this.workDir, { recursive: true });
		const backend = builtInBackends(homePaths(this.home), log).find((one) => one.name === name);
		if (!backend) throw new Error(`There is no backend ${name}.`);
		this.backend = backend;
	}

	request(argv: readonly string[], more: Partial<CreateSession> = {}): CreateSession {
		this.#ids += 1;
		return createRequest(`s${this.#ids}`, argv, this.workDir, more);
	}

	shell(script: string, more?: Partial<CreateSession>): CreateSession {
		return this.request(["sh", "-c", script], more);
	}

	async run(made: CreateSession): Promise<Opened> {
		await this.backend.create(made);
		return open(this.backend, made.sessionId);
	}

	/** Everything a program printed until it ended. */
	async printed(made: CreateSession): Promise<string> {
		const opened = await this.run(made);
		await opened.end;
		return opened.text();
	}

	/** A program that reads so many bytes of keys as they are; `bytesRead` says which. */
	reader(bytes: number, setup = ""): CreateSession {
		return this.shell(`stty raw -echo; ${setup} printf ready; head -c ${bytes} > "${this.root}/read"; stty sane; printf done`);
	}

	bytesRead(): Buffer {
		return readFileSync(join(this.root, "read"));
	}

	async killAll(): Promise<void> {
		for (const { sessionId } of await this.backend.list()) await this.backend.kill(sessionId);
	}

	/** Ends everything, a server that would outlive the backend included. */
	async destroy(): Promise<void> {
		await this.backend.dispose();
		if (this.backend.capabilities.survivesHub) {
			const file = join(homePaths(this.home).run, `${this.backend.name}-server.json`);
			const server = JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
			if (isAlive(server)) sendSignal(server.pid, "SIGTERM");
			await until(() => !isAlive(server));
		}
		rmSync(this.root, { recursive: true, force: true });
	}
}
