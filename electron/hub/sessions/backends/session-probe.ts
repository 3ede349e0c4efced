import { setTimeout as delay } from "node:timers/promises";
import type { CreateSession, SessionBackend, TerminalEvents, TerminalSource } from "./session-backend.ts";

type End = Parameters<TerminalEvents["onEnd"]>[0];

/** For tests: an open session, everything it printed since, and its end. */
export interface Opened {
	readonly sessionId: string;
	readonly source: TerminalSource;
	readonly end: Promise<End>;
	bytes(): Buffer;
	text(): string;
}

export async function open(backend: SessionBackend, sessionId: string): Promise<Opened> {
	const chunks: Buffer[] = [];
	let tell: (end: End) => void = () => undefined;
	const end = new Promise<End>((resolve) => {
		tell = resolve;
	});
	const source = await backend.open(sessionId, {
		onData: (bytes) => chunks.push(Buffer.from(bytes)),
		onEnd: (value) => tell(value),
	});
	const bytes = () => Buffer.concat(chunks);
	return { sessionId, source, end, bytes, text: () => bytes().toString("utf8") };
}

export function createRequest(
	sessionId: string,
	argv: readonly string[],
	workDir: string,
	more: Partial<CreateSession> = {},
): CreateSession {
	const env = { PATH: process.env.PATH ?? "", HOME: workDir, TERM: "xterm-256color", LANG: "C.UTF-8" };
	return { sessionId, agentId: `af_${sessionId}`, argv, workDir, env, cols: 80, rows: 24, ...more };
}

/** Waits until something is so. @throws after ten seconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
	const deadline = performance.now() + 10_000;
	while (!(await isSo())) {
		if (performance.now() > deadline) throw new Error(`It did not become true: ${isSo.toString()}`);
		await delay(10);
	}
}
