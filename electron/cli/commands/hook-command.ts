import { fstatSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { hubSocket } from "../hub-address.ts";
import type { Command } from "../line/command.ts";
import { post } from "../socket-http.ts";

/** How long an agent may be kept waiting for the hub, in ms, and for its own standard input. */
const patienceMs = 500;

/**
 * Called by an agent's hooks: hands what they say to the hub. An agent must never be stopped, slowed or confused by a
 * hub that is away, so whatever goes wrong here ends quietly with exit code 0; the hub logs what it refuses.
 */
export const hookCommand: Command = {
	name: "hook",
	summary: "hand an agent's hook to the hub",
	hidden: true,
	async run(call) {
		const { CLAWMUX_AGENT_ID: agent, CLAWMUX_SESSION_SECRET: secret, CLAWMUX_SOCKET: socket } = process.env;
		if (!agent || !secret) return 0;
		try {
			const body = await standardInput();
			if (body.trim() === "") return 0;
			const headers = { "clawmux-agent": agent, "clawmux-session": secret };
			const limit = setTimeout(() => process.exit(0), patienceMs);
			const answer = await post({ socket: socket || hubSocket(call.home), path: "/hooks", body, headers, timeoutMs: patienceMs });
			await answer.text();
			clearTimeout(limit);
		} catch (error) {
			// See above. Whoever looks for the reason can ask for it.
			if (process.env.CLAWMUX_HOOK_DEBUG)
				process.stderr.write(`clawmux hook: ${error instanceof Error ? error.message : String(error)}\n`);
		}
		return 0;
	},
};

/** Standard input to its end, or as far as it came before the patience ended. */
function standardInput(): Promise<string> {
	const stat = fstatSync(0);
	if (stat.isFile()) return Promise.resolve(readFileSync(0, "utf8"));
	// A terminal or /dev/null has nothing to tell, and reading a terminal would never end.
	if (!stat.isFIFO() && !stat.isSocket()) return Promise.resolve("");
	return new Promise((resolve, reject) => {
		// `process.stdin` would load a good deal more than this.
		const input = new Socket({ fd: 0, readable: true, writable: false });
		let text = "";
		const end = (): void => {
			clearTimeout(limit);
			input.destroy();
			resolve(text);
		};
		const limit = setTimeout(end, patienceMs);
		input.setEncoding("utf8");
		input.on("data", (chunk) => {
			text += chunk;
			limit.refresh();
		});
		input.on("end", end);
		input.on("error", reject);
	});
}
