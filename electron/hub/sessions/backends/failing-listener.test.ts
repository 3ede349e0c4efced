import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Log, LogFields } from "../../log.ts";
import { backendNames, ConformanceLab } from "./conformance-lab.ts";
import { until } from "./session-probe.ts";

describe.each(backendNames)("the $name backend, when a listener fails", ({ name }) => {
	const logged: { message: string; fields: LogFields | undefined }[] = [];
	const keep = (message: string, fields?: LogFields) => {
		logged.push({ message, fields });
	};
	const log: Log = { debug: () => undefined, info: () => undefined, warn: keep, error: keep };
	const escaped: unknown[] = [];
	const note = (error: unknown) => {
		escaped.push(error);
	};
	let lab: ConformanceLab;
	beforeAll(() => {
		lab = new ConformanceLab(name, log);
		process.on("uncaughtExceptionMonitor", note);
	});
	beforeEach(() => {
		logged.length = 0;
		escaped.length = 0;
	});
	afterEach(() => lab.killAll());
	afterAll(async () => {
		process.off("uncaughtExceptionMonitor", note);
		await lab.destroy();
	});

	const full = new Error("no space left on device");
	const fails = () => {
		throw full;
	};

	it("logs a failing end once, and stops and forgets the session all the same", async () => {
		const made = lab.shell("echo here; sleep 60");
		await lab.backend.create(made);
		await lab.backend.open(made.sessionId, { onData: () => undefined, onEnd: fails });
		await lab.backend.stop(made.sessionId, { graceMs: 2000 });
		await until(() => logged.length > 0);
		expect(logged).toEqual([
			{ message: expect.stringContaining("end"), fields: expect.objectContaining({ sessionId: made.sessionId, error: full }) },
		]);
		await lab.backend.kill(made.sessionId);
		expect(await lab.backend.status(made.sessionId)).toBe("missing");
		expect(escaped).toEqual([]);
	});

	it("logs failing output once, and still tells the end", async () => {
		const made = lab.shell("for i in 1 2 3 4 5; do echo $i; sleep 0.02; done; exit 3");
		await lab.backend.create(made);
		let taken = 0;
		const code = await new Promise((resolve, reject) => {
			const onData = () => {
				taken += 1;
				fails();
			};
			lab.backend.open(made.sessionId, { onData, onEnd: (end) => resolve(end.exitCode) }).catch(reject);
		});
		expect(code).toBe(3);
		expect(taken).toBeGreaterThan(1);
		expect(logged.map(({ fields }) => fields?.error)).toEqual([full]);
		expect(escaped).toEqual([]);
	});
});
