import type { Log } from "../../log.ts";
import type { TerminalEvents } from "./session-backend.ts";

/**
 * The same listener, but what it throws (a full disk behind it, ...) is logged and goes no further: a session's reader
 * and its end must not depend on who listens. Of errors on output in a row only the first is logged.
 */
export function guardedEvents(events: TerminalEvents, sessionId: string, log: Log): TerminalEvents {
	let failing = false;
	return {
		onData(bytes) {
			try {
				events.onData(bytes);
				failing = false;
			} catch (error) {
				if (!failing) log.error("A session's output could not be taken.", { sessionId, error });
				failing = true;
			}
		},
		onEnd(end) {
			try {
				events.onEnd(end);
			} catch (error) {
				log.error("A session's end could not be taken.", { sessionId, error });
			}
		},
	};
}
