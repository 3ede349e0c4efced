import { resolve } from "node:path";
import type { Project } from "../../../shared/contract/projects.ts";
import { matchProject } from "../line/agent-match.ts";
import { type Command, type CommandCall, jsonOption } from "../line/command.ts";
import { plain } from "../printing/output.ts";
import { table } from "../printing/table.ts";

async function theProjectArgument(call: CommandCall): Promise<Project> {
	return matchProject(await call.hub.projects.list(), call.args[0] ?? "");
}

function report(call: CommandCall, value: unknown, sentence: string): undefined {
	call.out.print(call.has("json") ? JSON.stringify(value, null, 2) : plain(sentence));
}

export const projectCommands: readonly Command[] = [
	{
		name: "project list",
		summary: "list the projects",
		options: jsonOption,
		async run(call) {
			const projects = [...(await call.hub.projects.list())].sort((a, b) => a.order - b.order);
			if (call.has("json")) return report(call, projects, "");
			if (projects.length === 0)
				return report(call, projects, "There are no projects. Make one with `clawmux project create NAME`.");
			const agents = await call.hub.agents.list();
			const lines = table(call.out, projects, [
				{ title: "SLUG", value: (project) => project.slug, style: () => "bold" },
				{ title: "NAME", value: (project) => project.name, flexible: true },
				{ title: "AGENTS", value: (project) => String(agents.filter((agent) => agent.project === project.slug).length) },
				{ title: "FOLDER", value: (project) => project.folder ?? "-", flexible: true },
			]);
			call.out.print(lines.join("\n"));
			return 0;
		},
	},
	{
		name: "project create",
		args: "NAME",
		summary: "make a project",
		options: { folder: { value: "DIR", help: "the folder the work is in" }, ...jsonOption },
		async run(call) {
			const folder = call.text("folder");
			const project = await call.hub.projects.create({ name: call.args[0] ?? "", folder: folder && resolve(folder) });
			return report(call, project, `The project ${project.name} (${project.slug}) was made.`);
		},
	},
	{
		name: "project rename",
		args: "P NAME",
		summary: "give a project another name; its slug stays",
		options: jsonOption,
		async run(call) {
			const { slug } = await theProjectArgument(call);
			const project = await call.hub.projects.update({ slug, name: call.args[1] ?? "" });
			return report(call, project, `The project ${slug} is now called ${project.name}.`);
		},
	},
	{
		name: "project delete",
		args: "P",
		summary: "delete a project; its agents and files stay",
		options: jsonOption,
		async run(call) {
			const { slug, name } = await theProjectArgument(call);
			const removed = await call.hub.projects.remove({ slug });
			return report(call, removed, `The project ${name} (${slug}) was deleted; its agents are in no project now.`);
		},
	},
];
