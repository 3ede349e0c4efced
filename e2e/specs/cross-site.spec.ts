import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { WebSocketServer } from "ws";
import { silentLog } from "../../electron/hub/log.ts";
import { webSocketContractPort } from "../../electron/hub/server/contract-port.ts";
import { webSocketFrameLink } from "../../electron/hub/server/frame-link.ts";
import { type ServerUnderTest, startServer } from "../../electron/hub/server/server-under-test.ts";
import { encodeFrame } from "../../shared/frames.ts";

/**
 * Another page in the user's own browser attacks the hub. Each attack is also run on a naive server, which holds the same
 * calls and checks nothing: there it has to succeed, or it proves nothing here.
 */

/** What an attack gets: `host` is the server's `HOST:PORT`. It resolves to what it could read, "" for nothing. */
type Attack = (host: string) => Promise<string>;

const attacks: Record<string, Attack> = {
	"a simple fetch that writes": (host) =>
		fetch(`http://${host}/api/things`, { method: "POST", body: '{"name":"simple"}' }).then(
			(response) => response.text(),
			() => "",
		),
	"a no-cors fetch that writes": (host) =>
		fetch(`http://${host}/api/things`, { method: "POST", mode: "no-cors", body: '{"name":"no-cors"}' }).then(
			(response) => response.text(),
			() => "",
		),
	"a fetch of JSON, with a preflight": (host) =>
		fetch(`http://${host}/api/things`, {
			method: "POST",
			headers: { "content-type": "application/json", authorization: "Bearer guess" },
			body: '{"name":"preflight"}',
		}).then(
			(response) => response.text(),
			() => "",
		),
	"a fetch that reads a call": (host) =>
		fetch(`http://${host}/api/things`).then(
			(response) => response.text(),
			() => "",
		),
	"a fetch that reads the window": (host) =>
		fetch(`http://${host}/`).then(
			(response) => response.text(),
			() => "",
		),
	"a fetch that trades a ticket": (host) =>
		fetch(`http://${host}/auth/ticket`, { method: "POST", body: '{"ticket":"TICKET"}' }).then(
			(response) => response.text(),
			() => "",
		),
	"a beacon": async (host) => {
		// A beacon tells its page nothing, but its entry in the timings comes when it was answered.
		const answered = new Promise<void>((resolve) =>
			new PerformanceObserver((list) => {
				if (list.getEntriesByType("resource").some((entry) => "initiatorType" in entry && entry.initiatorType === "beacon"))
					resolve();
			}).observe({ type: "resource" }),
		);
		navigator.sendBeacon(`http://${host}/api/things`, '{"name":"beacon"}');
		await answered;
		return "";
	},
	"a form as plain text": (host) =>
		new Promise((resolve) => {
			const frame = Object.assign(document.createElement("iframe"), { name: "target" });
			const form = Object.assign(document.createElement("form"), { method: "post", enctype: "text/plain", target: "target" });
			form.action = `http://${host}/api/things`;
			form.append(Object.assign(document.createElement("input"), { name: '{"name":"form","x":"', value: '"}' }));
			document.body.append(frame, form);
			frame.addEventListener("load", () => resolve(""));
			form.submit();
		}),
	"a WebSocket to the contract": (host) =>
		new Promise((resolve) => {
			const socket = new WebSocket(`ws://${host}/ws/contract`, ["clawmux", "token.guess"]);
			socket.onopen = () => socket.send('{"i":"1","p":{"u":"/things/add","b":{"json":{"name":"socket"}}}}');
			socket.onmessage = ({ data }) => resolve(String(data));
			socket.onclose = () => resolve("");
		}),
	"a WebSocket to the terminals": (host) =>
		new Promise((resolve) => {
			const socket = new WebSocket(`ws://${host}/ws/terminals`, "clawmux");
			socket.onopen = () => socket.send(new Uint8Array(20));
			socket.onmessage = () => resolve("a frame");
			socket.onclose = () => resolve("");
		}),
	"an EventSource": (host) =>
		new Promise((resolve) => {
			const source = new EventSource(`http://${host}/api/events`);
			const done = (text: string) => {
				source.close();
				resolve(text);
			};
			source.onmessage = ({ data }) => done(data);
			source.onerror = () => done("");
		}),
	"an image that calls": (host) =>
		new Promise((resolve) => {
			const image = new Image();
			image.onload = image.onerror = () => resolve("");
			image.src = `http://${host}/rpc/things/add?data=${encodeURIComponent('{"json":{"name":"image"}}')}`;
		}),
	"an image of ours": (host) =>
		new Promise((resolve) => {
			const image = new Image();
			image.onload = () => resolve(`${image.naturalWidth} wide`);
			image.onerror = () => resolve("");
			image.src = `http://${host}/icon.svg`;
		}),
	"a script of ours": (host) =>
		new Promise((resolve) => {
			const script = document.createElement("script");
			script.onload = () => resolve(String((globalThis as { clawmuxSecret?: string }).clawmuxSecret ?? ""));
			script.onerror = () => resolve("");
			script.src = `http://${host}/assets/main-abc123.js`;
			document.body.append(script);
		}),
};

