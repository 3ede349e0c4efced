const key = "clawmux.sidebarWidth";
export const narrowest = 180;
export const widest = 480;
const usual = 248;

/** The sidebar's width in pixels, as this browser remembers it. */
export function rememberedWidth(): number {
	return clampWidth(Number(localStorage.getItem(key) ?? usual));
}

export function rememberWidth(width: number): void {
	localStorage.setItem(key, String(width));
}

export function clampWidth(width: number): number {
	return Number.isFinite(width) ? Math.round(Math.min(widest, Math.max(narrowest, width))) : usual;
}
