import { CircleStop, FolderInput, Hand, Play, Tag, Trash2 } from "lucide-react";
import type { Agent } from "../../shared/contract/agents.ts";
import { inOrder, isLive, unassignedName } from "../store/groups.ts";
import { useHub } from "../store/hub-store.ts";
import { windowActions } from "../store/window-store.ts";
import { MenuChoice, MenuItem, MenuLine, MenuMore } from "../ui/menu.tsx";
import { useParts } from "../window-parts.ts";

/** What can be done with one agent. What is not possible now is shown, but cannot be chosen. */
export function AgentMenu({ agent }: { agent: Agent }) {
	const { calls } = useParts();
	const projects = useHub((state) => state.projects);
	const session = useHub((state) => state.sessions[agent.id]);
	const live = isLive(agent);
	const start = () => {
		windowActions.select(agent.id);
		void calls.start(agent.id);
	};
	return (
		<>
			<MenuItem icon={<Play aria-hidden />} disabled={live} onSelect={start}>
				Start
			</MenuItem>
			<MenuItem icon={<CircleStop aria-hidden />} disabled={!live} onSelect={() => void calls.stop(agent.id)}>
				Stop
			</MenuItem>
			<MenuItem icon={<Hand aria-hidden />} disabled={!live} onSelect={() => void calls.interrupt(agent.id)}>
				Interrupt
			</MenuItem>
			<MenuLine />
			<MenuMore label="Move to project" icon={<FolderInput aria-hidden />}>
				{inOrder(projects).map(({ slug, name }) => (
					<MenuChoice key={slug} chosen={agent.project === slug} onSelect={() => void calls.move(agent.id, slug)}>
						{name}
					</MenuChoice>
				))}
				<MenuChoice chosen={agent.project === null} onSelect={() => void calls.move(agent.id, null)}>
					{unassignedName}
				</MenuChoice>
				<MenuLine />
				<MenuItem onSelect={() => windowActions.openDialog({ kind: "new-project", moveAgentId: agent.id })}>
					New project...
				</MenuItem>
			</MenuMore>
			<MenuItem icon={<Tag aria-hidden />} onSelect={() => windowActions.openDialog({ kind: "set-role", agentId: agent.id })}>
				Set role...
			</MenuItem>
			<MenuLine />
			<MenuItem
				icon={<Trash2 aria-hidden />}
				danger
				disabled={!live && !session}
				onSelect={() => windowActions.openDialog({ kind: "terminate", agentId: agent.id })}
			>
				Terminate...
			</MenuItem>
		</>
	);
}
