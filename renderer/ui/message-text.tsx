/** A message of the hub's; what stands between backticks in it is a command or a name, and looks like one. */
export function MessageText({ text }: { text: string }) {
	const parts = text.split("`");
	// Without a closing backtick the last piece is plain text.
	const isCode = (index: number) => index % 2 === 1 && index < parts.length - 1;
	return parts.map((part, index) => {
		// biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
		return isCode(index) ? <code key={index}>{part}</code> : <span key={index}>{part}</span>;
	});
}
