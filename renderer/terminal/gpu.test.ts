import { expect, test } from "vitest";
import { rendererIsReal } from "./gpu.ts";

test.each([
	["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", false],
	["Mesa/X.org, llvmpipe (LLVM 15.0.6, 256 bits)", false],
	["Microsoft Basic Render Driver", false],
	["", false],
	[null, false],
	["ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)", true],
	["ANGLE (NVIDIA Corporation, NVIDIA GeForce RTX 3060/PCIe/SSE2, OpenGL 4.5.0)", true],
])("%j", (name, real) => {
	expect(rendererIsReal(name)).toBe(real);
});
