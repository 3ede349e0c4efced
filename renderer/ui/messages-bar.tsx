import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { useHub } from "../store/hub-store.ts";
import { useWindow, windowActions } from "../store/window-store.ts";
import { useParts } from "../window-parts.ts";
import { shortTime } from "./agent-state.ts";
import { Button } from "./button.tsx";
import { MessageText } from "./message-text.tsx";
import classes from "./messages-bar.module.css";

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };
const looks = { info: classes.info, warning: "", error: classes.error };
const noNotices: readonly never[] = [];

/** What is wrong with the connection, and what the hub has to say that belongs to no agent. */
export function MessageBars() {
	const { reconnect } = useParts();
	const connection = useHub((state) => state.connection);
	const notices = useHub((state) => state.hub?.notices ?? noNotices);
	const dismissed = useWindow((state) => state.dismissedNotices);
	return (
		<>
			{connection.phase === "lost" && (
				<Bar level="error">
					<span className={classes.text}>
						Not connected to the hub since {shortTime(connection.since, Date.now())}. What you see is from then; it is tried again
						all the time.
						{!window.clawmux && (
							<>
								{" "}
								If the hub came back at another address, <code>clawmux open</code> opens this window anew.
							</>
						)}
					</span>
					<Button onClick={reconnect}>Try now</Button>
				</Bar>
			)}
			{notices
				.filter(({ id }) => !dismissed.has(id))
				.map(({ id, level, text }) => (
					<Bar key={id} level={level}>
						<span className={classes.text}>
							<MessageText text={text} />
						</span>
						<Button look="icon" aria-label="Dismiss" onClick={() => windowActions.dismissNotice(id)}>
							<X aria-hidden />
						</Button>
					</Bar>
				))}
		</>
	);
}

function Bar({ level, children }: { level: keyof typeof icons; children: ReactNode }) {
	const Icon = icons[level];
	return (
		<div className={`${classes.bar} ${looks[level]}`} role={level === "error" ? "alert" : "status"}>
			<Icon aria-hidden />
			{children}
		</div>
	);
}

/** What was refused. Each stays until it is dismissed. */
export function Toasts() {
	const toasts = useWindow((state) => state.toasts);
	return (
		<section className={classes.toasts} aria-label="Messages">
			{toasts.map(({ id, text }) => (
				<div key={id} className={classes.toast} role="alert">
					<CircleAlert aria-hidden />
					<span className={classes.text}>
						<MessageText text={text} />
					</span>
					<Button look="icon" aria-label="Dismiss" onClick={() => windowActions.dismissToast(id)}>
						<X aria-hidden />
					</Button>
				</div>
			))}
		</section>
	);
}
