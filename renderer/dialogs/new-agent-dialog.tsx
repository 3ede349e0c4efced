import { useState } from "react";
import { inOrder, unassignedName } from "../store/groups.ts";
import { useHub } from "../store/hub-store.ts";
import { windowActions } from "../store/window-store.ts";
import { ChoiceField, FormDialog, LinesField, TextField } from "../ui/dialog.tsx";
import { useParts } from "../window-parts.ts";
import { agentIdOf } from "./agent-id.ts";

/** The program that is any command line. */
const anyCommand = "generic";

export function NewAgentDialog({ project }: { project: string | null }) {
	const { calls } = useParts();
	const projects = useHub((state) => state.projects);
	const programs = useHub((state) => state.hub?.programs);
	const usual = useHub((state) => state.settings?.defaultProgram);
	const [name, setName] = useState("");
	const [id, setId] = useState<string | null>(null);
	const [program, setProgram] = useState(usual ?? "");
	const submit = (fields: FormData) => {
		const lines = String(fields.get("argv") ?? "")
			.split("\n")
			.map((line) => line.trim())
			.filter(Boolean);
		const role = String(fields.get("role") ?? "").trim() || null;
		const argv = program === anyCommand && lines.length > 0 ? lines : null;
		return calls.createAgent(id ?? agentIdOf(name), String(fields.get("project") ?? "") || null, {
			name: name.trim(),
			role,
			program,
			argv,
		});
	};
	return (
		<FormDialog title="New agent" action="Create agent" onClose={windowActions.closeDialog} onSubmit={submit}>
			<TextField
				label="Name"
				name="name"
				value={name}
				onChange={(event) => setName(event.target.value)}
				required
				maxLength={64}
			/>
			<TextField
				label="Id"
				name="id"
				value={id ?? agentIdOf(name)}
				onChange={(event) => setId(event.target.value)}
				required
				pattern="[a-z0-9][a-z0-9_\-]{0,31}"
				hint="What scripts and the command line call it: a-z, 0-9, _ and -. It never changes."
			/>
			<TextField label="Role (optional)" name="role" maxLength={64} />
			<ChoiceField label="Project" name="project" defaultValue={project ?? ""}>
				<option value="">{unassignedName}</option>
				{inOrder(projects).map((one) => (
					<option key={one.slug} value={one.slug}>
						{one.name}
					</option>
				))}
			</ChoiceField>
			<ChoiceField label="Program" name="program" value={program} onChange={(event) => setProgram(event.target.value)}>
				{programs?.map((one) => (
					<option key={one.name} value={one.name}>
						{one.available ? one.displayName : `${one.displayName} (not found)`}
					</option>
				))}
			</ChoiceField>
			{program === anyCommand && (
				<LinesField
					label="Command line"
					name="argv"
					hint="The program and each of its arguments on a line of its own. Empty: your shell."
				/>
			)}
		</FormDialog>
	);
}
