// Draws the PNGs of this folder from its SVGs: `node resources/icons/draw.mjs [CHROMIUM]`. Run by hand when an SVG changes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Every picture: its file, the drawing it comes from, its width and height in pixels. */
const pictures = [
	["clawmux.png", "clawmux.svg", 512],
	["tray.png", "tray.svg", 32],
	["tray@2x.png", "tray.svg", 64],
	["trayTemplate.png", "trayTemplate.svg", 16],
	["trayTemplate@2x.png", "trayTemplate.svg", 32],
];

const browser = await chromium.launch({
	executablePath: process.argv[2],
	args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
	for (const [picture, drawing, size] of pictures) {
		const page = await browser.newPage({ viewport: { width: size, height: size } });
		const source = Buffer.from(readFileSync(join(folder, drawing))).toString("base64");
		await page.setContent(
			`<body style="margin:0"><img style="display:block" width="${size}" height="${size}" src="data:image/svg+xml;base64,${source}">`,
		);
		await page.locator("img").evaluate((image) => image.decode());
		writeFileSync(join(folder, picture), await page.screenshot({ omitBackground: true }));
		await page.close();
	}
} finally {
	await browser.close();
}
