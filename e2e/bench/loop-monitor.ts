// Loaded into the hub's process with `--import`: reports how late its event loop runs. The product knows nothing of it.
import { LoopDelayWatch } from "./loop-delay-watch.ts";

const watch = new LoopDelayWatch();
process.on("message", (message) => {
	if (message === "loop.start") {
		watch.start();
		process.send?.({ started: true });
	} else if (message === "loop.stop") process.send?.(watch.stop());
});
// Only the hub keeps its process alive.
process.channel?.unref();
