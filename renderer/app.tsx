import { Tooltip } from "radix-ui";
import { AgentHeader } from "./agent-header.tsx";
import classes from "./app.module.css";
import { Dialogs } from "./dialogs/dialogs.tsx";
import { Sidebar } from "./sidebar/sidebar.tsx";
import { useHub } from "./store/hub-store.ts";
import { useWindow } from "./store/window-store.ts";
import { leaveKeys } from "./terminal/terminal-keys.ts";
import { TerminalPane } from "./terminal/terminal-pane.tsx";
import { MessageBars, Toasts } from "./ui/messages-bar.tsx";

/** The whole window. */
export function App() {
	const phase = useHub((state) => state.connection.phase);
	const known = useHub((state) => state.hub !== null);
	if (phase === "refused") return <NoEntry />;
	return (
		<Tooltip.Provider delayDuration={600} skipDelayDuration={200}>
			{known ? (
				<div className={classes.app}>
					<Sidebar />
					<Main />
				</div>
			) : (
				<Connecting />
			)}
			<Dialogs />
			<Toasts />
		</Tooltip.Provider>
	);
}

function Main() {
	const selected = useWindow((state) => state.selected);
	const agent = useHub((state) => (selected === null ? undefined : state.agents[selected]));
	return (
		<main className={classes.main}>
			{agent && <AgentHeader agent={agent} />}
			<MessageBars />
			{agent ? <TerminalPane key={agent.id} agent={agent} /> : <NothingChosen />}
		</main>
	);
}

function NothingChosen() {
	const backends = useHub((state) => state.hub?.backends);
	const usual = useHub((state) => state.hub?.backends.find(({ name }) => name === state.hub?.defaultBackend));
	const better = backends?.find(({ available, survivesHub }) => survivesHub && !available);
	return (
		<div className={classes.page}>
			<h2 className={classes.pageTitle}>No agent chosen</h2>
			<p className={classes.pageText}>
				Choose one on the left, and its terminal opens here. One that never ran or was stopped starts; one whose session ended
				otherwise shows its last output first, with a button to start it again.
			</p>
			<dl className={classes.keys}>
				<dt>
					<kbd>Enter</kbd>
				</dt>
				<dd>starts or shows the agent</dd>
				<dt>
					<kbd>Space</kbd>
				</dt>
				<dd>picks it up, to move it to a project</dd>
				<dt>
					<kbd>Shift+F10</kbd>
				</dt>
				<dd>everything else it can do</dd>
				<dt>
					<kbd>{leaveKeys}</kbd>
				</dt>
				<dd>from a terminal back to the list</dd>
			</dl>
			{usual && !usual.survivesHub && (
				<p className={classes.cost}>
					Sessions run in the built-in backend <code>{usual.name}</code> and end when ClawMux quits.
					{better && ` ${better.detail}`}
				</p>
			)}
		</div>
	);
}

function Connecting() {
	const connection = useHub((state) => state.connection);
	return (
		<div className={`${classes.page} ${classes.late}`} role="status">
			<h1 className={classes.pageTitle}>Connecting to the hub</h1>
			{connection.phase === "lost" && (
				<p className={classes.pageText}>
					{connection.reason} It is tried again all the time. If the hub was stopped, <code>clawmux start</code> starts it.
				</p>
			)}
		</div>
	);
}

/** This page has no ticket, or its token is no longer good. */
function NoEntry() {
	const reason = useHub((state) => (state.connection.phase === "refused" ? state.connection.reason : ""));
	return (
		<main className={classes.page}>
			<h1 className={classes.pageTitle}>
				Open this window with <code>clawmux open</code>
			</h1>
			<p className={classes.pageText}>
				{reason} The command <code>clawmux open</code> opens ClawMux in your browser with an address that works once.
			</p>
		</main>
	);
}
