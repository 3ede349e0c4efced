/**
 * One command for a control client's standard input. Every argument is quoted so that the command parser takes it as it
 * is: bytes that are not plainly harmless are written as octal escapes, which also keeps newlines off the line protocol.
 */
export function commandLine(commands: readonly (readonly string[])[]): string {
	return commands.map((command) => command.map(quote).join(" ")).join(" ; ");
}

function quote(argument: string): string {
	if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(argument)) return argument.startsWith("%") ? `"${octal(argument)}"` : argument;
	return `"${octal(argument)}"`;
}

function octal(text: string): string {
	// Through latin1, so that each UTF-8 byte is one character and one escape.
	return Buffer.from(text, "utf8")
		.toString("latin1")
		.replace(/[^A-Za-z0-9 _@+=:,./()<>|&!?*[\]^-]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/**
 * Text for an argument that is expanded as a format: tmux runs `#(command)` in folders and names (measured on 3.3a), so
 * every `#` must be taken as a character. A doubled one before `[` stays doubled there; that case is spelled by its code,
 * which tmux before 3.3 may not know.
 */
export function literal(text: string): string {
	return text.replaceAll("#", text.includes("#[") ? "#{a:35}" : "##");
}

/** A path as a word of /bin/sh that holds nothing a format or strftime expands, for pipe-pane's command. */
export function plainShellWord(path: string): string {
	if (/^[A-Za-z0-9/._-]+$/.test(path)) return path; // The other way costs a process.
	const octalPath = [...Buffer.from(path, "utf8")].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
	return `"$(printf '${octalPath}')"`;
}

/** The one pane of a session, by exact session name: a bare name would also match longer ones. */
export function paneOf(sessionId: string): string {
	return `=${sessionId}:0.0`;
}
