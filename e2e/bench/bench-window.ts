import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import "./page/bench-page-calls.ts";

const isRoot = process.getuid?.() === 0;

/** One browser for all measurements. */
export function openBrowser(executablePath: string): Promise<Browser> {
	return chromium.launch({ executablePath, args: isRoot ? ["--no-sandbox"] : [] });
}

/** A page of the measurements, connected to its hub. */
export async function openBenchPage(browser: Browser, url: string): Promise<{ page: Page; context: BrowserContext }> {
	// The bare terminal it is compared with listens on another port, which the product's policy forbids.
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
	const page = await context.newPage();
	page.on("pageerror", (error) => process.stderr.write(`clawmux: error in the page: ${error.stack ?? error.message}\n`));
	await page.goto(url);
	await page.evaluate(() => window.bench.connect());
	return { page, context };
}
