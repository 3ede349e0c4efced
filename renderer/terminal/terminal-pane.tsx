import { Play, RotateCw } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { Agent } from "../../shared/contract/agents.ts";
import type { Session } from "../../shared/contract/sessions.ts";
import { useHub } from "../store/hub-store.ts";
import { useWindow } from "../store/window-store.ts";
import { Button } from "../ui/button.tsx";
import { MessageText } from "../ui/message-text.tsx";
import { StateIcon } from "../ui/state-icon.tsx";
import { useParts } from "../window-parts.ts";
import { endOf } from "./session-end.ts";
import { leaveKeys } from "./terminal-keys.ts";
import classes from "./terminal-pane.module.css";
import type { TerminalView } from "./terminal-view.ts";

/** One agent's live terminal, and what stands in its place before a session begins and after it ended. */
export function TerminalPane({ agent }: { agent: Agent }) {
	const { terminals } = useParts();
	const session = useHub((state) => state.sessions[agent.id]);
	const stale = useHub((state) => state.connection.phase !== "live");
	const focusWishes = useWindow((state) => state.focusWishes);
	const pane = useRef<HTMLDivElement>(null);
	const view = useTerminalView(agent.id);
	const status = useSyncExternalStore(view.subscribe, view.status);
	const label = `Terminal of ${agent.name}`;

	useLayoutEffect(() => {
		if (pane.current) terminals.show(agent.id).mount(pane.current, `${label}. ${leaveKeys} goes back to the list of agents.`);
		return () => terminals.hide(agent.id);
	}, [terminals, agent.id, label]);

	// Another session of the same agent is another stream. One that is being made has no process, and no terminal, yet.
	const attachable = session !== undefined && (session.pid !== null || !session.live);
	const sessionKey = attachable ? `${session.sessionId} ${session.startedAt}` : null;
	useEffect(() => view.stream(sessionKey), [view, sessionKey]);

	const live = session?.live ?? false;
	const refused = live && status.phase === "refused" ? status.message : null;
	useEffect(() => {
		if (live && focusWishes > 0) view.focus();
	}, [view, live, focusWishes]);

	return (
		<section className={classes.region} aria-label={label}>
			<div ref={pane} className={`${classes.pane} ${stale ? classes.stale : ""}`} />
			{refused !== null && (
				<Bar text={`The terminal cannot be shown: ${refused}`}>
					<Button onClick={() => view.again()}>
						<RotateCw aria-hidden /> Retry
					</Button>
				</Bar>
			)}
			<WithoutSession agent={agent} session={session} />
		</section>
	);
}

/** The pool's terminal for as long as this component shows the agent. */
function useTerminalView(agentId: string): TerminalView {
	const { terminals } = useParts();
	return useMemo(() => terminals.show(agentId), [terminals, agentId]);
}

function WithoutSession({ agent, session }: { agent: Agent; session: Session | undefined }) {
	const { calls } = useParts();
	const start = useWindow((state) => state.starts[agent.id]);
	if (session?.live) return null;
	const begin = () => void calls.start(agent.id);
	if (start?.phase === "failed") {
		return (
			<Cover title={`${agent.name} did not start`}>
				<p role="alert" className={classes.error}>
					<MessageText text={start.message} />
				</p>
				<Button look="primary" onClick={begin}>
					<RotateCw aria-hidden /> Retry
				</Button>
			</Cover>
		);
	}
	if (start?.phase === "pending" || agent.state === "starting") {
		return (
			<Cover title={`Starting ${agent.name}`}>
				<StateIcon state="starting" />
			</Cover>
		);
	}
	if (session) {
		return (
			<Bar text={endOf(agent, session)}>
				<Button look="primary" onClick={begin}>
					<Play aria-hidden /> Start again
				</Button>
			</Bar>
		);
	}
	return (
		<Cover title={`${agent.name} is ${agent.state === "dead" ? "dead" : "not running"}`}>
			<p className={classes.coverText}>
				{agent.state === "dead" ? <MessageText text={agent.evidence.reason} /> : `It works in ${agent.workDir}.`}
			</p>
			<Button look="primary" onClick={begin}>
				<Play aria-hidden /> Start
			</Button>
		</Cover>
	);
}

function Cover({ title, children }: { title: string; children: ReactNode }) {
	return (
		<div className={classes.cover}>
			<h2 className={classes.coverTitle}>{title}</h2>
			{children}
		</div>
	);
}

function Bar({ text, children }: { text: string; children: ReactNode }) {
	return (
		<div className={classes.bar} role="status">
			<span className={classes.barText}>
				<MessageText text={text} />
			</span>
			{children}
		</div>
	);
}
