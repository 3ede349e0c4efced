import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements, monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { attachClosestEdge, extractClosestEdge } from "@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge";
import { type Group, groupKey } from "../store/groups.ts";
import type { HubCalls } from "../store/hub-calls.ts";
import { type DropPlace, windowActions } from "../store/window-store.ts";
import { ordersAfterMove } from "./reorder.ts";

/** Makes a row of the sidebar a place to drop agents, and an agent's row one that can be dragged. Returns what undoes it. */
export function dragRow(element: HTMLElement, slug: string | null, agentId: string | null): () => void {
	const target = dropTargetForElements({
		element,
		canDrop: ({ source }) => typeof source.data.agentId === "string",
		getData: ({ input, element }) => {
			const data = { group: groupKey(slug), agentId };
			return agentId !== null ? attachClosestEdge(data, { input, element, allowedEdges: ["top", "bottom"] }) : data;
		},
	});
	return agentId === null ? target : combine(target, draggable({ element, getInitialData: () => ({ agentId }) }));
}

/** Shows where a dragged agent would go, and asks the hub for it when it is dropped there. Escape drops it nowhere. */
export function watchDrags(groups: () => readonly Group[], calls: HubCalls): () => void {
	return monitorForElements({
		canMonitor: ({ source }) => typeof source.data.agentId === "string",
		onDrag: ({ source, location }) => show(placeOf(location.current.dropTargets[0]?.data, source.data.agentId)),
		onDropTargetChange: ({ source, location }) => show(placeOf(location.current.dropTargets[0]?.data, source.data.agentId)),
		onDrop: ({ source, location }) => {
			windowActions.setDrop(null);
			const data = location.current.dropTargets[0]?.data;
			const place = placeOf(data, source.data.agentId);
			if (place && typeof source.data.agentId === "string") drop(source.data.agentId, place, groups(), calls);
		},
	});
}

let shown = "";

/** A drag reports itself at every frame; the store is written when the place is another one. */
function show(place: DropPlace | null): void {
	const now = JSON.stringify(place);
	if (now === shown) return;
	shown = now;
	windowActions.setDrop(place);
}

function placeOf(data: Record<string | symbol, unknown> | undefined, draggedId: unknown): DropPlace | null {
	if (!data || typeof data.group !== "string") return null;
	const side = extractClosestEdge(data);
	const onAnother = typeof data.agentId === "string" && data.agentId !== draggedId && (side === "top" || side === "bottom");
	return { group: data.group, edge: onAnother ? { agentId: data.agentId as string, side } : null };
}

function drop(agentId: string, place: DropPlace, groups: readonly Group[], calls: HubCalls): void {
	shown = "";
	const group = groups.find(({ slug }) => groupKey(slug) === place.group);
	const moved = groups.flatMap(({ agents }) => agents).find(({ id }) => id === agentId);
	if (!group || !moved) return;
	const { edge } = place;
	if (!edge) return void calls.move(agentId, group.slug);
	const others = group.agents.filter(({ id }) => id !== agentId);
	const at = others.findIndex(({ id }) => id === edge.agentId);
	void calls.place(agentId, group.slug, ordersAfterMove(others, moved, edge.side === "top" ? at : at + 1));
}
