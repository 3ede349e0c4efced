import { readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { AgentState } from "../../../shared/contract/agents.ts";
import type { Inspection } from "./program.ts";

/** The folder in which Claude Code keeps its own records. */
function configFolder(env: NodeJS.ProcessEnv): string {
	return env.CLAUDE_CONFIG_DIR || join(env.HOME || env.USERPROFILE || homedir(), ".claude");
}

/**
 * Whether the conversation's transcript exists. It is written with the first prompt: a conversation in which nothing was said
 * cannot be resumed ("No conversation found", seen with 2.1.329). Any project's folder will do, as the program finds a
 * conversation by its id from anywhere.
 */
export async function transcriptExists(sessionId: string, env: NodeJS.ProcessEnv): Promise<boolean> {
	if (!z.uuid().safeParse(sessionId).success) return false;
	const projects = join(configFolder(env), "projects");
	const folders = await readdir(projects, { withFileTypes: true }).catch(noneWhenMissing);
	const sizes = await Promise.all(
		folders.filter((entry) => entry.isDirectory()).map((entry) => fileBytes(join(projects, entry.name))),
	);
	return sizes.some((bytes) => bytes > 0);

	async function fileBytes(folder: string): Promise<number> {
		const found = await stat(join(folder, `${sessionId}.jsonl`)).catch(nullWhenMissing);
		return found?.isFile() ? found.size : 0;
	}
}

const registryEntry = z.looseObject({
	pid: z.number().int().positive(),
	sessionId: z.string(),
	status: z.string(),
	waitingFor: z.string().optional().catch(undefined),
	statusUpdatedAt: z.number(),
});
type RegistryEntry = z.infer<typeof registryEntry>;

const stateOfStatus: ReadonlyMap<string, AgentState> = new Map([
	["busy", "working"],
	["waiting", "waiting"],
	["idle", "idle"],
]);

/** Where a conversation's entry was last, so that its next reading costs one file. */
const entryFiles = new Map<string, string>();

/**
 * Reads the entry that every interactive Claude Code keeps about itself in `sessions/<pid>.json` (learned by running 2.1.329;
 * the format is not documented, so anything unexpected in it means that nothing is known). It is found by the conversation,
 * as the backend may have put a process of its own between itself and the program.
 */
export async function readSessionRegistry(sessionId: string, env: NodeJS.ProcessEnv): Promise<Inspection | null> {
	const entry = await findEntry(sessionId, join(configFolder(env), "sessions"));
	const state = entry && stateOfStatus.get(entry.status);
	if (!entry || !state) return null;
	const detail = entry.waitingFor ? ` for ${entry.waitingFor.slice(0, 100)}` : "";
	return { state, reason: `Claude Code's session registry: ${entry.status}${detail}`, at: entry.statusUpdatedAt };
}

async function findEntry(sessionId: string, folder: string): Promise<RegistryEntry | null> {
	const key = `${folder}\n${sessionId}`;
	const known = entryFiles.get(key);
	const same = known && (await readEntry(known, sessionId));
	if (same) return same;
	entryFiles.delete(key);
	const names = (await readdir(folder).catch(noneWhenMissing)).filter((name) => name.endsWith(".json"));
	for (const name of names) {
		const file = join(folder, name);
		const entry = await readEntry(file, sessionId);
		if (!entry) continue;
		entryFiles.set(key, file);
		return entry;
	}
	return null;
}

/** The entry in a file, if it is of this conversation and its process runs: a killed one leaves its entry behind. */
async function readEntry(file: string, sessionId: string): Promise<RegistryEntry | null> {
	const text = await readFile(file, "utf8").catch(nullWhenMissing);
	const entry = registryEntry.safeParse(text === null ? null : parseJson(text)).data;
	return entry?.sessionId === sessionId && isRunning(entry.pid) ? entry : null;
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

/** The file is rewritten while we read: half an entry is as good as none. */
function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}

function isMissing(error: unknown): boolean {
	const code = (error as NodeJS.ErrnoException).code;
	return code === "ENOENT" || code === "ENOTDIR";
}

function nullWhenMissing(error: unknown): null {
	if (isMissing(error)) return null;
	throw error;
}

function noneWhenMissing(error: unknown): never[] {
	if (isMissing(error)) return [];
	throw error;
}
