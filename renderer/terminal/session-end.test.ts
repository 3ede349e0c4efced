import { expect, test } from "vitest";
import { sampleAgent } from "../store/sample-data.ts";
import { endOf } from "./session-end.ts";

const at = new Date(2026, 10, 21, 12, 3, 11).getTime();
const agent = sampleAgent({ id: "af_sky", name: "Sky" });
const session = {
	agentId: "af_sky",
	sessionId: "sky",
	backend: "pty",
	program: "generic",
	argv: [],
	workDir: "/",
	pid: null,
	resumeId: null,
	live: false,
	startedAt: at,
	endedAt: at,
	exitCode: 3,
	endReason: "The program ended with exit code 3.",
};

test("an end says when and why", () => {
	expect(endOf(agent, session, at)).toBe("Sky's session ended at 12:03:11 (The program ended with exit code 3).");
	expect(endOf(agent, { ...session, endReason: null }, at)).toBe("Sky's session ended at 12:03:11 (exit code 3).");
	expect(endOf(agent, { ...session, endReason: null, exitCode: null, endedAt: null }, at)).toBe("Sky's session ended.");
});
