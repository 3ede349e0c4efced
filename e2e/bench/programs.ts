/** A shell that takes each line it is given for a file to print, byte for byte. Says so when it is ready. */
export const printer: readonly string[] = ["sh", "-c", 'stty raw -echo; printf ready; while read -r file; do cat "$file"; done'];

/** Returns every byte as it comes. Says so when it is ready. */
export const echoer: readonly string[] = ["sh", "-c", "stty raw -echo; printf ready; exec cat"];

/** Prints a file again and again, as fast as it is read. */
export function flooder(file: string): readonly string[] {
	return ["sh", "-c", 'stty raw -echo; while :; do cat "$0"; done', file];
}