interface Target {
	host: string;
	/** What the attacks changed. */
	effects: string[];
	ticket: string;
}

/** Runs every attack from a page of another origin; tells for each what it read and did, and for what it got nothing, "". */
async function attackFrom(page: Page, url: string, target: Target): Promise<Record<string, string>> {
	const outcome: Record<string, string> = {};
	for (const [name, attack] of Object.entries(attacks)) {
		await page.goto(url);
		const before = target.effects.length;
		const source = attack.toString().replace("TICKET", target.ticket);
		const read = await page.evaluate(`(${source})(${JSON.stringify(target.host)})`);
		outcome[name] = [read, ...target.effects.slice(before)].filter(Boolean).join("; ");
	}
	await page.goto(url);
	await page.evaluate(
		(src) =>
			new Promise((resolve) => {
				const frame = Object.assign(document.createElement("iframe"), { src });
				frame.addEventListener("load", resolve);
				document.body.append(frame);
			}),
		`http://${target.host}/`,
	);
	const [, framed] = page.frames();
	outcome["an iframe of the window"] = ((await framed?.content()) ?? "").includes("the window") ? "framed" : "";
	return outcome;
}

const servers: Server[] = [];
let hub: ServerUnderTest;

function listen(server: Server): Promise<number> {
	servers.push(server);
	return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	let text = "";
	for await (const chunk of request) text += chunk;
	return text;
}

/** The same calls and files behind no check at all. */
async function startNaiveServer(from: ServerUnderTest): Promise<Target> {
	const effects = from.effects;
	const ticket = "anything";
	const server = createServer(async (request, response) => {
		const url = new URL(request.url ?? "/", "http://naive");
		response.setHeader("access-control-allow-origin", "*").setHeader("access-control-allow-headers", "*, authorization");
		if (request.method === "OPTIONS") return response.end();
		const text = url.searchParams.get("data") ?? (await bodyOf(request));
		if (text !== "") Object.assign(request, { body: JSON.parse(text), method: "POST" });
		if (url.pathname === "/auth/ticket") return response.end(JSON.stringify({ token: from.token }));
		if (url.pathname === "/api/events") return response.setHeader("content-type", "text/event-stream").end("data: an event\n\n");
		if ((await from.contract.rest(request, response)) || (await from.contract.rpc(request, response))) return response;
		const files = await fetch(`${from.server.url}${url.pathname}`);
		response.setHeader("content-type", files.headers.get("content-type") ?? "text/plain");
		return response.end(Buffer.from(await files.arrayBuffer()));
	});
	const upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => "clawmux" });
	server.on("upgrade", (request, socket, head) =>
		upgrades.handleUpgrade(request, socket, head, (webSocket) => {
			if (request.url === "/ws/contract") return from.contract.connect(webSocketContractPort(webSocket, silentLog));
			const link = webSocketFrameLink(webSocket, silentLog);
			link.onFrame(() => link.send(encodeFrame("ack", 1)));
		}),
	);
	return { host: `127.0.0.1:${await listen(server)}`, effects, ticket };
}

