import { useHub } from "../store/hub-store.ts";
import { type DialogRequest, useWindow, windowActions } from "../store/window-store.ts";
import { FormDialog, TextField } from "../ui/dialog.tsx";
import { useParts } from "../window-parts.ts";
import { NewAgentDialog } from "./new-agent-dialog.tsx";

const close = windowActions.closeDialog;
const textOf = (fields: FormData, name: string): string => String(fields.get(name) ?? "").trim();

/** The dialog that is open, if one is. */
export function Dialogs() {
	const dialog = useWindow((state) => state.dialog);
	return dialog && <OpenDialog dialog={dialog} />;
}

function OpenDialog({ dialog }: { dialog: DialogRequest }) {
	switch (dialog.kind) {
		case "new-project":
			return <NewProjectDialog moveAgentId={dialog.moveAgentId} />;
		case "rename-project":
			return <RenameProjectDialog slug={dialog.slug} />;
		case "delete-project":
			return <DeleteProjectDialog slug={dialog.slug} />;
		case "new-agent":
			return <NewAgentDialog project={dialog.project} />;
		case "set-role":
			return <SetRoleDialog agentId={dialog.agentId} />;
		case "terminate":
			return <TerminateDialog agentId={dialog.agentId} />;
		case "open-link":
			return <OpenLinkDialog url={dialog.url} />;
	}
}

function NewProjectDialog({ moveAgentId }: { moveAgentId: string | null }) {
	const { calls } = useParts();
	const name = useHub((state) => (moveAgentId === null ? undefined : state.agents[moveAgentId]?.name));
	return (
		<FormDialog
			title="New project"
			text={name ? `${name} moves into it.` : undefined}
			action="Create project"
			onClose={close}
			onSubmit={(fields) => calls.createProject(textOf(fields, "name"), textOf(fields, "folder") || null, moveAgentId)}
		>
			<TextField label="Name" name="name" required maxLength={100} />
			<TextField
				label="Folder (optional)"
				name="folder"
				hint="Absolute path of the folder the work is in. Agents run there only if they are set to."
			/>
		</FormDialog>
	);
}

function RenameProjectDialog({ slug }: { slug: string }) {
	const { calls } = useParts();
	const name = useHub((state) => state.projects[slug]?.name ?? slug);
	return (
		<FormDialog
			title={`Rename ${name}`}
			action="Rename"
			onClose={close}
			onSubmit={(fields) => calls.renameProject(slug, textOf(fields, "name"))}
		>
			<TextField label="Name" name="name" defaultValue={name} required maxLength={100} />
		</FormDialog>
	);
}

function DeleteProjectDialog({ slug }: { slug: string }) {
	const { calls } = useParts();
	const name = useHub((state) => state.projects[slug]?.name ?? slug);
	const members = useHub((state) => Object.values(state.agents).filter((agent) => agent.project === slug).length);
	const fate =
		members === 0
			? "It has no agents."
			: members === 1
				? "Its agent becomes Unassigned."
				: `Its ${members} agents become Unassigned.`;
	return (
		<FormDialog
			title={`Delete ${name}?`}
			text={`${fate} Running sessions go on, and no file is touched.`}
			action="Delete project"
			danger
			onClose={close}
			onSubmit={() => calls.removeProject(slug)}
		/>
	);
}

const usualRoles = ["Manager", "Frontend", "Backend", "Researcher", "Worker"];

function SetRoleDialog({ agentId }: { agentId: string }) {
	const { calls } = useParts();
	const agent = useHub((state) => state.agents[agentId]);
	return (
		<FormDialog
			title={`Role of ${agent?.name ?? agentId}`}
			action="Set role"
			onClose={close}
			onSubmit={(fields) => calls.setRole(agentId, textOf(fields, "role") || null)}
		>
			<TextField
				label="Role"
				name="role"
				defaultValue={agent?.role ?? ""}
				maxLength={64}
				list="usual-roles"
				hint="Empty: no role."
			/>
			<datalist id="usual-roles">
				{usualRoles.map((role) => (
					<option key={role} value={role} />
				))}
			</datalist>
		</FormDialog>
	);
}

function TerminateDialog({ agentId }: { agentId: string }) {
	const { calls } = useParts();
	const agent = useHub((state) => state.agents[agentId]);
	const name = agent?.name ?? agentId;
	return (
		<FormDialog
			title={`Terminate ${name}?`}
			text={`This ends ${name}'s program now, without asking it, and forgets its conversation: the next start begins a new one. Its files stay. To end it gently and go on later, use Stop.`}
			action="Terminate"
			danger
			onClose={close}
			onSubmit={() => calls.kill(agentId)}
		/>
	);
}

function OpenLinkDialog({ url }: { url: string }) {
	const { openExternal } = useParts();
	return (
		<FormDialog
			title="Open this link?"
			text={url}
			action="Open"
			onClose={close}
			onSubmit={() => {
				openExternal(url);
				return null;
			}}
		/>
	);
}
