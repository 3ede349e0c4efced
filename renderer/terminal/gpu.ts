const software = /swiftshader|llvmpipe|software|basic render|softpipe/i;

let real: boolean | undefined;

/**
 * Whether WebGL is drawn by a graphics card. Drawn in software it is slower than plain elements (measured: half the
 * throughput, and dropped frames), so it is used on real ones only. Asked once.
 */
export function hasRealGpu(): boolean {
	real ??= rendererIsReal(rendererName());
	return real;
}

export function rendererIsReal(name: string | null): boolean {
	return name !== null && name !== "" && !software.test(name);
}

function rendererName(): string | null {
	const context = document.createElement("canvas").getContext("webgl2");
	if (!context) return null;
	const info = context.getExtension("WEBGL_debug_renderer_info");
	const name: unknown = context.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : context.RENDERER);
	context.getExtension("WEBGL_lose_context")?.loseContext();
	return typeof name === "string" ? name : null;
}
