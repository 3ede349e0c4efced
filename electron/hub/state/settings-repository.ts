import { type Settings, type SettingsChanges, settings } from "../../../shared/contract/settings.ts";
import type { Log } from "../log.ts";
import type { StateDatabase } from "./database.ts";

export class SettingsRepository {
	readonly #database: StateDatabase;
	readonly #log: Log;

	constructor(database: StateDatabase, log: Log) {
		this.#database = database;
		this.#log = log;
	}

	/** All settings; a stored value that is not valid any more is left out with a line in the log, so its default holds. */
	get(): Settings {
		const valid: Record<string, unknown> = {};
		for (const { key, value } of this.#database
			.prepare<[], { key: string; value: string }>("SELECT key, value FROM settings")
			.all()) {
			const schema = settings.shape[key as keyof Settings];
			const parsed = schema?.safeParse(JSON.parse(value));
			if (parsed?.success) valid[key] = parsed.data;
			else this.#log.warn("a stored setting is not valid; its default is used", { key });
		}
		return settings.parse(valid);
	}

	/** Stores the given keys, all or none. Durable when it returns. */
	update(changes: SettingsChanges): Settings {
		const statement = this.#database.prepare("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)");
		this.#database.transaction(() => {
			for (const [key, value] of Object.entries(changes)) if (value !== undefined) statement.run(key, JSON.stringify(value));
		})();
		return this.get();
	}
}
