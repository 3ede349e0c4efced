import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { homePaths } from "../../home.ts";
import { silentLog } from "../../log.ts";
import { resourcePath } from "../../resources.ts";
import { TmuxBackend } from "./tmux.ts";

let root: string;
let backend: TmuxBackend;
/** A tmux on the PATH that is this script. */
const install = (script: string) => {
	writeFileSync(join(root, "tmux"), `#!/bin/sh\n${script}\n`);
	chmodSync(join(root, "tmux"), 0o755);
};

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "clawmux-availability-"));
	vi.stubEnv("PATH", `${root}:/usr/bin:/bin`);
	backend = new TmuxBackend({ home: homePaths(root), log: silentLog, configFile: resourcePath("tmux.conf") });
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await backend.dispose();
	rmSync(root, { recursive: true, force: true });
});

it("says why a tmux that does not run cannot be used, and what to do", async () => {
	install("echo 'error while loading shared libraries: libevent.so' >&2; exit 127");
	const { available, detail } = await backend.available();
	expect(available).toBe(false);
	expect(detail).toMatch(/libevent\.so.*reinstall/);
	install("echo tmux 3.4");
	expect(await backend.available()).toEqual({ available: true, detail: "tmux 3.4" });
});

it("says that a tmux is too old", async () => {
	install("echo tmux 2.9a");
	expect(await backend.available()).toMatchObject({ available: false, detail: expect.stringContaining("too old") });
});

it("asks a tmux for its version once, and again when it was updated", async () => {
	install(`echo asked >> ${root}/asked; echo tmux 3.4`);
	const asked = () => readFileSync(join(root, "asked"), "utf8").split("\n").length - 1;
	await backend.available();
	await backend.available();
	expect(asked()).toBe(1);
	utimesSync(join(root, "tmux"), 1, 1);
	await backend.available();
	expect(asked()).toBe(2);
});
