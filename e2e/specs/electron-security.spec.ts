import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { dist } from "../../electron/dev/bundles.ts";
import { expect, isRoot, test } from "../fixtures/desktop-shell.ts";

// The twenty items of Electron's security checklist, as far as a page can try them.

test.beforeEach(async ({ shell }) => {
	const page = await shell.start();
	await expect(page.getByRole("treeitem", { name: /^Sky\b/ })).toBeVisible();
});

test("the page has no Node, no Electron and three functions of ours", async ({ shell }) => {
	const page = shell.app.windows()[0];
	const found = await page?.evaluate(() => ({
		globals: ["require", "process", "module", "exports", "Buffer", "global", "electron", "ipcRenderer"].filter(
			(name) => name in window,
		),
		bridge: Object.entries((window as unknown as { clawmux: object }).clawmux).map(([key, value]) => `${key}: ${typeof value}`),
		frozen: Object.isFrozen((window as unknown as { clawmux: object }).clawmux),
	}));
	expect(found).toEqual({
		globals: [],
		bridge: ["platform: string", "requestPorts: function", "openExternal: function"],
		frozen: true,
	});
});

test("every web contents is isolated and sandboxed", async ({ shell }) => {
	const contents = await shell.app.evaluate(({ webContents }) =>
		webContents.getAllWebContents().map((one) => ({
			// biome-ignore lint/suspicious/noExplicitAny: Electron has this call, but not in its types.
			preferences: (one as any).getLastWebPreferences(),
			pid: one.getOSProcessId(),
		})),
	);
	expect(contents).toHaveLength(1);
	for (const { preferences, pid } of contents) {
		expect(preferences).toMatchObject({
			contextIsolation: true,
			sandbox: true,
			nodeIntegration: false,
			nodeIntegrationInSubFrames: false,
			webSecurity: true,
			webviewTag: false,
			allowRunningInsecureContent: false,
			experimentalFeatures: false,
			enableBlinkFeatures: "",
		});
		// As root Chromium has no sandbox at all; elsewhere the process itself says whether it is in one.
		if (process.platform === "linux" && !isRoot) expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^Seccomp:\t2$/m);
	}
});

test("permissions are denied, but for writing to the clipboard", async ({ shell }) => {
	const page = shell.app.windows()[0];
	// Chromium lets nobody write to the clipboard but the page that has the focus.
	await page?.bringToFront();
	await page?.mouse.click(2, 2);
	const answers = await page?.evaluate(async () => {
		const names = [
			"geolocation",
			"notifications",
			"camera",
			"microphone",
			"midi",
			"persistent-storage",
			"screen-wake-lock",
			"window-management",
		];
		const states: Record<string, string> = {};
		for (const name of names) states[name] = (await navigator.permissions.query({ name: name as PermissionName })).state;
		const failed = (error: unknown) => (error instanceof Error ? error.name : String(error));
		return {
			states,
			location: await new Promise<number>((done) =>
				navigator.geolocation.getCurrentPosition(
					() => done(0),
					(error) => done(error.code),
				),
			),
			notify: await Notification.requestPermission(),
			camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(() => "granted", failed),
			screen: await navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => "granted", failed),
			copied: await navigator.clipboard.writeText("copied").then(() => "copied", failed),
			read: await navigator.clipboard.readText().then(() => "granted", failed),
			midi: await navigator.requestMIDIAccess({ sysex: true }).then(() => "granted", failed),
		};
	});
	expect(new Set(Object.values(answers?.states ?? {}))).toEqual(new Set(["denied"]));
	expect(answers?.location).toBe(1);
	expect(answers?.copied).toBe("copied");
	expect(answers?.notify).toBe("denied");
	for (const one of [answers?.camera, answers?.screen, answers?.midi, answers?.read]) expect(one).not.toBe("granted");
});

test("the page goes nowhere, opens nothing, embeds nothing and downloads nothing", async ({ shell }) => {
	const page = shell.app.windows()[0];
	const downloads = join(homedir(), "Downloads");
	const before = existsSync(downloads) ? readdirSync(downloads) : [];
	const tried = await page?.evaluate(() => {
		const opened = [window.open("https://example.org/"), window.open("about:blank"), window.open("file:///etc/passwd")];
		const add = (html: string) => document.body.insertAdjacentHTML("beforeend", html);
		add('<webview id="try-webview" src="https://example.org/"></webview>');
		add('<iframe id="try-frame" src="https://example.org/"></iframe><iframe src="file:///etc/passwd"></iframe>');
		add(
			'<a id="try-link" href="https://example.org/" target="_self">x</a><a id="try-blank" href="https://example.org/" target="_blank">x</a>',
		);
		add('<form id="try-form" action="https://example.org/" method="post"></form><base href="https://example.org/">');
		add('<a id="try-file" href="file:///etc/passwd">x</a><a id="try-script" href="javascript:document.title=\'hacked\'">x</a>');
		add(`<a id="try-download" download="clawmux-hostile.txt" href="${URL.createObjectURL(new Blob(["x"]))}">x</a>`);
		add(
			'<meta http-equiv="refresh" content="0;url=https://example.org/"><script>document.title="hacked"</script><img src=x onerror="document.title=\'hacked\'">',
		);
		for (const id of ["try-link", "try-blank", "try-file", "try-script", "try-download"])
			(document.getElementById(id) as HTMLElement).click();
		(document.getElementById("try-form") as HTMLFormElement).submit();
		window.location.assign("https://example.org/");
		return {
			opened: opened.map((one) => one === null),
			isWebview: "getWebContentsId" in (document.getElementById("try-webview") as object),
		};
	});
	expect(tried).toEqual({ opened: [true, true, true], isWebview: false });
	await expect.poll(() => shell.log()).toMatch(/A navigation.* was refused/);
	const left = await shell.app.evaluate(({ webContents }) => webContents.getAllWebContents().map((one) => one.getURL()));
	expect(left).toEqual(["app://clawmux/"]);
	expect(await page?.evaluate(() => document.title)).toBe("ClawMux");
	expect((await shell.app.evaluate(() => globalThis.seen.opened)).length).toBe(0);
	const after = existsSync(downloads) ? readdirSync(downloads) : [];
	expect(after).toEqual(before);
});

