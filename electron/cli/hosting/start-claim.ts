import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { processLives } from "./process-lives.ts";

/** A claim older than this is nobody's: a start that takes longer has failed. In ms. */
const claimMs = 15_000;

/**
 * Lets one of many `clawmux start` at once start the hub's process while the others wait for it. Only a courtesy to the
 * machine: the hub's own lock decides who owns the home, so a claim that is lost or wrong does no harm.
 */
export class StartClaim {
	readonly #file: string;
	#mine = false;

	constructor(home: string) {
		const run = join(home, "run");
		mkdirSync(run, { recursive: true, mode: 0o700 });
		this.#file = join(run, "starting");
	}

	/** Whether it is this process that starts the hub. */
	take(): boolean {
		if (this.#mine) return true;
		if (this.#create()) return true;
		if (this.#isHeld()) return false;
		rmSync(this.#file, { force: true });
		return this.#create();
	}

	release(): void {
		if (this.#mine) rmSync(this.#file, { force: true });
		this.#mine = false;
	}

	#create(): boolean {
		try {
			const file = openSync(this.#file, "wx", 0o600);
			writeSync(file, String(process.pid));
			closeSync(file);
			this.#mine = true;
			return true;
		} catch (error) {
			if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
			throw error;
		}
	}

	#isHeld(): boolean {
		const age = Date.now() - (statSync(this.#file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
		if (age > claimMs) return false;
		try {
			const holder = Number(readFileSync(this.#file, "utf8"));
			// An empty file is one that is being written.
			return holder === 0 || processLives(holder);
		} catch (error) {
			if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
			throw error;
		}
	}
}
