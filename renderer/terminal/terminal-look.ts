import type { ITheme } from "@xterm/xterm";

/** How terminals look; the same for all of a window. */
export interface TerminalLook {
	dark: boolean;
	fontSize: number;
	/** Empty: the window's own list of monospaced fonts. */
	fontFamily: string;
}

/** The terminal stands on the window's own surface (`--surface` in ui/tokens.css). */
const light: ITheme = {
	background: "#ffffff",
	foreground: "#1b1d21",
	cursor: "#1b1d21",
	cursorAccent: "#ffffff",
	selectionBackground: "#b8d0f8",
	selectionInactiveBackground: "#dde1e8",
	scrollbarSliderBackground: "#1b1d2126",
	scrollbarSliderHoverBackground: "#1b1d2140",
	scrollbarSliderActiveBackground: "#1b1d2159",
	black: "#1b1d21",
	red: "#b3261e",
	green: "#1e7a44",
	yellow: "#8a5a00",
	blue: "#2a5bc7",
	magenta: "#8e3aa8",
	cyan: "#0f7183",
	white: "#646973",
	brightBlack: "#555a63",
	brightRed: "#cf3a31",
	brightGreen: "#2a8a50",
	brightYellow: "#9c6700",
	brightBlue: "#3a6fe0",
	brightMagenta: "#a44fc0",
	brightCyan: "#16829a",
	brightWhite: "#1b1d21",
};

const dark: ITheme = {
	background: "#16171a",
	foreground: "#d9dce1",
	cursor: "#d9dce1",
	cursorAccent: "#16171a",
	selectionBackground: "#344a75",
	selectionInactiveBackground: "#33363d",
	scrollbarSliderBackground: "#ffffff24",
	scrollbarSliderHoverBackground: "#ffffff40",
	scrollbarSliderActiveBackground: "#ffffff59",
	black: "#2c2e34",
	red: "#f07a70",
	green: "#6fc28f",
	yellow: "#dcb062",
	blue: "#7ea6f4",
	magenta: "#c792df",
	cyan: "#67bccb",
	white: "#d9dce1",
	brightBlack: "#8b909a",
	brightRed: "#ff958c",
	brightGreen: "#8bd6a7",
	brightYellow: "#ecc67f",
	brightBlue: "#9dbcff",
	brightMagenta: "#d9adec",
	brightCyan: "#86d2df",
	brightWhite: "#ffffff",
};

const fonts = 'ui-monospace, "SF Mono", Menlo, "Cascadia Mono", Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

/** A look as xterm.js takes it. */
export function xtermLook(look: TerminalLook): { theme: ITheme; fontSize: number; fontFamily: string } {
	return {
		theme: look.dark ? dark : light,
		fontSize: look.fontSize,
		fontFamily: look.fontFamily ? `${look.fontFamily}, ${fonts}` : fonts,
	};
}