test("the page reaches no address but its own files", async ({ shell }) => {
	const { url } = await shell.client.hub.info();
	const addresses = [
		`${url}/api/hub`,
		"https://example.org/",
		"http://example.org/",
		"file:///etc/passwd",
		"ftp://example.org/",
		"app://other/",
	];
	// Not by Playwright's own evaluate, which is exempt from the page's policy.
	const reached = await shell.inPage(`(async () => {
		const violated = new Set();
		document.addEventListener("securitypolicyviolation", (event) => violated.add(event.effectiveDirective));
		const answers = new Set();
		for (const address of ${JSON.stringify(addresses)}) answers.add(await fetch(address).then(() => "reached " + address, () => "refused"));
		const script = document.createElement("script");
		script.textContent = "document.title = 'hacked'";
		document.body.append(script);
		const image = new Image();
		image.src = "https://example.org/beacon.png";
		await new Promise((done) => image.addEventListener("error", done));
		let evaluated;
		try { evaluated = new Function("return 1")(); } catch (error) { evaluated = error.name; }
		return { answers: [...answers], evaluated, violated: [...violated].sort() };
	})()`);
	expect(reached).toEqual({
		answers: ["refused"],
		evaluated: "EvalError",
		violated: ["connect-src", "img-src", "script-src-elem"],
	});
});

test("the page's protocol serves the built page and nothing else", async ({ shell }) => {
	const answers = await shell.app.evaluate(async ({ net }) => {
		const paths = [
			"",
			"../../package.json",
			"..%2f..%2fpackage.json",
			"%2e%2e/%2e%2e/package.json",
			"..\\..\\package.json",
			"/etc/passwd",
			"%2fetc%2fpasswd",
			"assets/",
			"index.html%00",
		];
		const found: Record<string, number> = {};
		for (const path of paths) found[path] = (await net.fetch(`app://clawmux/${path}`)).status;
		const page = await net.fetch("app://clawmux/");
		return { found, policy: page.headers.get("content-security-policy"), sniff: page.headers.get("x-content-type-options") };
	});
	const { "": index, ...others } = answers.found;
	expect(index).toBe(200);
	expect(new Set(Object.values(others))).toEqual(new Set([404]));
	expect(answers.policy).toContain("default-src 'none'");
	expect(answers.policy).toMatch(/script-src 'self'(;|$)/);
	expect(answers.sniff).toBe("nosniff");
});

test("a page that is not ours is not heard, even with our preload", async ({ shell }) => {
	await shell.app.evaluate(
		async ({ BrowserWindow }, script) => {
			const stranger = new BrowserWindow({ show: false, webPreferences: { preload: script, sandbox: true } });
			await stranger.loadURL("data:text/html,<title>stranger</title>");
			await stranger.webContents.executeJavaScript(
				"window.addEventListener('message', () => document.title = 'served'); clawmux.requestPorts(); clawmux.openExternal('https://example.org/')",
			);
		},
		join(dist, "electron", "preload.cjs"),
	);
	await expect.poll(() => shell.log().match(/did not come from the window's own page/g)?.length).toBe(2);
	expect(await shell.questions()).toEqual([]);
	const titles = await shell.app.evaluate(({ BrowserWindow }) =>
		BrowserWindow.getAllWindows().map((window) => window.webContents.getTitle()),
	);
	expect(titles).toContain("stranger");
});

test("a link opens in the system's browser after the person said so, and only a web address can be asked for", async ({
	shell,
}) => {
	const page = shell.app.windows()[0];
	const ask = (address: unknown) =>
		page?.evaluate(
			(given) => (window as unknown as { clawmux: { openExternal(url: unknown): void } }).clawmux.openExternal(given),
			address,
		);
	for (const address of [
		"file:///etc/passwd",
		"javascript:alert(1)",
		"https://user:secret@example.org/",
		"smb://host/share",
		"/usr/bin/xterm",
		7,
		null,
	])
		await ask(address);
	await ask("https://example.org/refused");
	await expect.poll(() => shell.questions()).toEqual(["Open example.org in your browser? https://example.org/refused"]);
	await shell.answer(0);
	await ask("https://example.org/a?b#c");
	await expect.poll(() => shell.app.evaluate(() => globalThis.seen.opened)).toEqual(["https://example.org/a?b#c"]);
});
