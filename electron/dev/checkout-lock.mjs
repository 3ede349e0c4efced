// Two commands started at once must not install into one node_modules or build into one dist. Plain JavaScript for a bare Node 20.
import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

/** How often a waiting process looks whether the lock is free. */
const pollMs = 250;

/**
 * Runs `work` while holding this checkout's lock: a file with the holder's pid, outside the checkout so that a clean
 * clone stays clean. The lock of a process that died is taken over.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, work) {
	const key = createHash("sha256").update(root).digest("hex").slice(0, 16);
	const lock = join(tmpdir(), `clawmux-checkout-${userInfo().uid}-${key}.lock`);
	let told = false;
	while (!take(lock)) {
		if (!told) process.stderr.write("clawmux: waiting for another process that is installing or building\n");
		told = true;
		await after(pollMs);
	}
	try {
		return await work();
	} finally {
		rmSync(lock, { force: true });
	}
}

/** @param {string} lock */
function take(lock) {
	try {
		writeFileSync(lock, String(process.pid), { flag: "wx", mode: 0o600 });
		return true;
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
	}
	if (!holderIsDead(lock)) return false;
	try {
		// A rename is won by one of several who found the same dead holder; the winner clears the way for the next try.
		renameSync(lock, `${lock}.${process.pid}`);
		rmSync(`${lock}.${process.pid}`, { force: true });
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
	}
	return false;
}

/** @param {string} lock */
function holderIsDead(lock) {
	let pid = 0;
	try {
		pid = Number(readFileSync(lock, "utf8"));
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return false;
		throw error;
	}
	// Empty for the moment between its creation and the write of the pid; for longer when its writer was killed just there.
	if (!pid) return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 10_000;
	try {
		process.kill(pid, 0);
		return false;
	} catch (error) {
		return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
	}
}
