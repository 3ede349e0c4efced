import { inkOn } from "./agent-state.ts";
import classes from "./avatar.module.css";

/** An agent's colour and initial: filled while it has a session, an outline otherwise. */
export function Avatar({ name, colour, live }: { name: string; colour: string; live: boolean }) {
	const style = live ? { background: colour, color: inkOn(colour) } : { boxShadow: `inset 0 0 0 1.5px ${colour}` };
	return (
		<span className={`${classes.avatar} ${live ? "" : classes.off}`} style={style} aria-hidden="true">
			{[...name][0]?.toUpperCase()}
		</span>
	);
}
