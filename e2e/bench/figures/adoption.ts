import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { type Figure, spread } from "../figure.ts";
import { BenchHub } from "../fixtures/bench-hub.ts";

const sessions = 50;
const goalMs = 1000;

interface Adoption {
	adopted: number;
	adoptedMs: number;
	pictureMs: number;
	pictureBytes: number;
}

/** How long a hub takes to have everything of its predecessor's again, which was killed. */
export async function adoption(bench: Bench): Promise<Figure[]> {
	const { backends } = await bench.hub.client.hub.info();
	const lasting = backends.filter(({ available, survivesHub }) => available && survivesHub);
	const figures: Figure[] = [];
	for (const { name } of lasting) figures.push(await adoptionOf(bench, name));
	return figures;
}

async function adoptionOf(bench: Bench, backend: string): Promise<Figure> {
	const hub = new BenchHub();
	try {
		await hub.start(bench.product.hub);
		// Each with some history: 500 lines, then silence.
		const program = ["sh", "-c", "seq -f 'line %g of the history of a session that goes on' 500; exec cat"];
		for (let index = 0; index < sessions; index += 1) {
			if (index % 10 === 0) bench.tell(`adoption.${backend}: session ${index}/${sessions}`);
			await hub.run(`kept-${index}`, backend, program);
		}
		await hub.stop("SIGKILL");
		const rounds: Adoption[] = [];
		const processMs: number[] = [];
		for (let round = 0; round < bench.rounds; round += 1) {
			bench.tell(`adoption.${backend} ${round + 1}/${bench.rounds}`);
			const startedAt = performance.now();
			const child = fork(join(import.meta.dirname, "..", "fixtures", "adopting-hub.ts"), {
				env: hub.env,
				stdio: ["ignore", 2, 2, "ipc"],
			});
			const exited = once(child, "exit");
			const [result] = (await Promise.race([once(child, "message"), exited])) as [Adoption | number];
			if (typeof result === "number") throw new Error(`The hub ended with ${result} instead of taking up its sessions.`);
			processMs.push(performance.now() - startedAt);
			rounds.push(result);
			await exited;
		}
		const adopted = Math.min(...rounds.map((round) => round.adopted));
		const times = spread(rounds.map((round) => round.pictureMs));
		return {
			figure: `adoption.${backend}`,
			what: `a new hub's start until ${sessions} live sessions are its own and the first one's picture can be read, in ms`,
			goal: `all, < ${goalMs} ms`,
			reached: adopted === sessions && times.median < goalMs,
			value: times.median,
			details: {
				adopted,
				toPictureMs: times,
				toAdoptedMs: spread(rounds.map((round) => round.adoptedMs)),
				withStartOfNodeMs: spread(processMs),
				pictureBytes: rounds[0]?.pictureBytes,
			},
		};
	} finally {
		await hub.remove();
	}
}
