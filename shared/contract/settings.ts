import { oc } from "@orpc/contract";
import * as z from "zod";
import { efforts, permissionModes } from "./agents.ts";

/** Everything a user can set; stored in the hub, the same in every window. Unset keys have the defaults written here. */
export const settings = z.object({
	theme: z.enum(["system", "light", "dark"]).default("system"),
	defaultBackend: z.string().default("auto").describe("`auto`: the first that this machine has"),
	defaultProgram: z.string().default("claude-code"),
	defaultModel: z.string().max(100).nullable().default(null),
	defaultEffort: z.enum(efforts).nullable().default(null),
	defaultPermissionMode: z.enum(permissionModes).default("default"),
	programPaths: z
		.record(z.string(), z.string())
		.default({})
		.describe("a program's name to the path of its binary, where it is not on the PATH"),
	fontSize: z.number().min(6).max(40).default(13),
	fontFamily: z.string().max(200).default(""),
	collapsedProjects: z.array(z.string()).default([]),
	port: z.number().int().min(0).max(65535).default(0).describe("TCP port of the loopback server; 0: any free one"),
});
export type Settings = z.infer<typeof settings>;

export const settingsChanges = z.object(
	Object.fromEntries(Object.entries(settings.shape).map(([key, schema]) => [key, schema.unwrap().optional()])) as {
		[K in keyof typeof settings.shape]: z.ZodOptional<ReturnType<(typeof settings.shape)[K]["unwrap"]>>;
	},
);
export type SettingsChanges = z.infer<typeof settingsChanges>;

export const settingsCalls = {
	get: oc.route({ method: "GET", path: "/settings" }).output(settings),
	update: oc.route({ method: "PUT", path: "/settings" }).input(settingsChanges).output(settings),
};
