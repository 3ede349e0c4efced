import { basename, delimiter, dirname } from "node:path";

/** Variables that belong to how the hub itself was started, or to a session around it, and mislead a program inside. */
const misleading = [
	/^npm_/,
	/^ELECTRON_/,
	/^CLAWMUX_/,
	/^CLAUDECODE$/,
	/^CLAUDE_CODE_(ENTRYPOINT|SSE_PORT)$/,
	/^(INIT_CWD|NODE_OPTIONS|NODE_CHANNEL_FD|COLORTERM|TERM|TERM_PROGRAM(_VERSION)?|COLUMNS|LINES|OLDPWD|PWD|SHLVL|_)$/,
];

/**
 * The environment a session's program gets: the hub's own, without what npm, Electron or a surrounding terminal put
 * there, and with `added`. The backend adds TERM.
 * @param surrounding names that the backends set inside their sessions: the hub may itself run inside one
 */
export function sessionEnv(
	base: NodeJS.ProcessEnv,
	surrounding: readonly string[],
	added: Record<string, string>,
): Record<string, string> {
	const env: Record<string, string> = {};
	for (const [key, value] of Object.entries(base)) {
		if (value !== undefined && !surrounding.includes(key) && !misleading.some((pattern) => pattern.test(key))) env[key] = value;
	}
	if (env.PATH !== undefined && base.npm_execpath !== undefined) env.PATH = withoutNpmFolders(env.PATH);
	return { ...env, COLORTERM: "truecolor", ...added };
}

/** What `npm run` prepends to the PATH, so that an agent's `node` is the user's and not ours. */
function withoutNpmFolders(path: string): string {
	const ours = (folder: string) =>
		(basename(folder) === ".bin" && basename(dirname(folder)) === "node_modules") || basename(folder) === "node-gyp-bin";
	return path
		.split(delimiter)
		.filter((folder) => !ours(folder))
		.join(delimiter);
}
