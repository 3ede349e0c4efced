import { ChevronRight } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { groupKey } from "../store/groups.ts";
import { dragRow } from "./agent-drag.ts";
import classes from "./rows.module.css";

interface GroupRowProps {
	slug: string | null;
	name: string;
	live: number;
	total: number;
	expanded: boolean;
	position: number;
	siblings: number;
	tabbed: boolean;
	/** Its right-click menu is open. */
	menuHere: boolean;
	dropHere: boolean;
}

/** The head of a project's agents, with how many of them are live. */
export const GroupRow = memo(function GroupRow({
	slug,
	name,
	live,
	total,
	expanded,
	position,
	siblings,
	tabbed,
	menuHere,
	dropHere,
}: GroupRowProps) {
	const element = useRef<HTMLDivElement>(null);
	useEffect(() => (element.current ? dragRow(element.current, slug, null) : undefined), [slug]);
	return (
		<div
			ref={element}
			role="treeitem"
			className={classes.group}
			tabIndex={tabbed ? 0 : -1}
			aria-level={1}
			aria-posinset={position}
			aria-setsize={siblings}
			aria-expanded={expanded}
			aria-label={`${name}, ${live} of ${total} live`}
			data-key={groupKey(slug)}
			data-menu={menuHere}
			data-drop={dropHere}
		>
			<ChevronRight className={classes.chevron} aria-hidden />
			<span className={classes.groupName}>{name}</span>
			<span className={classes.count} aria-hidden="true">
				{live}/{total}
			</span>
		</div>
	);
});
