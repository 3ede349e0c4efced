import { create } from "zustand";

/** The dialogs of the window; one at a time. */
export type DialogRequest =
	| { kind: "new-project"; moveAgentId: string | null }
	| { kind: "rename-project"; slug: string }
	| { kind: "delete-project"; slug: string }
	| { kind: "new-agent"; project: string | null }
	| { kind: "set-role"; agentId: string }
	| { kind: "terminate"; agentId: string }
	| { kind: "open-link"; url: string };

/** Something that went wrong; it stays until a person has dismissed it. */
export interface Toast {
	id: number;
	text: string;
}

/** How a start that was asked for in this window goes. */
export type StartState = { phase: "pending" } | { phase: "failed"; message: string };

/** A group by its key; with an edge, before or after the agent that has it. */
export interface DropPlace {
	group: string;
	edge: { agentId: string; side: "top" | "bottom" } | null;
}

interface WindowStore {
	selected: string | null;
	dialog: DialogRequest | null;
	toasts: readonly Toast[];
	starts: Readonly<Record<string, StartState>>;
	/** Where a dragged or picked-up agent would go. */
	drop: DropPlace | null;
	/** Counts the wishes to type into the shown terminal; a new one moves the focus there. */
	focusWishes: number;
	dismissedNotices: ReadonlySet<string>;
}

const selectedKey = "clawmux.selected";

/** What belongs to this window alone and not to the hub. */
export const useWindow = create<WindowStore>()(() => ({
	// A reloaded window shows what it showed.
	selected: globalThis.sessionStorage?.getItem(selectedKey) ?? null,
	dialog: null,
	toasts: [],
	starts: {},
	drop: null,
	focusWishes: 0,
	dismissedNotices: new Set(),
}));

let lastToast = 0;

export const windowActions = {
	select(agentId: string): void {
		sessionStorage.setItem(selectedKey, agentId);
		useWindow.setState({ selected: agentId });
	},
	openDialog: (dialog: DialogRequest): void => useWindow.setState({ dialog }),
	closeDialog: (): void => useWindow.setState({ dialog: null }),
	/** The same text twice is shown once. */
	toast(text: string): void {
		useWindow.setState(({ toasts }) => {
			if (toasts.some((toast) => toast.text === text)) return { toasts };
			lastToast += 1;
			return { toasts: [...toasts, { id: lastToast, text }] };
		});
	},
	dismissToast: (id: number): void => useWindow.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
	dismissNotice: (id: string): void =>
		useWindow.setState(({ dismissedNotices }) => ({ dismissedNotices: new Set([...dismissedNotices, id]) })),
	setStart: (agentId: string, start: StartState | null): void =>
		useWindow.setState(({ starts }) => {
			const { [agentId]: _, ...rest } = starts;
			return { starts: start ? { ...rest, [agentId]: start } : rest };
		}),
	setDrop: (drop: DropPlace | null): void => useWindow.setState({ drop }),
	focusTerminal: (): void => useWindow.setState(({ focusWishes }) => ({ focusWishes: focusWishes + 1 })),
};
