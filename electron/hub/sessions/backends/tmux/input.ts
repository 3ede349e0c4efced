import { paneOf } from "./format.ts";

/** Bytes in one send-keys: the server works on one command at a time, so other sessions' keys never wait for long. */
const mostKeyBytes = 512;

/** Bytes in one set-buffer. */
const bufferChunk = 32 * 1024;

let buffers = 0;

/** The commands that type these bytes as they are, in order. `send-keys -H` takes any byte, NUL too. */
export function keyCommands(sessionId: string, bytes: Uint8Array): string[][] {
	const commands: string[][] = [];
	for (let at = 0; at < bytes.byteLength; at += mostKeyBytes) {
		const hex = Array.from(bytes.subarray(at, at + mostKeyBytes), (byte) => byte.toString(16));
		commands.push(["send-keys", "-t", paneOf(sessionId), "-H", ...hex]);
	}
	return commands;
}

/**
 * The commands that type a text in one piece. `-r` keeps line feeds (tmux would make each a carriage return and so
 * submit every line), `-p` brackets it where the program asked for that; both are byte exact on 3.3a. The buffer is set
 * through the control client and not by load-buffer, which needs a process or a file; it has no limit on length.
 */
export function pasteCommands(sessionId: string, text: string): string[][] {
	if (text === "") return [];
	buffers += 1;
	const name = `clawmux-${process.pid}-${buffers}`;
	const commands: string[][] = [];
	for (const part of parts(text)) commands.push(["set-buffer", ...(commands.length > 0 ? ["-a"] : []), "-b", name, "--", part]);
	commands.push(["paste-buffer", "-p", "-r", "-d", "-b", name, "-t", paneOf(sessionId)]);
	return commands;
}

/** Pieces that do not cut a surrogate pair. */
function* parts(text: string): Generator<string> {
	for (let at = 0; at < text.length; ) {
		let end = Math.min(at + bufferChunk, text.length);
		if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1;
		yield text.slice(at, end);
		at = end;
	}
}
