import manifest from "../../package.json" with { type: "json" };

/** This installation's version. */
export const version: string = manifest.version;
