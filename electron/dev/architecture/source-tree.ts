import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { parseSync } from "vite";

/** One import, of a value or of a type alone. */
export interface Import {
	readonly specifier: string;
	/** The file of the tree it names, or null when it is a package or Node's own. */
	readonly file: string | null;
}

export interface SourceFile {
	/** From the root, with slashes. */
	readonly path: string;
	readonly text: string;
	readonly lines: number;
	readonly imports: readonly Import[];
	/** Lines (from 1) of handlers that do nothing with an error: `catch {}`, `.catch(() => {})`. */
	readonly swallows: readonly number[];
	/** Whether all it does is hand on what others export. */
	readonly barrel: boolean;
}

const patterns = ["shared", "electron", "renderer", "e2e"].map((folder) => `${folder}/**/*.{ts,tsx,mjs,cjs,js,jsx,css,html}`);
const generated = /(^|\/)(node_modules|output|dist)\//;

/** Reads and parses every source file under `root`'s source folders. Throws on one that does not parse. */
export function readSourceTree(root: string): SourceFile[] {
	return globSync(patterns, { cwd: root })
		.map((path) => path.replaceAll("\\", "/"))
		.filter((path) => !generated.test(path))
		.sort()
		.map((path) => readSource(root, path));
}

function readSource(root: string, path: string): SourceFile {
	const text = readFileSync(join(root, path), "utf8");
	const lines = text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
	if (!/\.[cm]?[jt]sx?$/.test(path)) return { path, text, lines, imports: [], swallows: [], barrel: false };
	const { program, errors } = parseSync(path, text);
	if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
	const specifiers: string[] = [];
	const swallows: number[] = [];
	visit(program, (node) => {
		const specifier = specifierOf(node);
		if (specifier !== null) specifiers.push(specifier);
		if (swallowsError(node)) swallows.push(text.slice(0, Number(node.start)).split("\n").length);
	});
	return {
		path,
		text,
		lines,
		swallows,
		imports: specifiers.map((specifier) => ({ specifier, file: resolve(root, path, specifier) })),
		barrel:
			program.body.length > 0 &&
			program.body.every((node) => /^Export(All|Named)Declaration$/.test(node.type) && "source" in node && node.source),
	};
}

/** What relative imports name; everything else is a package. A query (`?worker`) is the bundler's. */
function resolve(root: string, from: string, specifier: string): string | null {
	if (!specifier.startsWith(".")) return null;
	const path = posix.join(dirname(from), specifier.replace(/\?.*$/, ""));
	const found = [path, `${path}.ts`, `${path}.tsx`].find(
		(candidate) => /\.\w+$/.test(candidate) && existsSync(join(root, candidate)),
	);
	return found ?? path;
}

type Node = Record<string, unknown> & { type: string };

function visit(node: unknown, see: (node: Node) => void): void {
	if (Array.isArray(node)) {
		for (const child of node) visit(child, see);
	} else if (typeof node === "object" && node !== null) {
		if (isNode(node)) see(node);
		for (const child of Object.values(node)) visit(child, see);
	}
}

function isNode(value: object): value is Node {
	return "type" in value && typeof value.type === "string";
}

/** The module a node brings in: static, dynamic, re-exported, as a type, or required. */
function specifierOf(node: Node): string | null {
	switch (node.type) {
		case "ImportDeclaration":
		case "ExportNamedDeclaration":
		case "ExportAllDeclaration":
		case "ImportExpression":
		case "TSImportType":
			return literal(node.source ?? node.argument);
		case "CallExpression": {
			const callee = node.callee as Node;
			const named = callee.type === "Identifier" && (callee.name === "require" || callee.name === "importActual");
			return named ? literal((node.arguments as unknown[])[0]) : null;
		}
		default:
			return null;
	}
}

function literal(node: unknown): string | null {
	if (typeof node !== "object" || node === null) return null;
	if ("value" in node && typeof node.value === "string") return node.value;
	return "literal" in node ? literal(node.literal) : null;
}

function swallowsError(node: Node): boolean {
	if (node.type === "CatchClause") return isEmptyBlock(node.body);
	if (node.type !== "CallExpression") return false;
	const callee = node.callee as Node;
	if (callee.type !== "MemberExpression" || (callee.property as Node).name !== "catch") return false;
	const handler = (node.arguments as Node[])[0];
	return handler !== undefined && /Function/.test(handler.type) && isEmptyBlock(handler.body);
}

function isEmptyBlock(node: unknown): boolean {
	return (
		typeof node === "object" &&
		node !== null &&
		isNode(node) &&
		node.type === "BlockStatement" &&
		(node.body as unknown[]).length === 0
	);
}
