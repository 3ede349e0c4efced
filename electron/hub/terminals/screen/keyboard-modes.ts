import type { IParser, Terminal } from "@xterm/headless";

/**
 * The kitty keyboard flags that a program has pushed, one stack for each screen. xterm.js 6 knows nothing of them, but the
 * terminal a person attaches with may, and has to be told again after a reset.
 */
export class KeyboardModes {
	readonly #stacks: { normal: number[]; alternate: number[] } = { normal: [], alternate: [] };
	readonly #terminal: Terminal;

	constructor(terminal: Terminal) {
		this.#terminal = terminal;
		this.#on(">", ([flags = 0]) => {
			this.#stack.push(flags);
			// A program that only ever pushes must not make this grow; real terminals keep as few.
			if (this.#stack.length > 16) this.#stack.shift();
		});
		this.#on("<", ([count = 1]) => this.#stack.splice(-Math.max(1, count)));
		this.#on("=", ([flags = 0, how = 1]) => {
			const current = this.#stack.pop() ?? 0;
			this.#stack.push(how === 2 ? current | flags : how === 3 ? current & ~flags : flags);
		});
		terminal.parser.registerEscHandler({ final: "c" }, () => {
			this.#stacks.normal = [];
			this.#stacks.alternate = [];
			return false;
		});
	}

	/** The sequences that push what each screen has. */
	get sequences(): { normal: string; alternate: string } {
		const push = (stack: number[]): string => stack.map((flags) => `\x1b[>${flags}u`).join("");
		return { normal: push(this.#stacks.normal), alternate: push(this.#stacks.alternate) };
	}

	get #stack(): number[] {
		return this.#stacks[this.#terminal.buffer.active.type];
	}

	#on(prefix: string, apply: (params: number[]) => unknown): void {
		const handler: Parameters<IParser["registerCsiHandler"]>[1] = (params) => {
			apply(params.map((param) => (Array.isArray(param) ? (param[0] ?? 0) : param)));
			return false;
		};
		this.#terminal.parser.registerCsiHandler({ prefix, final: "u" }, handler);
	}
}
