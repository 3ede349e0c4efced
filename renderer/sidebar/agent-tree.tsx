import { announce } from "@atlaskit/pragmatic-drag-and-drop-live-region";
import { ContextMenu } from "radix-ui";
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { agentKey, type Group, groupAgents, groupKey, type Row, sidebarRows, unassignedKey } from "../store/groups.ts";
import { useHub } from "../store/hub-store.ts";
import { useWindow, windowActions } from "../store/window-store.ts";
import { useParts } from "../window-parts.ts";
import { watchDrags } from "./agent-drag.ts";
import { AgentRow } from "./agent-row.tsx";
import classes from "./agent-tree.module.css";
import { GroupRow } from "./group-row.tsx";
import { type KeyboardMove, moveAfterKey, moveSpeech, pickUp, targetOf } from "./keyboard-move.ts";
import { SidebarMenu } from "./sidebar-menu.tsx";
import { rowAfterKey, TypeAhead } from "./tree-keys.ts";

const noneCollapsed: readonly string[] = [];

/** All agents by project. One Tab stop; arrows move in it, letters find names, Space picks an agent up. */
export function AgentTree() {
	const { calls } = useParts();
	const agents = useHub((state) => state.agents);
	const projects = useHub((state) => state.projects);
	const collapsed = useHub((state) => state.settings?.collapsedProjects ?? noneCollapsed);
	const selected = useWindow((state) => state.selected);
	const dropGroup = useWindow((state) => state.drop?.group);
	const groups = useMemo(() => groupAgents(agents, projects), [agents, projects]);
	const rows = useMemo(() => sidebarRows(groups, new Set(collapsed)), [groups, collapsed]);
	const [focused, setFocused] = useState<string | null>(null);
	const [menuTarget, setMenuTarget] = useState<string | null>(null);
	const [menuOpen, setMenuOpen] = useState(false);
	const [move, setMove] = useState<KeyboardMove | null>(null);
	const tree = useRef<HTMLDivElement>(null);
	const search = useRef(new TypeAhead());

	const latestGroups = useRef<readonly Group[]>(groups);
	latestGroups.current = groups;
	useEffect(() => watchDrags(() => latestGroups.current, calls), [calls]);

	// Once for each agent that is chosen, as soon as it has a row: a new one may be announced later than it was made.
	const broughtToSight = useRef<string | null>(null);
	const selectedRow = rows.find((row) => row.kind === "agent" && row.agent.id === selected)?.key;
	useEffect(() => {
		if (selectedRow === undefined || broughtToSight.current === selectedRow) return;
		broughtToSight.current = selectedRow;
		rowElement(tree.current, selectedRow)?.scrollIntoView({ block: "nearest" });
	}, [selectedRow]);

	const tabKey =
		[focused, selected === null ? null : agentKey(selected)].find((key) => rows.some((row) => row.key === key)) ?? rows[0]?.key;

	const focusRow = (key: string) => {
		setFocused(key);
		rowElement(tree.current, key)?.focus();
	};

	const open = (agentId: string) => {
		setFocused(agentKey(agentId));
		calls.open(agentId);
		windowActions.focusTerminal();
	};

	const toggle = (slug: string | null) => {
		setFocused(groupKey(slug));
		calls.toggleGroup(slug ?? unassignedKey);
	};

	const onClick = (event: MouseEvent) => {
		const row = rows.find(({ key }) => key === rowKeyAt(event.target));
		if (row?.kind === "agent") open(row.agent.id);
		else if (row) toggle(row.group.slug);
	};

	const held = (next: KeyboardMove | null, speech: string) => {
		setMove(next);
		windowActions.setDrop(next ? { group: groupKey(targetOf(next).slug), edge: null } : null);
		announce(speech);
	};

	const onMoveKey = (event: KeyboardEvent, now: KeyboardMove) => {
		const next = moveAfterKey(now, event.key);
		if (next === null) return;
		if (event.key !== "Tab") event.preventDefault();
		if (next === "cancel") return held(null, moveSpeech.cancelled(now));
		if (next !== "drop") return held(next, moveSpeech.at(next));
		held(null, moveSpeech.dropped(now));
		void calls.move(now.agentId, targetOf(now).slug);
	};

	const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
		if (move) return onMoveKey(event, move);
		const row = rows.find(({ key }) => key === tabKey);
		if (!row || event.defaultPrevented) return;
		if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
			event.preventDefault();
			return openMenuAt(event.target);
		}
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const done = onRowKey(row, event.key);
		if (done) event.preventDefault();
	};

	const onRowKey = (row: Row, key: string): boolean => {
		const next = rowAfterKey(rows, row.key, key);
		if (next !== null) {
			focusRow(next);
			return true;
		}
		if (row.kind === "group") {
			const wantsOther = key === "Enter" || key === " " || key === (row.expanded ? "ArrowLeft" : "ArrowRight");
			if (wantsOther) toggle(row.group.slug);
			if (wantsOther) return true;
		} else if (key === "Enter") {
			open(row.agent.id);
			return true;
		} else if (key === " " || key === "M") {
			const picked = pickUp(row.agent, groups);
			held(picked, moveSpeech.pickedUp(picked));
			return true;
		}
		if (key.length !== 1 || key === " ") return false;
		const found = search.current.find(rows, row.key, key, performance.now());
		if (found !== null) focusRow(found);
		return true;
	};

	const onContextMenu = (event: MouseEvent) => {
		const key = rowKeyAt(event.target);
		setMenuTarget(key);
		if (key !== null) setFocused(key);
	};

	return (
		<ContextMenu.Root onOpenChange={setMenuOpen}>
			<ContextMenu.Trigger asChild>
				<div
					ref={tree}
					role="tree"
					aria-label="Agents by project"
					tabIndex={-1}
					className={classes.tree}
					onClick={onClick}
					onKeyDown={onKeyDown}
					onContextMenuCapture={onContextMenu}
					onBlur={() => move && held(null, moveSpeech.cancelled(move))}
					onFocus={(event) => event.target.dataset.key && setFocused(event.target.dataset.key)}
				>
					{rows.map((row) =>
						row.kind === "group" ? (
							<GroupRow
								key={row.key}
								slug={row.group.slug}
								name={row.group.name}
								live={row.group.live}
								total={row.group.agents.length}
								expanded={row.expanded}
								position={row.position}
								siblings={row.siblings}
								tabbed={row.key === tabKey}
								menuHere={menuOpen && menuTarget === row.key}
								dropHere={dropGroup === row.key}
							/>
						) : (
							<AgentRow
								key={row.key}
								agent={row.agent}
								slug={row.group.slug}
								position={row.position}
								siblings={row.siblings}
								tabbed={row.key === tabKey}
								selected={row.agent.id === selected}
								menuHere={menuOpen && menuTarget === row.key}
								held={row.agent.id === move?.agentId}
								dropHere={dropGroup === groupKey(row.group.slug)}
							/>
						),
					)}
				</div>
			</ContextMenu.Trigger>
			<SidebarMenu target={menuTarget} />
		</ContextMenu.Root>
	);
}

function rowElement(tree: HTMLElement | null, key: string): HTMLElement | null {
	return tree?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
}

function rowKeyAt(target: EventTarget): string | null {
	return (target instanceof Element && target.closest<HTMLElement>("[data-key]")?.dataset.key) || null;
}

/** Opens the right-click menu below the row that has the focus. */
function openMenuAt(target: EventTarget): void {
	if (!(target instanceof HTMLElement)) return;
	const { left, bottom } = target.getBoundingClientRect();
	target.dispatchEvent(
		new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: left + 40, clientY: bottom - 4 }),
	);
}
