import { ClawmuxError } from "../../../../shared/errors.ts";
import type { SessionBackend } from "./session-backend.ts";

/** Every backend of this hub, by name, in order of preference. */
export class BackendRegistry {
	readonly #backends: readonly SessionBackend[];

	constructor(backends: readonly SessionBackend[]) {
		this.#backends = backends;
	}

	/** @throws `not_found` for a name that is none of ours: there is no falling back to another backend. */
	get(name: string): SessionBackend {
		const backend = this.#backends.find((one) => one.name === name);
		if (backend) return backend;
		const known = this.#backends.map((one) => one.name).join(", ");
		throw new ClawmuxError("not_found", `There is no backend "${name}"; there are: ${known}.`);
	}

	all(): readonly SessionBackend[] {
		return this.#backends;
	}

	/**
	 * The first that is available here.
	 * @throws `unavailable` with every backend's reason when none is.
	 */
	async defaultName(): Promise<string> {
		const reasons: string[] = [];
		for (const backend of this.#backends) {
			const { available, detail } = await backend.available();
			if (available) return backend.name;
			reasons.push(`${backend.name}: ${detail}`);
		}
		throw new ClawmuxError("unavailable", `No backend can hold sessions here. ${reasons.join(" ")}`);
	}
}
