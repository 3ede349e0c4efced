import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { silentLog } from "../../log.ts";
import { PtyBackend } from "./pty.ts";
import { createRequest, open } from "./session-probe.ts";

it("leaves no descriptor and no session behind over 300 programs", async () => {
	const backend = new PtyBackend({ log: silentLog });
	const descriptors = () => readdirSync("/proc/self/fd").length;
	const before = descriptors();
	for (let round = 0; round < 300; round += 10) {
		const ids = Array.from({ length: 10 }, (_, index) => `s${round + index}`);
		for (const id of ids) await backend.create(createRequest(id, ["sleep", "60"], "/tmp"));
		const opened = await Promise.all(ids.map((id) => open(backend, id)));
		await Promise.all(ids.map((id) => backend.kill(id)));
		for (const { end } of opened) expect(await end).toMatchObject({ exitSignal: "SIGKILL" });
	}
	expect(await backend.list()).toEqual([]);
	expect(descriptors()).toBeLessThanOrEqual(before);
	await backend.dispose();
}, 60_000);

it("ends its sessions when it is let go of", async () => {
	const backend = new PtyBackend({ log: silentLog });
	await backend.create(createRequest("s", ["sh", "-c", "trap '' TERM HUP; while :; do sleep 0.05; done"], "/tmp"));
	const opened = await open(backend, "s");
	await backend.dispose();
	expect(await opened.end).toMatchObject({ exitSignal: "SIGKILL" });
});
