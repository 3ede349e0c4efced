import { ORPCError, ValidationError } from "@orpc/contract";
import { ClawmuxError, type ErrorCode, httpStatusOf, isErrorCode } from "./errors.ts";

/** How an error looks in the body of every refused HTTP request. */
export interface ErrorBody {
	error: { code: ErrorCode; message: string };
}

/** Longest message sent; a refused input can have a path of any length in it. */
const longestMessage = 1000;

/** Problems named when an input is refused; the rest is counted. */
const problemsNamed = 5;

/**
 * The server's half: what a call threw becomes what crosses the wire. Only a ClawmuxError's own sentence and the problems of
 * a refused input are sent; anything else is `internal` and keeps its text, and its cause, on this side.
 * @param call the call's name, e.g. `agents.create`
 */
export function toRpcError(thrown: unknown, call: string): ORPCError<string, undefined> {
	const error = refusalOf(thrown, call);
	return new ORPCError(error.code, {
		status: httpStatusOf[error.code],
		message: error.message.slice(0, longestMessage),
		cause: thrown,
	});
}

function refusalOf(thrown: unknown, call: string): ClawmuxError {
	if (thrown instanceof ClawmuxError) return thrown;
	if (thrown instanceof ORPCError) {
		if (isErrorCode(thrown.code)) return new ClawmuxError(thrown.code, thrown.message, { cause: thrown });
		if (thrown.status === 400 && thrown.cause instanceof ValidationError)
			return new ClawmuxError("invalid_input", `The call ${call} cannot take this: ${problems(thrown.cause.issues)}.`, {
				cause: thrown,
			});
		const code = codeOfStatus(thrown.status);
		if (code !== "internal") return new ClawmuxError(code, `${thrown.message}.`, { cause: thrown });
	}
	return new ClawmuxError("internal", `The hub failed at ${call}. Its log says why.`, { cause: thrown });
}

type Issue = ValidationError["issues"][number];

function problems(issues: readonly Issue[]): string {
	const named = issues.slice(0, problemsNamed).map(({ path, message }) => {
		const keys = (path ?? []).map((step) => String(typeof step === "object" ? step.key : step));
		return `${keys.length > 0 ? keys.join(".") : "input"}: ${message}`;
	});
	const more = issues.length - named.length;
	return more > 0 ? `${named.join("; ")}; and ${more} more` : named.join("; ");
}

/**
 * The client's half: what a call of an oRPC client threw becomes a ClawmuxError again. A lost connection or a cancelled call
 * is `closed`, a hub that cannot be reached is `unavailable`.
 */
export function fromRpcError(thrown: unknown): ClawmuxError {
	if (thrown instanceof ClawmuxError) return thrown;
	if (thrown instanceof ORPCError) {
		const code = isErrorCode(thrown.code) ? thrown.code : codeOfStatus(thrown.status);
		return new ClawmuxError(code, thrown.message, { cause: thrown });
	}
	if (thrown instanceof Error && thrown.name === "AbortError")
		return new ClawmuxError("closed", "The call was cancelled, or the connection to the hub closed.", { cause: thrown });
	// What fetch throws, in browsers and in Node, when nothing answers.
	if (thrown instanceof TypeError && /fetch|network|load failed/i.test(thrown.message))
		return new ClawmuxError("unavailable", "The hub cannot be reached.", { cause: thrown });
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return new ClawmuxError("internal", message, { cause: thrown });
}

/** An interceptor for oRPC links and router clients: their calls then throw ClawmuxErrors only. */
export async function withClawmuxErrors<T>(call: { next(): Promise<T> }): Promise<T> {
	try {
		return await call.next();
	} catch (thrown) {
		throw fromRpcError(thrown);
	}
}

/** The REST body of an error that crosses the wire. */
export function toErrorBody(error: ORPCError<string, unknown>): ErrorBody {
	return { error: { code: isErrorCode(error.code) ? error.code : codeOfStatus(error.status), message: error.message } };
}

/** The code nearest to an HTTP status, for what oRPC itself refuses (a malformed body, an unknown path). */
function codeOfStatus(status: number): ErrorCode {
	if (status === 401 || status === 403) return "denied";
	if (status === 404) return "not_found";
	if (status === 409) return "conflict";
	if (status === 410) return "closed";
	if (status === 429 || status === 503) return "unavailable";
	return status >= 400 && status < 500 ? "invalid_input" : "internal";
}
