import { memo, useEffect, useRef } from "react";
import type { Agent } from "../../shared/contract/agents.ts";
import { agentKey, isLive } from "../store/groups.ts";
import { useWindow } from "../store/window-store.ts";
import { stateNames, stateWithEvidence } from "../ui/agent-state.ts";
import { Avatar } from "../ui/avatar.tsx";
import { StateIcon } from "../ui/state-icon.tsx";
import { Hint } from "../ui/tooltip.tsx";
import { dragRow } from "./agent-drag.ts";
import classes from "./rows.module.css";

interface AgentRowProps {
	agent: Agent;
	/** Of the group it stands in. */
	slug: string | null;
	position: number;
	siblings: number;
	/** Whether Tab comes to this row. */
	tabbed: boolean;
	selected: boolean;
	/** Its right-click menu is open. */
	menuHere: boolean;
	/** Picked up by keyboard. */
	held: boolean;
	dropHere: boolean;
}

/** One agent: colour, name, role and state in one line. */
export const AgentRow = memo(function AgentRow({
	agent,
	slug,
	position,
	siblings,
	tabbed,
	selected,
	menuHere,
	held,
	dropHere,
}: AgentRowProps) {
	const element = useRef<HTMLDivElement>(null);
	const starting = useWindow((state) => state.starts[agent.id]?.phase === "pending");
	const edge = useWindow(({ drop }) => (drop?.edge?.agentId === agent.id ? drop.edge.side : undefined));
	const state = starting && !isLive(agent) ? "starting" : agent.state;
	const why = stateWithEvidence(agent, Date.now());
	useEffect(() => (element.current ? dragRow(element.current, slug, agent.id) : undefined), [slug, agent.id]);
	return (
		<Hint text={`${agent.name}: ${why}`}>
			<div
				ref={element}
				role="treeitem"
				className={classes.row}
				tabIndex={tabbed ? 0 : -1}
				aria-level={2}
				aria-posinset={position}
				aria-setsize={siblings}
				aria-selected={selected}
				aria-label={`${agent.name}, ${stateNames[state]}`}
				aria-description={[agent.role, why].filter(Boolean).join(", ")}
				data-key={agentKey(agent.id)}
				data-menu={menuHere}
				data-held={held}
				data-drop={dropHere}
				data-edge={edge}
			>
				<Avatar name={agent.name} colour={agent.colour} live={isLive(agent)} />
				<span className={classes.name} data-live={isLive(agent)}>
					{agent.name}
				</span>
				<span className={classes.role} aria-hidden="true">
					{agent.role}
				</span>
				<StateIcon state={state} />
			</div>
		</Hint>
	);
});
