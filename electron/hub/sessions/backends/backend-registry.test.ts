import { expect, it } from "vitest";
import { silentLog } from "../../log.ts";
import { BackendRegistry } from "./backend-registry.ts";
import { PtyBackend } from "./pty.ts";

class Absent extends PtyBackend {
	override readonly name = "absent";
	override async available() {
		return { available: false, detail: "it is not installed." };
	}
}

it("finds by name, refuses what it does not know, and prefers the first that is available", async () => {
	const [absent, pty] = [new Absent({ log: silentLog }), new PtyBackend({ log: silentLog })];
	const registry = new BackendRegistry([absent, pty]);
	expect(registry.get("pty")).toBe(pty);
	expect(await registry.defaultName()).toBe("pty");
	expect(() => registry.get("ssh")).toThrow(/"ssh".*absent, pty/);
	await expect(new BackendRegistry([absent]).defaultName()).rejects.toMatchObject({
		code: "unavailable",
		message: expect.stringContaining("not installed"),
	});
});
