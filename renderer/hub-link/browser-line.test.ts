import { afterEach, expect, test, vi } from "vitest";
import { browserLine } from "./browser-line.ts";

afterEach(() => vi.unstubAllGlobals());

/** A WebSocket of a server that refuses. */
class RefusedSocket extends EventTarget {
	constructor() {
		super();
		setTimeout(() => this.dispatchEvent(new Event("close")));
	}

	close(): void {
		this.dispatchEvent(new Event("close"));
	}
}

test("a connection that fails leaves nothing with the signal that outlives it", async () => {
	vi.stubGlobal("WebSocket", RefusedSocket);
	vi.stubGlobal("window", { location: new URL("http://127.0.0.1:1/") });
	vi.stubGlobal("fetch", async () => new Response(null, { status: 503 }));
	const { signal } = new AbortController();
	let listeners = 0;
	const add = signal.addEventListener.bind(signal);
	const remove = signal.removeEventListener.bind(signal);
	signal.addEventListener = (...args: Parameters<typeof add>) => {
		listeners++;
		add(...args);
	};
	signal.removeEventListener = (...args: Parameters<typeof remove>) => {
		listeners--;
		remove(...args);
	};
	const open = browserLine("token");
	for (let attempt = 0; attempt < 3; attempt++) await expect(open(signal)).rejects.toMatchObject({ code: "unavailable" });
	expect(listeners).toBe(0);
});
