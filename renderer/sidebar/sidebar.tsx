import { Plus } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useEffect, useState } from "react";
import { isLive } from "../store/groups.ts";
import { useHub } from "../store/hub-store.ts";
import { Button } from "../ui/button.tsx";
import { DropdownMenuSurface } from "../ui/menu.tsx";
import { AgentTree } from "./agent-tree.tsx";
import classes from "./sidebar.module.css";
import { NewItems } from "./sidebar-menu.tsx";
import { rememberedWidth, rememberWidth } from "./sidebar-width.ts";
import { ThemeMenu } from "./theme-menu.tsx";
import { WidthHandle } from "./width-handle.tsx";

/** The left side of the window: all agents, and what belongs to all of them. */
export function Sidebar() {
	const [width, setWidth] = useState(rememberedWidth);
	const stale = useHub((state) => state.connection.phase !== "live");
	const live = useHub((state) => Object.values(state.agents).filter((agent) => !agent.hidden && isLive(agent)).length);
	const version = useHub((state) => state.hub?.version);
	useEffect(() => rememberWidth(width), [width]);
	return (
		<nav className={classes.sidebar} style={{ width }} aria-label="Agents">
			<header className={classes.head}>
				<h1 className={classes.title}>Agents</h1>
				<span className={classes.live}>{live} live</span>
				<DropdownMenu.Root>
					<DropdownMenu.Trigger asChild>
						<Button look="icon" aria-label="New project or agent">
							<Plus aria-hidden />
						</Button>
					</DropdownMenu.Trigger>
					<DropdownMenuSurface label="New">
						<NewItems project={null} />
					</DropdownMenuSurface>
				</DropdownMenu.Root>
			</header>
			<div className={`${classes.body} ${stale ? classes.stale : ""}`}>
				<AgentTree />
			</div>
			<footer className={classes.foot}>
				<span className={classes.version}>{version ? `ClawMux ${version}` : "ClawMux"}</span>
				<ThemeMenu />
			</footer>
			<WidthHandle width={width} onWidth={setWidth} />
		</nav>
	);
}
