/** The closed set of error codes; every refusal anywhere in ClawMux carries exactly one of them. */
export const errorCodes = ["invalid_input", "not_found", "conflict", "denied", "unavailable", "closed", "internal"] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The HTTP status that stands for each code at the REST edge. */
export const httpStatusOf: Record<ErrorCode, number> = {
	invalid_input: 400,
	denied: 403,
	not_found: 404,
	conflict: 409,
	closed: 410,
	internal: 500,
	unavailable: 503,
};

/**
 * The one error class. The message is a sentence for a person: it names the thing that is wrong and, where there is one,
 * the remedy. The original error stays reachable as `cause`.
 */
export class ClawmuxError extends Error {
	override readonly name = "ClawmuxError";
	readonly code: ErrorCode;

	constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}

/** Turns whatever was thrown into a ClawmuxError; what is not ours already becomes `internal` with the cause kept. */
export function toClawmuxError(thrown: unknown): ClawmuxError {
	if (thrown instanceof ClawmuxError) return thrown;
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return new ClawmuxError("internal", message, { cause: thrown });
}

/** Says whether a string that came over a wire is one of the codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
	return errorCodes.includes(code as ErrorCode);
}
