import { constants } from "node:os";
import type { BackendSession, CreateSession } from "../session-backend.ts";
import { literal, paneOf } from "./format.ts";

/** What is asked of every session; none of it can hold a separator unless the session is not ours. */
const columns = [
	"session_name",
	"@clawmux",
	"@clawmux-agent",
	"@clawmux-dir",
	"@clawmux-modes",
	"session_created",
	"pane_pid",
	"pane_tty",
	"pane_dead",
	"pane_dead_status",
	"pane_dead_signal",
	"window_index",
	"pane_index",
] as const;

export interface TmuxSession extends BackendSession {
	tty: string | null;
	/** Its terminal is closed and how it ended is not known yet (or it runs on without one). */
	ending: boolean;
	/** Modes that tmux cannot be asked for, as a program left them. */
	modes: number[];
}

const format = columns.map((column) => `#{${column}}`).join("|");

export const listCommand = ["list-panes", "-a", "-F", format];

/** The same for one session; tmux refuses where there is none. */
export function listOneCommand(sessionId: string): string[] {
	return ["list-panes", "-t", `=${sessionId}:0`, "-F", format];
}

/** Whether a session of ours can have this name; another one would be a target of its own kind to tmux. */
export function isSessionId(text: string): boolean {
	return /^[a-z0-9][a-z0-9_-]*$/.test(text);
}

/** The rows of these commands that carry this home's tag. */
export function readSessions(rows: readonly string[], owner: string): TmuxSession[] {
	return rows.flatMap((row) => {
		const values = row.split("|");
		if (values.length !== columns.length) return [];
		const value = Object.fromEntries(columns.map((column, index) => [column, values[index] ?? ""])) as Record<
			(typeof columns)[number],
			string
		>;
		if (value["@clawmux"] !== owner || value.window_index !== "0" || value.pane_index !== "0") return [];
		const ended = value.pane_dead_status !== "" || value.pane_dead_signal !== "";
		const live = value.pane_dead !== "1" || !ended;
		return [
			{
				sessionId: value.session_name,
				agentId: value["@clawmux-agent"] || null,
				pid: live ? Number(value.pane_pid) || null : null,
				workDir: value["@clawmux-dir"] ? decodeURIComponent(value["@clawmux-dir"]) : null,
				startedAt: Number(value.session_created) * 1000 || null,
				live,
				exitCode: value.pane_dead_status === "" ? null : Number(value.pane_dead_status),
				exitSignal: signalName(value.pane_dead_signal),
				ending: live && value.pane_dead === "1",
				tty: value.pane_tty || null,
				modes: value["@clawmux-modes"].split(",").filter(Boolean).map(Number),
			},
		];
	});
}

/**
 * One sequence that makes the session, tags it, sizes it and starts its pipe. The server does nothing between these, so
 * there is no untagged session and no byte before the pipe.
 */
export function createCommands(request: CreateSession, owner: string, copyCommand: string, sleep: string): string[][] {
	const { sessionId, agentId, argv, workDir, env, cols, rows } = request;
	const target = `=${sessionId}:`;
	const tag = (name: string, value: string) => ["set-option", "-t", target, name, value];
	return [
		[
			...["new-session", "-d", "-s", sessionId, "-x", String(cols), "-y", String(rows), "-c", literal(workDir)],
			...Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
			...["--", ...launcher(env, sleep), ...argv],
		],
		["pipe-pane", "-O", "-t", paneOf(sessionId), copyCommand],
		tag("@clawmux", owner),
		tag("@clawmux-agent", agentId),
		tag("@clawmux-dir", encodeURIComponent(workDir)),
		["resize-window", "-t", target, "-x", String(cols), "-y", String(rows)],
	];
}

/**
 * Runs the program and stays a moment after it. tmux closes a terminal as soon as it hears that its leader ended, and what
 * the kernel has not passed on by then is lost: 16 of 120 quick programs were cut short on 3.3a. Nothing tells when the
 * kernel has passed it on, so this is a time: ten times what it takes on a busy machine. The end is then repeated as it was
 * (a code from 129 to 159 counts as that signal: a shell cannot tell them apart). The shell itself says nothing.
 */
const lingerer =
	'trap : HUP INT QUIT TERM; wait=$1; shift; exec 3>&2 2>/dev/null; "$@" 2>&3 3>&-; code=$?; "$wait" 0.1; ' +
	"if [ $code -gt 128 ] && [ $code -lt 160 ]; then ulimit -c 0; trap - HUP INT QUIT TERM; kill -$((code-128)) $$; fi; exit $code";

/**
 * tmux and the shell above add variables to every program's environment; `env` takes them away again and becomes the
 * program. What tmux still decides: TERM where none was asked for, and PWD.
 */
function launcher(env: Readonly<Record<string, string>>, sleep: string): string[] {
	const added = ["TMUX", "TMUX_PANE", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "SHELL", "SHLVL", "OLDPWD", "_"];
	const removed = added.filter((name) => env[name] === undefined).flatMap((name) => ["-u", name]);
	const overridden = [...added, "TERM"].flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`]));
	return ["/bin/sh", "-c", lingerer, "clawmux", sleep, "/usr/bin/env", ...removed, ...overridden];
}

function signalName(number: string): string | null {
	if (number === "") return null;
	const known = Object.entries(constants.signals).find(([, value]) => value === Number(number));
	return known ? known[0] : `signal ${number}`;
}
