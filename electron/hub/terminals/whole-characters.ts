/**
 * How many of these bytes to hand on so that no UTF-8 character is cut: all, or up to three less. xterm.js 6.0.0 loses a
 * character that comes in two pieces when the first ends in a 0x80 byte, as in most dashes, dots and quotation marks.
 */
export function wholeCharacters(bytes: Uint8Array): number {
	const length = bytes.byteLength;
	for (let back = 1; back <= Math.min(3, length); back++) {
		const byte = bytes[length - back] ?? 0;
		if (byte < 0x80) return length;
		if (byte < 0xc0) continue;
		const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
		return wanted > back ? length - back : length;
	}
	return length;
}
