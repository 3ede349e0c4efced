import type { HubClient } from "../../../shared/contract/contract.ts";
import { ClawmuxError } from "../../../shared/errors.ts";
import { processLives } from "../hosting/process-lives.ts";
import type { Command } from "../line/command.ts";
import { askStatus, poll } from "../poll.ts";

/** How long a hub may take to end, in ms. */
const stopLimitMs = 15_000;
/** A desktop app that hosted the hub may live on without it; its process is waited for only so long, in ms. */
const processLimitMs = 3_000;

export const stopCommand: Command = {
	name: "stop",
	summary: "stop the hub; sessions whose backend outlives it live on",
	async run(call) {
		const running = await askStatus(call.home);
		if (!running) {
			call.out.print(`No ClawMux hub is running for ${call.home}.`);
			return 0;
		}
		const { pid } = running.hub;
		const ending = await endingWithHub(call.hub);
		try {
			await call.hub.hub.shutdown();
		} catch (error) {
			// One that ends so fast that its answer is cut off has done what it was asked.
			if (!(error instanceof ClawmuxError) || (error.code !== "closed" && error.code !== "unavailable")) throw error;
		}
		const gone = await poll(stopLimitMs, async () => {
			const status = await askStatus(call.home);
			return status === null || status.hub.pid !== pid ? true : null;
		});
		if (!gone)
			throw new ClawmuxError("unavailable", `The ClawMux hub (pid ${pid}) has not ended within ${stopLimitMs / 1000} s.`);
		await poll(processLimitMs, async () => (processLives(pid) ? null : true));
		const ended = ending.length === 0 ? "" : ` With it ended ${ending.join(", ")}: their backend does not outlive it.`;
		call.out.print(`The ClawMux hub (pid ${pid}) has stopped.${ended}`);
		return 0;
	},
};

/** Names of the agents whose running sessions the hub takes with it. */
async function endingWithHub(hub: HubClient): Promise<string[]> {
	const [{ backends }, sessions, agents] = await Promise.all([hub.hub.info(), hub.sessions.list(), hub.agents.list()]);
	const lasting = new Set(backends.filter(({ survivesHub }) => survivesHub).map(({ name }) => name));
	const names = new Map(agents.map(({ id, name }) => [id, name]));
	return sessions
		.filter(({ live, backend }) => live && !lasting.has(backend))
		.map(({ agentId }) => names.get(agentId) ?? agentId);
}
