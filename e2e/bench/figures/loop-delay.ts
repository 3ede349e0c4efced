import { setTimeout as during } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import type { Figure } from "../figure.ts";
import { flooder } from "../fixtures/programs.ts";

const counts = [0, 4, 20];
const goal = { p99: 16, max: 50 };

/** How late the hub's event loop runs while sessions flood, with nobody and with somebody looking at one of them. */
export async function loopDelay(bench: Bench): Promise<Figure[]> {
	const figures: Figure[] = [];
	const { page } = await bench.page();
	for (const backend of await bench.hub.backends()) {
		for (const count of counts) {
			const ids = Array.from({ length: count }, (_, index) => `flood-${backend}-${index}`);
			for (const id of ids) await bench.hub.run(id, backend, flooder(bench.product.payloads.ascii.file));
			for (const viewed of count === 0 ? [false] : [false, true]) {
				const name = `loop-delay.${backend}.flooding-${count}${viewed ? ".viewed" : ""}`;
				bench.tell(name);
				if (viewed) await page.evaluate((id) => window.bench.show(id), `flood-${backend}-0`);
				// The length of the observation; what is observed goes on all the while.
				const { hub, idle } = await bench.loopDelayDuring(() => during(bench.quick ? 3_000 : 10_000));
				const { p50, p99, max } = hub;
				const reached = p99 <= goal.p99 && max <= goal.max;
				figures.push({
					figure: name,
					what: `delay of the hub's event loop under ${count} flooding sessions${viewed ? ", one of them shown in a page" : ""}, p99 in ms`,
					goal: `p99 <= ${goal.p99} ms, max <= ${goal.max} ms`,
					reached,
					value: p99,
					details: { p50, p99, max, idleProcess: idle },
					...(reached || (idle.p99 <= goal.p99 && idle.max <= goal.max)
						? {}
						: { limitedBy: `the machine: a process with nothing to do was ${idle.p99} ms late too (p99; max ${idle.max} ms)` }),
				});
				if (viewed) await page.evaluate(() => window.bench.hide());
			}
			await bench.hub.stopAll(ids);
		}
	}
	return figures;
}
