import { type Project, project } from "../../../shared/contract/projects.ts";
import type { StateDatabase } from "./database.ts";

export class ProjectRepository {
	readonly #database: StateDatabase;

	constructor(database: StateDatabase) {
		this.#database = database;
	}

	/** Every project in its order. */
	all(): Project[] {
		const rows = this.#database
			.prepare("SELECT slug, name, folder, position AS 'order', created_at AS createdAt FROM projects ORDER BY position, slug")
			.all();
		return rows.map((row) => project.parse(row));
	}

	/** Inserts or replaces one project. Durable when it returns. */
	save(record: Project): void {
		this.#database
			.prepare(
				`INSERT INTO projects (slug, name, folder, position, created_at) VALUES (@slug, @name, @folder, @order, @createdAt)
				ON CONFLICT (slug) DO UPDATE SET name = excluded.name, folder = excluded.folder, position = excluded.position`,
			)
			.run(record);
	}

	/** Removes a project; its agents become Unassigned by the foreign key. */
	remove(slug: string): void {
		this.#database.prepare("DELETE FROM projects WHERE slug = ?").run(slug);
	}
}
