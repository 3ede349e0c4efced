import { Tooltip } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import classes from "./tooltip.module.css";

/** Shows more about what the pointer rests on. Never the only place where something is said. */
export function Hint({
	text,
	side = "right",
	children,
}: {
	text: ReactNode;
	side?: "right" | "bottom" | "top";
	children: ReactElement;
}) {
	return (
		<Tooltip.Root>
			{/* By pointer only: moving with the arrow keys would flash a tooltip at every step. */}
			<Tooltip.Trigger asChild onFocus={(event) => event.preventDefault()}>
				{children}
			</Tooltip.Trigger>
			<Tooltip.Portal>
				<Tooltip.Content className={classes.tooltip} side={side} sideOffset={6} collisionPadding={8}>
					{text}
				</Tooltip.Content>
			</Tooltip.Portal>
		</Tooltip.Root>
	);
}
