import classes from "./spoken.module.css";

/** Words for those who cannot see the shape, the colour or the number beside them. */
export function Spoken({ text }: { text: string }) {
	return <span className={classes.spoken}>{text}</span>;
}
