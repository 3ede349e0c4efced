// Brings node_modules to exactly what package-lock.json says. Plain JavaScript for a bare Node 20: it runs before
// anything is installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { withLock } from "./checkout-lock.mjs";

/** Something a person can mend; its message is one sentence that says how. */
export class InstallError extends Error {}

/**
 * Installs what is missing and resolves to the Node to run with: the one the lock file names, or this process's own
 * where that one is not published for the platform. Throws InstallError.
 * @param {string} root
 * @returns {Promise<string>}
 */
export async function ensureInstalled(root) {
	if (whatIsMissing(root) === null) return chooseNode(root);
	return withLock(root, async () => {
		// Someone else may have done it while we waited for the lock.
		const missing = whatIsMissing(root);
		if (missing === null) return chooseNode(root);
		process.stderr.write(`clawmux: installing dependencies (${missing})\n`);
		if (missing !== nodeMissing)
			await npm(root, ["ci", "--include=dev", "--include=optional", "--no-progress", "--loglevel=error", ...impatient], "npm ci");
		// Install scripts are off (.npmrc); this one package is nothing but its script, which fetches the Node binary.
		if (nodeIsMissing(root)) {
			await npm(root, ["rebuild", "node", "--ignore-scripts=false", "--loglevel=error"], "npm rebuild node").catch((error) => {
				if (!canStandIn(root)) throw error;
			});
		}
		const left = whatIsMissing(root);
		if (left !== null) throw new InstallError(`npm left node_modules incomplete (${left}): delete node_modules and try again.`);
		return chooseNode(root);
	});
}

/** npm waits 10 s and then a minute before it believes that there is no network. */
const impatient = ["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000"];

const nodeMissing = "the project's own Node is missing";

/**
 * Compares node_modules with the lock file: null when all is there, else what is not.
 * @param {string} root
 * @returns {string | null}
 */
export function whatIsMissing(root) {
	const lock = readJson(join(root, "package-lock.json"));
	if (!lock?.packages) throw new InstallError("package-lock.json is missing or broken: restore it from git.");
	const manifest = readJson(join(root, "package.json"));
	for (const field of ["dependencies", "devDependencies"]) {
		const asked = JSON.stringify(sorted(manifest?.[field]));
		if (asked !== JSON.stringify(sorted(lock.packages[""]?.[field])))
			return "package.json is not what the lock file was made from";
	}
	// npm writes this file last, so an install that was cut short has none.
	const installed = readJson(join(root, "node_modules", ".package-lock.json"));
	if (!installed?.packages) return "nothing is installed yet";
	for (const [path, wanted] of Object.entries(lock.packages)) {
		if (path === "") continue;
		const found = installed.packages[path];
		if (!found) {
			if (wanted.optional || wanted.devOptional || wanted.peer) continue;
			return `${path.slice("node_modules/".length)} is missing`;
		}
		if (found.version !== wanted.version || found.integrity !== wanted.integrity)
			return `${path.slice("node_modules/".length)} is not the version asked for`;
		if (!suits(wanted.os, process.platform) || !suits(wanted.cpu, process.arch))
			return "node_modules was installed for another platform";
		if (!existsSync(join(root, path, "package.json"))) return `${path.slice("node_modules/".length)} is missing`;
	}
	if (Object.keys(installed.packages).some((path) => !Object.hasOwn(lock.packages, path)))
		return "node_modules holds packages the lock file does not name";
	return nodeIsMissing(root) && !canStandIn(root) ? nodeMissing : null;
}

/** @param {string} root */
function nodePath(root) {
	return join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
}

/** @param {string} root */
function nodeIsMissing(root) {
	return !existsSync(nodePath(root));
}

/** @param {string} root */
function chooseNode(root) {
	return nodeIsMissing(root) ? process.execPath : nodePath(root);
}

/**
 * Whether this very Node can stand in for the project's own: it strips types (22.18), has the Node-API that better-sqlite3
 * needs (22.14), and is not that one, which an installation removes under our feet.
 * @param {string} root
 */
function canStandIn(root) {
	const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
	return (major > 22 || (major === 22 && minor >= 18)) && !isInside(root, process.execPath);
}

/**
 * @param {string} root
 * @param {string} path
 */
function isInside(root, path) {
	return path.startsWith(join(root, "node_modules") + sep);
}

/**
 * npm's `os` and `cpu` lists: names that suit, or names with `!` that do not.
 * @param {string[] | undefined} list
 * @param {string} name
 */
function suits(list, name) {
	if (!list || list.length === 0) return true;
	if (list.includes(`!${name}`)) return false;
	return list.includes(name) || list.every((entry) => entry.startsWith("!"));
}

/**
 * @param {string} root
 * @param {string[]} args
 * @param {string} what
 * @returns {Promise<void>}
 */
function npm(root, args, what) {
	// Under an npm script these name the npm that was called; else the one on PATH is taken, which on Windows is a .cmd file.
	// Neither may be run by the Node of node_modules, which npm is about to replace.
	const { npm_execpath: cli, npm_node_execpath: node } = process.env;
	const called = cli?.endsWith("npm-cli.js") && node && !isInside(root, node) ? [node, cli] : null;
	const [file = "", ...prefix] = called ?? [process.platform === "win32" ? "npm.cmd" : "npm"];
	const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !isInside(root, join(folder, sep)));
	return new Promise((done, failed) => {
		const child = spawn(file, [...prefix, ...args], {
			cwd: root,
			stdio: ["ignore", "ignore", "pipe"],
			shell: called === null && process.platform === "win32",
			env: { ...process.env, PATH: path.join(delimiter) },
		});
		let told = "";
		child.stderr.on("data", (/** @type {Buffer} */ chunk) => {
			told = (told + chunk).slice(-20_000);
		});
		child.on("error", (error) =>
			failed(new InstallError(`${what} cannot be started (${error.message}): npm comes with Node (https://nodejs.org).`)),
		);
		child.on("close", (code) => (code === 0 ? done() : failed(new InstallError(explain(what, told, code)))));
	});
}

/**
 * One sentence from what npm printed.
 * @param {string} what
 * @param {string} told
 * @param {number | null} code
 */
function explain(what, told, code) {
	const lines = told
		.split("\n")
		.map((line) => line.replace(/^npm (ERR!|error)\s*/, "").trim())
		.filter((line) => line !== "" && !line.startsWith("A complete log"));
	const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.exec(told);
	if (offline)
		return `${what} could not reach the package registry (${offline[0]}): check the network, proxy and npm registry settings, then try again.`;
	if (/EUSAGE/.test(told))
		return `${what} says that package-lock.json does not match package.json: run npm install and commit the lock file.`;
	const reason = lines.find((line) => !/^(code|errno|syscall|path) /.test(line)) ?? `exit code ${code}`;
	return `${what} failed: ${reason}`;
}

/** @param {Record<string, string> | undefined} record */
function sorted(record) {
	return Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * @param {string} path
 * @returns {any} the parsed file, or null when it is absent or not JSON
 */
function readJson(path) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		if (error instanceof SyntaxError || /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return null;
		throw error;
	}
}
