import { CircleStop, Ellipsis, Hand, Play, Unplug } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
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
	const mortal = useMortalBackend(agent.id);
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
			{mortal !== null && (
				<Hint text={`Held by ${mortal}: ends when ClawMux quits`} side="bottom">
					<span className={classes.mortal} role="img" aria-label={`Held by ${mortal}: ends when ClawMux quits`}>
						<Unplug aria-hidden />
					</span>
				</Hint>
			)}
			{live ? (
				<>
					<Action label="Interrupt" icon={<Hand aria-hidden />} disabled={stale} onClick={() => void calls.interrupt(agent.id)} />
					<Action label="Stop" icon={<CircleStop aria-hidden />} disabled={stale} onClick={() => void calls.stop(agent.id)} />
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

/** The backend that holds the agent's live session, where that session ends with the hub; null where nothing is at stake. */
function useMortalBackend(agentId: string): string | null {
	return useHub(({ hub, sessions }) => {
		const session = sessions[agentId];
		const backend = session?.live ? hub?.backends.find(({ name }) => name === session.backend) : undefined;
		return backend && !backend.survivesHub ? backend.name : null;
	});
}

/** A button that is its icon alone where the header is narrow, so that the state keeps its room. */
function Action({ label, icon, disabled, onClick }: { label: string; icon: ReactNode; disabled: boolean; onClick: () => void }) {
	return (
		<Hint text={label} side="bottom">
			<Button className={classes.action} aria-label={label} disabled={disabled} onClick={onClick}>
				{icon}
				<span className={classes.actionText}>{label}</span>
			</Button>
		</Hint>
	);
}
