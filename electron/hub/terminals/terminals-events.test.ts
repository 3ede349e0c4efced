import { expect, test } from "vitest";
import { silentLog } from "../log.ts";
import { MemorySession } from "./terminal-test-kit.ts";
import { Terminals } from "./terminals.ts";

test("a listener that fails is logged, and everybody else is told", async () => {
	const logged: string[] = [];
	const own = new Terminals({ log: { ...silentLog, error: (message) => void logged.push(message) } });
	const heard: string[] = [];
	for (const name of ["activity", "end"] as const) {
		own.events.on(name, () => {
			throw new Error("broken");
		});
		own.events.on(name, () => heard.push(name));
	}
	const source = new MemorySession();
	await own.open("af_sky", "sky", source);
	source.output("a");
	source.end(1);
	expect(heard).toEqual(["activity", "end"]);
	expect(logged).toHaveLength(2);
	own.dispose();
});
