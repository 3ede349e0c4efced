/** How the hub's process ends, for `clawmux start` to tell a lost race from a failure. */
export const hubExitCodes = { ended: 0, failed: 1, wrongUsage: 2, homeTaken: 3 } as const;
