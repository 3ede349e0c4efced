import type { HomePaths } from "../../home.ts";
import type { Log } from "../../log.ts";
import { resourcePath } from "../../resources.ts";
import { PtyBackend } from "./pty.ts";
import type { SessionBackend } from "./session-backend.ts";
import { TmuxBackend } from "./tmux.ts";

/** The backends that come with ClawMux, the preferred one first. The one place outside a backend's own files that names it. */
export function builtInBackends(home: HomePaths, log: Log): SessionBackend[] {
	return [new TmuxBackend({ home, log, configFile: resourcePath("tmux.conf") }), new PtyBackend({ log })];
}
