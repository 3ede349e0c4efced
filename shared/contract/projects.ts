import { oc } from "@orpc/contract";
import * as z from "zod";

export const projectSlug = z
	.string()
	.regex(/^[a-z0-9][a-z0-9-]{0,47}$/, "a project's slug is 1 to 48 of a-z, 0-9 and -, and starts with a letter or digit");

const displayName = z.string().trim().min(1).max(100);
const folder = z.string().min(1).nullable();

export const project = z.object({
	slug: projectSlug,
	name: displayName,
	folder: folder.describe("absolute path of the folder the work is in, or null"),
	order: z.number().int(),
	createdAt: z.number().int(),
});
export type Project = z.infer<typeof project>;

export const projects = {
	list: oc.route({ method: "GET", path: "/projects" }).output(z.array(project)),
	create: oc
		.route({ method: "POST", path: "/projects", successStatus: 201 })
		.input(z.object({ name: displayName, folder: folder.optional() }))
		.output(project),
	update: oc
		.route({ method: "PUT", path: "/projects/{slug}" })
		.input(
			z.object({
				slug: projectSlug,
				name: displayName.optional(),
				folder: folder.optional(),
				order: z.number().int().optional(),
			}),
		)
		.output(project),
	remove: oc
		.route({ method: "DELETE", path: "/projects/{slug}" })
		.input(z.object({ slug: projectSlug }))
		.output(z.object({ slug: projectSlug })),
};
