import { monitorEventLoopDelay } from "node:perf_hooks";
import { rounded } from "./figure.ts";

/** How late an event loop ran, in ms. */
export interface LoopDelay {
	p50: number;
	p99: number;
	max: number;
}

/** The histogram's timer, in ms: it is part of every value it reports, and is taken off again here. */
const resolutionMs = 1;

/** Watches this process's event loop between `start` and `stop`. */
export class LoopDelayWatch {
	readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });

	start(): void {
		this.#histogram.reset();
		this.#histogram.enable();
	}

	stop(): LoopDelay {
		this.#histogram.disable();
		const ms = (nanoseconds: number) => rounded(Math.max(0, nanoseconds / 1e6 - resolutionMs));
		return { p50: ms(this.#histogram.percentile(50)), p99: ms(this.#histogram.percentile(99)), max: ms(this.#histogram.max) };
	}
}
