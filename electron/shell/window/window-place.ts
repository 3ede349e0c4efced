import { readFileSync, renameSync, writeFileSync } from "node:fs";

export interface Rectangle {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Where a window was, in device-independent pixels of the whole desktop. */
export interface WindowPlace extends Rectangle {
	maximized: boolean;
}

export const smallestWindow = { width: 700, height: 480 };
const firstWindow = { width: 1280, height: 820 };

/** So much of a window must be on some display, in each direction, for a person to get hold of it. */
const reachable = 120;

/**
 * Where to put the window: where it was, as far as the displays that are there now allow; else in the middle of the first.
 * @param workAreas the displays without their panels, the primary one first
 */
export function placeWindow(
	saved: WindowPlace | undefined,
	workAreas: readonly Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
	const area = saved && workAreas.find((candidate) => overlaps(saved, candidate));
	const room = area ?? workAreas[0] ?? { x: 0, y: 0, ...firstWindow };
	const size = {
		width: clamp(saved?.width ?? firstWindow.width, smallestWindow.width, room.width),
		height: clamp(saved?.height ?? firstWindow.height, smallestWindow.height, room.height),
	};
	// Without a place Electron centres the window.
	return saved && area ? { x: saved.x, y: Math.max(saved.y, area.y), ...size } : size;
}

/** The saved place, or undefined when there is none or it makes no sense: it is a convenience, never worth an error. */
export function readPlace(file: string): WindowPlace | undefined {
	try {
		const { x, y, width, height, maximized } = JSON.parse(readFileSync(file, "utf8"));
		return [x, y, width, height].every(Number.isSafeInteger) ? { x, y, width, height, maximized: maximized === true } : undefined;
	} catch {
		return undefined;
	}
}

/** Saves the place whole or not at all. */
export function writePlace(file: string, place: WindowPlace): void {
	const fresh = `${file}.new`;
	writeFileSync(fresh, JSON.stringify(place), { mode: 0o600 });
	renameSync(fresh, file);
}

function overlaps(window: Rectangle, area: Rectangle): boolean {
	const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
	const down = Math.min(window.y + window.height, area.y + area.height) - Math.max(window.y, area.y);
	return across >= reachable && down >= reachable;
}

function clamp(value: number, least: number, most: number): number {
	return Math.max(least, Math.min(value, most));
}
