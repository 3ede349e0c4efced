import type { Settings } from "../../shared/contract/settings.ts";

const key = "clawmux.theme";
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

/** Dresses the page before the hub has answered: as it was the last time. */
export function dressAsBefore(): void {
	const last = localStorage.getItem(key);
	if (last === "light" || last === "dark") document.documentElement.dataset.theme = last;
}

/** Dresses the page; `system` follows the system as it changes. */
export function dress(theme: Settings["theme"]): void {
	localStorage.setItem(key, theme);
	if (theme === "system") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}

export function isDark(theme: Settings["theme"]): boolean {
	return theme === "system" ? systemDark.matches : theme === "dark";
}

export function onSystemThemeChange(listener: () => void): void {
	systemDark.addEventListener("change", listener);
}
