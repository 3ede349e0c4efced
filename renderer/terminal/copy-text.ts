/**
 * Puts text on the clipboard. Where the window may not write to it (the desktop app grants a page no permissions), by the
 * way of a selected field, which a key press allows.
 */
export async function copyText(text: string): Promise<void> {
	try {
		await navigator.clipboard.writeText(text);
	} catch (denied) {
		if (!copySelectedField(text)) throw denied;
	}
}

function copySelectedField(text: string): boolean {
	const focused = document.activeElement;
	const field = document.createElement("textarea");
	field.value = text;
	field.style.position = "fixed";
	field.style.opacity = "0";
	document.body.append(field);
	field.select();
	const copied = document.execCommand("copy");
	field.remove();
	if (focused instanceof HTMLElement) focused.focus();
	return copied;
}
