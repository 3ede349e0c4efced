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

export const listCommand = ["list-panes", "-a", "-F", columns.map((column) => `#{${column}}`).join("|")];

/** The rows of `listCommand` that carry this home's tag. */
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
export function createCommands(request: CreateSession, owner: string, copyCommand: string): string[][] {
	const { sessionId, agentId, argv, workDir, env, cols, rows } = request;
	const target = `=${sessionId}:`;
	const tag = (name: string, value: string) => ["set-option", "-t", target, name, value];
	return [
		[
			...["new-session", "-d", "-s", sessionId, "-x", String(cols), "-y", String(rows), "-c", literal(workDir)],
			...Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
			...["--", ...exactEnvironment(env), ...argv],
		],
		["pipe-pane", "-O", "-t", paneOf(sessionId), copyCommand],
		tag("@clawmux", owner),
		tag("@clawmux-agent", agentId),
		tag("@clawmux-dir", encodeURIComponent(workDir)),
		["resize-window", "-t", target, "-x", String(cols), "-y", String(rows)],
	];
}

/**
 * tmux adds variables of its own to every program's environment; `env` takes them away again and becomes the program.
 * What tmux still decides: TERM where none was asked for, and PWD.
 */
function exactEnvironment(env: Readonly<Record<string, string>>): string[] {
	const added = ["TMUX", "TMUX_PANE", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "SHELL"];
	const removed = added.filter((name) => env[name] === undefined).flatMap((name) => ["-u", name]);
	const overridden = [...added, "TERM"].flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`]));
	return ["/usr/bin/env", ...removed, ...overridden];
}

function signalName(number: string): string | null {
	if (number === "") return null;
	const known = Object.entries(constants.signals).find(([, value]) => value === Number(number));
	return known ? known[0] : `signal ${number}`;
}
