import { expect, test } from "vitest";
import { sessionEnv } from "./session-env.ts";

test("what npm, Electron and a surrounding terminal left is kept from the program", () => {
	const env = sessionEnv(
		{
			HOME: "/home/me",
			PATH: "/x/node_modules/.bin:/y/@npmcli/run-script/lib/node-gyp-bin:/usr/bin",
			npm_execpath: "/usr/bin/npm",
			npm_config_registry: "r",
			ELECTRON_RUN_AS_NODE: "1",
			CLAWMUX_SESSION_SECRET: "another's",
			TMUX: "/tmp/x,1,0",
			CLAUDECODE: "1",
			NODE_OPTIONS: "--inspect",
			EDITOR: "vi",
		},
		["TMUX"],
		{ CLAWMUX_AGENT_ID: "af_sky" },
	);
	expect(env).toEqual({ HOME: "/home/me", PATH: "/usr/bin", EDITOR: "vi", COLORTERM: "truecolor", CLAWMUX_AGENT_ID: "af_sky" });
});

test("outside of npm the user's own node_modules/.bin stays on the PATH", () => {
	expect(sessionEnv({ PATH: "/me/node_modules/.bin:/bin" }, [], {}).PATH).toBe("/me/node_modules/.bin:/bin");
});
