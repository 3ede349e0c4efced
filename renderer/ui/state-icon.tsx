import type { ReactNode } from "react";
import type { AgentState } from "../../shared/contract/agents.ts";
import classes from "./state-icon.module.css";

const stroke = {
	fill: "none",
	stroke: "currentColor",
	strokeWidth: 1.6,
	strokeLinecap: "round",
	strokeLinejoin: "round",
} as const;

/** Each state has a shape of its own, so that colour is never what tells them apart. */
const shapes: Record<AgentState, ReactNode> = {
	stopped: <circle cx="7" cy="7" r="4" {...stroke} strokeWidth={1.4} />,
	starting: <path d="M7 2.5A4.5 4.5 0 1 1 2.5 7" {...stroke} />,
	running: (
		<>
			<circle cx="7" cy="7" r="5" {...stroke} strokeWidth={1.4} />
			<circle cx="7" cy="7" r="2.2" fill="currentColor" />
		</>
	),
	working: <circle cx="7" cy="7" r="5" fill="currentColor" />,
	waiting: <path d="M7 1.8 12.9 12H1.1Z" fill="currentColor" stroke="currentColor" strokeWidth="1" strokeLinejoin="round" />,
	idle: <path d="m2.5 7.6 3 3 6-7" {...stroke} strokeWidth={2} />,
	exited: <rect x="2.8" y="2.8" width="8.4" height="8.4" rx="1.5" {...stroke} strokeWidth={1.4} />,
	dead: <path d="m3 3 8 8m0-8-8 8" {...stroke} strokeWidth={2} />,
	unknown: <path d="M4.6 5.2a2.4 2.4 0 1 1 3.5 2.1c-.8.4-1.1.8-1.1 1.5M7 11.4v.1" {...stroke} />,
};

/** A state as a shape. Silent: what it shows is always said in words beside it or in its row's name. */
export function StateIcon({ state }: { state: AgentState }) {
	return (
		<svg viewBox="0 0 14 14" className={`${classes.icon} ${classes[state] ?? ""}`} aria-hidden="true" data-state={state}>
			{shapes[state]}
		</svg>
	);
}
