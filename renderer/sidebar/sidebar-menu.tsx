import { FolderPlus, Pencil, Trash2, UserPlus } from "lucide-react";
import { agentKey, groupKey } from "../store/groups.ts";
import { useHub } from "../store/hub-store.ts";
import { windowActions } from "../store/window-store.ts";
import { ContextMenuSurface, MenuItem, MenuLine } from "../ui/menu.tsx";
import { AgentMenu } from "./agent-menu.tsx";

/** The right-click menu of whatever the pointer or the keyboard was on; `target` is its row's key, null beside the rows. */
export function SidebarMenu({ target }: { target: string | null }) {
	const agent = useHub((state) => Object.values(state.agents).find(({ id }) => agentKey(id) === target));
	const project = useHub((state) => Object.values(state.projects).find(({ slug }) => groupKey(slug) === target));
	if (agent) {
		return (
			<ContextMenuSurface label={agent.name}>
				<AgentMenu agent={agent} />
			</ContextMenuSurface>
		);
	}
	if (project) {
		const { slug, name } = project;
		return (
			<ContextMenuSurface label={name}>
				<MenuItem icon={<Pencil aria-hidden />} onSelect={() => windowActions.openDialog({ kind: "rename-project", slug })}>
					Rename...
				</MenuItem>
				<MenuItem
					icon={<Trash2 aria-hidden />}
					danger
					onSelect={() => windowActions.openDialog({ kind: "delete-project", slug })}
				>
					Delete...
				</MenuItem>
				<MenuLine />
				<NewItems project={slug} />
			</ContextMenuSurface>
		);
	}
	return (
		<ContextMenuSurface label="Agents">
			<NewItems project={null} />
		</ContextMenuSurface>
	);
}

/** Also the entries of the sidebar's + button. */
export function NewItems({ project }: { project: string | null }) {
	return (
		<>
			<MenuItem
				icon={<FolderPlus aria-hidden />}
				onSelect={() => windowActions.openDialog({ kind: "new-project", moveAgentId: null })}
			>
				New project...
			</MenuItem>
			<MenuItem icon={<UserPlus aria-hidden />} onSelect={() => windowActions.openDialog({ kind: "new-agent", project })}>
				New agent...
			</MenuItem>
		</>
	);
}