/** The attacker's own server: an empty page. */
function startAttacker(): Promise<number> {
	return listen(createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><body>")));
}

test.beforeEach(async () => {
	hub = await startServer();
});

test.afterEach(async () => {
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
	await hub.stop();
});

for (const site of ["127.0.0.1", "evil.localhost"]) {
	test(`a page of ${site} changes nothing in the hub and reads nothing from it`, async ({ page }) => {
		const url = `http://${site}:${await startAttacker()}/`;
		const ticket = hub.tickets.issue();
		const outcome = await attackFrom(page, url, { host: `127.0.0.1:${hub.port}`, effects: hub.effects, ticket });
		expect(outcome).toEqual(Object.fromEntries(Object.keys(outcome).map((name) => [name, ""])));
		expect(hub.effects).toEqual([]);
		expect(hub.logged.join("\n")).toContain("Refused");
		// The ticket was in the attacker's hands and is still good: it was never taken from another page.
		expect(hub.tickets.redeem(ticket)).toBe(true);
	});

	test(`a page of ${site} would succeed with every attack if nothing was checked`, async ({ page }) => {
		const url = `http://${site}:${await startAttacker()}/`;
		const outcome = await attackFrom(page, url, await startNaiveServer(hub));
		const failed = Object.entries(outcome).filter(([, got]) => got === "");
		expect(failed).toEqual([]);
	});
}

test("a name that leads to this machine (DNS rebinding) shows nothing", async ({ page }) => {
	const naive = await startNaiveServer(hub);
	await page.goto(`http://evil.localhost:${naive.host.split(":")[1]}/`);
	await expect(page.getByText("the window")).toBeVisible();
	const answer = await page.goto(`http://evil.localhost:${hub.port}/`);
	expect([answer?.status(), await answer?.json()]).toEqual([
		403,
		{ error: { code: "denied", message: expect.stringContaining("Host") } },
	]);
});

test("the hub's own page gets the token for its ticket, calls, and connects", async ({ page }) => {
	await page.goto(`http://localhost:${hub.port}/#ticket=${hub.tickets.issue()}`);
	await expect(page.getByText("the window")).toBeVisible();
	const [called, received] = await page.evaluate(async () => {
		const body = JSON.stringify({ ticket: location.hash.slice("#ticket=".length) });
		const headers = { "content-type": "application/json" };
		const { token } = await (await fetch("/auth/ticket", { method: "POST", headers, body })).json();
		const authorization = `Bearer ${token}`;
		const call = await fetch("/api/things", { method: "POST", headers: { ...headers, authorization }, body: '{"name":"own"}' });
		const socket = new WebSocket(`ws://${location.host}/ws/contract`, ["clawmux", `token.${token}`]);
		const message = await new Promise<string>((resolve, reject) => {
			socket.onopen = () => socket.send('{"i":"1","p":{"u":"/things/count","b":{}}}');
			socket.onmessage = ({ data }) => resolve(data);
			socket.onclose = reject;
		});
		return [await call.json(), JSON.parse(message)];
	});
	expect(called).toEqual({ count: 1 });
	expect(received).toMatchObject({ i: "1", p: { b: { json: { count: 1 } } } });
});

test("the window's page may not run what was written into it", async ({ page }) => {
	await page.goto(`http://127.0.0.1:${hub.port}/`);
	const expected = ["base-uri", "connect-src", "frame-src", "object-src", "script-src-elem"];
	const violated = await page.evaluate(async (awaited) => {
		const rules = new Set<string>();
		document.addEventListener("securitypolicyviolation", (event) => rules.add(event.effectiveDirective));
		const add = (html: string) => document.body.append(document.createRange().createContextualFragment(html));
		add("<script>globalThis.injected = 1</script>");
		add("<img src=x: onerror='globalThis.injected = 1'>");
		add("<object data='http://127.0.0.1:1/'></object>");
		add("<iframe src='http://127.0.0.1:1/'></iframe>");
		add("<base href='http://127.0.0.1:1/'>");
		await fetch("http://127.0.0.1:1/").catch(() => undefined);
		// The reports come in no order, and some rules are broken more than once.
		while (!awaited.every((rule) => rules.has(rule))) await new Promise(requestAnimationFrame);
		return { rules: [...rules], injected: "injected" in globalThis };
	}, expected);
	expect(violated.injected).toBe(false);
	expect(violated.rules).toEqual(expect.arrayContaining(expected));
});
