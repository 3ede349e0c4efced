import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { dist } from "../../../electron/dev/bundles.ts";
import { until } from "../../fixtures/processes.ts";
import type { Bench } from "../bench.ts";
import { type Figure, percentile, rounded, spread } from "../figure.ts";

const goal = 1.6;
/** A hook as Claude Code calls it before each tool. */
const hookInput = JSON.stringify({
	hook_event_name: "PreToolUse",
	session_id: "0b9e4f58-6c1a-4a3e-9a0e-5d2f3a1c7b44",
	cwd: "/tmp",
	tool_name: "Bash",
	tool_input: { command: "npm test", description: "Run the tests" },
});

/** The command line and an agent's hook, against the start of the same Node with nothing to do. */
export async function commands(bench: Bench): Promise<Figure[]> {
	const cli = join(dist, "clawmux.js");
	const runs = bench.quick ? 20 : 60;
	const asAgent = { ...bench.hub.env, ...(await agentEnv(bench)) };
	const compare = (figure: string, what: string, args: string[], env: NodeJS.ProcessEnv, input: string) => {
		bench.tell(figure);
		const ours: number[] = [];
		const empty: number[] = [];
		for (let run = 0; run < runs; run += 1) {
			ours.push(timed([cli, ...args], env, input));
			empty.push(timed(["-e", "0"], env, input));
		}
		const value = rounded(percentile(ours, 50) / percentile(empty, 50));
		return {
			figure,
			what: `${what}, relative to \`node -e 0\``,
			goal: `<= ${goal}`,
			reached: value <= goal,
			value,
			details: {
				ms: spread(ours),
				emptyMs: spread(empty),
				pairs: spread(ours.map((ms, run) => ms / (empty[run] ?? Number.NaN))),
			},
		} satisfies Figure;
	};
	const figures = [
		compare("commands.status", "`clawmux status`", ["status"], bench.hub.env, ""),
		compare("commands.hook", "`clawmux hook` with the hub up", ["hook"], asAgent, hookInput),
	];
	const nobody = { ...asAgent, CLAWMUX_SOCKET: join(bench.hub.home, "no-hub.sock") };
	figures.push(compare("commands.hook.down", "`clawmux hook` with no hub", ["hook"], nobody, hookInput));
	await bench.hub.stopAll(["hooked"]);
	return figures;
}

/** What a session's program finds in its environment, and hooks are known by. */
async function agentEnv(bench: Bench): Promise<NodeJS.ProcessEnv> {
	const file = join(bench.hub.home, "agent-env");
	await bench.hub.run("hooked", "auto", ["sh", "-c", 'env | grep ^CLAWMUX_ > "$0.part"; mv "$0.part" "$0"; exec cat', file]);
	await until("the program has written down its environment", () => existsSync(file));
	return parseEnv(readFileSync(file, "utf8")) as NodeJS.ProcessEnv;
}

/** Milliseconds from start to end. @throws when the program fails: the time of a refusal is not what is asked for. */
function timed(args: string[], env: NodeJS.ProcessEnv, input: string): number {
	const startedAt = process.hrtime.bigint();
	const { status, stderr, error } = spawnSync(process.execPath, args, { env, input, stdio: ["pipe", "ignore", "pipe"] });
	const ms = Number(process.hrtime.bigint() - startedAt) / 1e6;
	if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${error?.message ?? String(stderr)}`);
	return ms;
}
