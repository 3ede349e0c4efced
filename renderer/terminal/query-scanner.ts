const esc = 0x1b;
const bel = 0x07;
const cancel = 0x18;
const substitute = 0x1a;
const [openCsi, openOsc, openDcs, backslash, questionMark] = [0x5b, 0x5d, 0x50, 0x5c, 0x3f];

/**
 * Last bytes of the CSI sequences that xterm.js 6 may answer: DA (c), DSR (n), DECRQM (p), window reports (t), XTVERSION (q),
 * keyboard reports (u), and mode 1004 (h), which reports the focus at once. Learned from its InputHandler.
 */
const asking = new Set([..."cnptquh"].map((char) => char.charCodeAt(0)));

/**
 * Finds where in a stream of output a query ends, so that an answer can be placed at its exact offset: offsets are then the
 * same in every viewer, however the stream was cut into chunks. It names more places than there are queries; that costs
 * nothing but a cut.
 */
export class QueryScanner {
	#state: "ground" | "escape" | "csi" | "string" = "ground";
	#asks = false;

	/** Indexes just behind sequences that may be queries, ascending. */
	ends(bytes: Uint8Array): number[] {
		const ends: number[] = [];
		for (let at = 0; at < bytes.length; at++) {
			if (this.#state === "ground") {
				at = bytes.indexOf(esc, at);
				if (at < 0) break;
				this.#state = "escape";
			} else if (this.#step(bytes[at] ?? 0)) ends.push(at + 1);
		}
		return ends;
	}

	reset(): void {
		this.#state = "ground";
		this.#asks = false;
	}

	/** Takes one byte inside a sequence; says whether a query may end with it. */
	#step(byte: number): boolean {
		if (byte === cancel || byte === substitute) {
			this.#state = "ground";
			return false;
		}
		if (byte === esc) {
			this.#state = "escape";
			return false;
		}
		switch (this.#state) {
			case "csi":
				if (byte < 0x40 || byte > 0x7e) return false;
				this.#state = "ground";
				return asking.has(byte);
			case "string":
				if (byte === questionMark) this.#asks = true;
				if (byte !== bel) return false;
				return this.#endString();
			default:
				return this.#afterEscape(byte);
		}
	}

	#afterEscape(byte: number): boolean {
		if (byte === backslash) return this.#endString();
		this.#state = byte === openCsi ? "csi" : byte === openOsc || byte === openDcs ? "string" : "ground";
		this.#asks = byte === openDcs;
		return false;
	}

	#endString(): boolean {
		const asked = this.#asks;
		this.reset();
		return asked;
	}
}
