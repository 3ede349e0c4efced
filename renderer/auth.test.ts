import { expect, test } from "vitest";
import { readAddress } from "./auth.ts";

test("a window's address carries a ticket and an agent", () => {
	expect(readAddress("#ticket=a-b_c&agent=af_sky")).toEqual({ ticket: "a-b_c", agentId: "af_sky" });
	expect(readAddress("#ticket=abc")).toEqual({ ticket: "abc", agentId: null });
	expect(readAddress("")).toEqual({ ticket: null, agentId: null });
});
