/** What programs print in the measurements. */
export const payloadNames = ["ascii", "redraw", "emoji"] as const;
export type PayloadName = (typeof payloadNames)[number];

const megabyte = 1024 * 1024;
/** About a second or two of xterm.js each. */
const fullBytes: Record<PayloadName, number> = { ascii: 32 * megabyte, redraw: 24 * megabyte, emoji: 10 * megabyte };
const size = { cols: 120, rows: 36 };

/** The same bytes in every process. @param scale share of the full length */
export function payload(name: PayloadName, scale: number): Uint8Array<ArrayBuffer> {
	const next = piecesOf[name]();
	const wanted = fullBytes[name] * scale;
	const encoder = new TextEncoder();
	const bytes = new Uint8Array(wanted + 64 * 1024);
	let length = 0;
	while (length < wanted) length += encoder.encodeInto(next(), bytes.subarray(length)).written;
	return bytes.subarray(0, length);
}

const piecesOf: Record<PayloadName, () => () => string> = { ascii: asciiLines, redraw: redraws, emoji: emojiLines };

/** Lines as a build or a log prints them, 20 to 110 characters. */
function asciiLines(): () => string {
	const random = randomNumbers(1);
	let line = 0;
	return () => {
		line += 1;
		const text = Array.from({ length: 3 + Math.floor(random() * 14) }, () => Math.floor(random() * 2 ** 32).toString(36)).join(
			" ",
		);
		return `${String(line).padStart(7)} ${text}\r\n`.slice(-112);
	};
}

/** Whole screens as a full-screen program draws them, no two alike: cursor addressing, colours and text in every row. */
function redraws(): () => string {
	const random = randomNumbers(2);
	let frame = 0;
	return () => {
		frame += 1;
		let text = "\x1b[H";
		for (let row = 1; row <= size.rows; row += 1) {
			text += `\x1b[${row};1H`;
			for (let column = 0; column < size.cols; column += 12) {
				const colour = Math.floor(random() * 256);
				text += `\x1b[38;5;${colour}${random() < 0.2 ? ";1" : ""}m${((frame * 31 + row * 17 + column) % 0xffffff).toString(16).padStart(11, ".")} `;
			}
			text += "\x1b[0m";
		}
		return text;
	};
}

const clusters = [
	"👩‍💻",
	"🚀",
	"✅",
	"🇫🇷",
	"漢字",
	"テスト",
	"한국어",
	"é",
	"❤️",
	"👍🏽",
	"🧵",
	"→",
	"naïve",
	"完了",
	"⚠️",
	"plain",
];

/** Lines of emoji, wide characters and accents. */
function emojiLines(): () => string {
	const random = randomNumbers(3);
	return () => `${Array.from({ length: 16 }, () => clusters[Math.floor(random() * clusters.length)]).join(" ")}\r\n`;
}

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
