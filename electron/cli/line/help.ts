import { type Command, UsageError } from "./command.ts";

const margin = 44;

/** The whole help, or that of one command, e.g. `["project", "create"]`; `["project"]` shows the family. */
export function helpText(commands: readonly Command[], words: readonly string[]): string {
	if (words.length === 0) return overview(commands);
	const name = words.join(" ");
	const shown = commands.filter((one) => !one.hidden && (one.name === name || one.name.startsWith(`${name} `)));
	if (shown.length === 0) throw new UsageError(`There is no command "${name}"; \`clawmux help\` lists them.`);
	return shown.map(commandHelp).join("\n\n");
}

function overview(commands: readonly Command[]): string {
	const lines = commands.filter((one) => !one.hidden).map((one) => entry(`clawmux ${usage(one)}`, one.summary));
	return [
		"ClawMux: a control panel for a fleet of coding agents.",
		"",
		...lines,
		"",
		"AGENT is an id or a name, in any case; P a project's slug or name. `clawmux help COMMAND` says more.",
		"CLAWMUX_HOME names the folder everything is kept in (default ~/.clawmux).",
	].join("\n");
}

function commandHelp(command: Command): string {
	const options = Object.entries(command.options ?? {}).map(([name, option]) =>
		entry(`  --${name}${option.value ? ` ${option.value}` : ""}`, option.help, 24),
	);
	return [`clawmux ${usage(command)}`, `  ${command.summary}.`, ...options].join("\n");
}

function usage(command: Command): string {
	const options = Object.entries(command.options ?? {}).map(
		([name, option]) => `[--${name}${option.value ? ` ${option.value}` : ""}]`,
	);
	return [command.name, command.args ?? "", ...options, command.takesArgv ? "[-- ARGV...]" : ""].filter(Boolean).join(" ");
}

function entry(left: string, right: string, column = margin): string {
	return left.length < column ? `${left.padEnd(column)}${right}` : `${left}\n${"".padEnd(column)}${right}`;
}
