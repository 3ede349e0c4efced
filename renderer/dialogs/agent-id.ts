/** An id made from a name: `Build Bot` is `build-bot`. Empty where nothing of the name can be in an id. */
export function agentIdOf(name: string): string {
	return name
		.normalize("NFKD")
		.toLowerCase()
		.replaceAll(/[^a-z0-9_]+/g, "-")
		.replaceAll(/^[-_]+|-+$/g, "")
		.slice(0, 32);
}
