import { CircleStop, Ellipsis, Hand, Play } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { Agent } from "../shared/contract/agents.ts";
import classes from "./agent-header.module.css";
import { AgentMenu } from "./sidebar/agent-menu.tsx";
import { isLive, unassignedName } from "./store/groups.ts";
import { useHub } from "./store/hub-store.ts";
import { useWindow } from "./store/window-store.ts";
import { stateWithEvidence } from "./ui/agent-state.ts";
import { Avatar } from "./ui/avatar.tsx";
import { Button } from "./ui/button.tsx";
import { DropdownMenuSurface } from "./ui/menu.tsx";
import { StateIcon } from "./ui/state-icon.tsx";
import { Hint } from "./ui/tooltip.tsx";
import { useParts } from "./window-parts.ts";

/** Who the shown agent is, what it does and why that is believed, and what can be done with it. */
export function AgentHeader({ agent }: { agent: Agent }) {
	const { calls } = useParts();
	const project = useHub((state) =>
		agent.project === null ? unassignedName : (state.projects[agent.project]?.name ?? agent.project),
	);
	const program = useHub((state) => state.hub?.programs.find(({ name }) => name === agent.program)?.displayName ?? agent.program);
	const pending = useWindow((state) => state.starts[agent.id]?.phase === "pending");
	const stale = useHub((state) => state.connection.phase !== "live");
	const live = isLive(agent);
	const why = stateWithEvidence(agent, Date.now());
	const facts = [project, agent.role, [program, agent.model].filter(Boolean).join(" ")].filter(Boolean);
	return (
		<header className={classes.header} data-stale={stale}>
			<Avatar name={agent.name} colour={agent.colour} live={live} />
			<h2 className={classes.name}>{agent.name}</h2>
			<p className={classes.facts}>{facts.join(" / ")}</p>
			<Hint text={why} side="bottom">
				<div className={classes.state}>
					<StateIcon state={pending && !live ? "starting" : agent.state} />
					<span className={classes.stateText}>{why}</span>
				</div>
			</Hint>
			{live ? (
				<>
					<Button disabled={stale} onClick={() => void calls.interrupt(agent.id)}>
						<Hand aria-hidden /> Interrupt
					</Button>
					<Button disabled={stale} onClick={() => void calls.stop(agent.id)}>
						<CircleStop aria-hidden /> Stop
					</Button>
				</>
			) : (
				<Button disabled={pending || stale} onClick={() => void calls.start(agent.id)}>
					<Play aria-hidden /> Start
				</Button>
			)}
			<DropdownMenu.Root>
				<DropdownMenu.Trigger asChild>
					<Button look="icon" aria-label={`More for ${agent.name}`}>
						<Ellipsis aria-hidden />
					</Button>
				</DropdownMenu.Trigger>
				<DropdownMenuSurface label={agent.name}>
					<AgentMenu agent={agent} />
				</DropdownMenuSurface>
			</DropdownMenu.Root>
		</header>
	);
}
