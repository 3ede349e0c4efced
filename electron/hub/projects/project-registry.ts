import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Project } from "../../../shared/contract/projects.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import type { HubEvents } from "../hub-events.ts";
import type { State } from "../state/state.ts";

/** All projects of a home: memory and database change in one step, then the change is announced. */
export class ProjectRegistry {
	readonly #records = new Map<string, Project>();
	readonly #state: State;
	readonly #events: HubEvents;
	readonly #onChanged: () => void;

	constructor(state: State, events: HubEvents, onChanged: () => void) {
		this.#state = state;
		this.#events = events;
		this.#onChanged = onChanged;
		for (const record of state.projects.all()) this.#records.set(record.slug, record);
	}

	list(): Project[] {
		return [...this.#records.values()].sort((a, b) => a.order - b.order || a.slug.localeCompare(b.slug));
	}

	find(slug: string): Project | undefined {
		return this.#records.get(slug);
	}

	/** Makes a project; its slug comes from the name and never changes. @throws ClawmuxError `conflict`, `invalid_input`. */
	create(input: { name: string; folder?: string | null }): Project {
		this.#checkName(input.name, null);
		checkFolder(input.folder);
		const order = Math.max(-1, ...[...this.#records.values()].map((record) => record.order)) + 1;
		return this.#save({
			slug: this.#freeSlug(input.name),
			name: input.name,
			folder: input.folder ?? null,
			order,
			createdAt: Date.now(),
		});
	}

	/** @throws ClawmuxError `not_found`, `conflict`, `invalid_input`. */
	update(slug: string, changes: { name?: string; folder?: string | null; order?: number }): Project {
		const record = this.#existing(slug);
		if (changes.name !== undefined) this.#checkName(changes.name, slug);
		checkFolder(changes.folder);
		return this.#save({
			...record,
			name: changes.name ?? record.name,
			folder: changes.folder === undefined ? record.folder : changes.folder,
			order: changes.order ?? record.order,
		});
	}

	/** Deletes a project; its agents become Unassigned, and nothing that runs is touched. @throws ClawmuxError `not_found`. */
	remove(slug: string): void {
		this.#existing(slug);
		this.#state.projects.remove(slug);
		this.#records.delete(slug);
		this.#events.publish({ type: "projects.removed", slug });
		this.#onChanged();
	}

	#existing(slug: string): Project {
		const record = this.#records.get(slug);
		if (!record) throw new ClawmuxError("not_found", `There is no project ${slug}. \`clawmux project list\` lists them.`);
		return record;
	}

	#save(record: Project): Project {
		this.#state.projects.save(record);
		this.#records.set(record.slug, record);
		this.#events.publish({ type: "projects.changed", project: record });
		this.#onChanged();
		return record;
	}

	#checkName(name: string, except: string | null): void {
		for (const record of this.#records.values()) {
			if (record.slug !== except && record.name.toLowerCase() === name.toLowerCase()) {
				throw new ClawmuxError("conflict", `There is a project ${record.name} already (slug ${record.slug}).`);
			}
		}
	}

	#freeSlug(name: string): string {
		const base =
			name
				.normalize("NFKD")
				.toLowerCase()
				.replaceAll(/[\u0300-\u036f]/g, "")
				.replaceAll(/[^a-z0-9]+/g, "-")
				.replaceAll(/^-+|-+$/g, "")
				.slice(0, 40) || "project";
		for (let n = 1; ; n += 1) {
			const slug = n === 1 ? base : `${base}-${n}`;
			if (!this.#records.has(slug)) return slug;
		}
	}
}

function checkFolder(folder: string | null | undefined): void {
	if (folder === undefined || folder === null) return;
	if (!isAbsolute(folder)) throw new ClawmuxError("invalid_input", `The folder ${folder} is not an absolute path.`);
	const found = statSync(folder, { throwIfNoEntry: false });
	if (!found) throw new ClawmuxError("invalid_input", `The folder ${folder} does not exist.`);
	if (!found.isDirectory()) throw new ClawmuxError("invalid_input", `${folder} is not a folder.`);
}
