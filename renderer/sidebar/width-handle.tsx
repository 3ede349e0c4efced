import type { KeyboardEvent, PointerEvent } from "react";
import { clampWidth, narrowest, widest } from "./sidebar-width.ts";
import classes from "./width-handle.module.css";

const keyStep = 16;

/** The edge of the sidebar: dragged, or moved by the arrow keys. */
export function WidthHandle({ width, onWidth }: { width: number; onWidth: (width: number) => void }) {
	const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
		if (event.currentTarget.hasPointerCapture(event.pointerId)) onWidth(clampWidth(event.clientX));
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const step = event.key === "ArrowLeft" ? -keyStep : event.key === "ArrowRight" ? keyStep : 0;
		if (step === 0) return;
		event.preventDefault();
		onWidth(clampWidth(width + step));
	};
	return (
		// biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no <hr>
		<div
			role="separator"
			aria-label="Width of the sidebar"
			aria-orientation="vertical"
			aria-valuenow={width}
			aria-valuemin={narrowest}
			aria-valuemax={widest}
			tabIndex={0}
			className={classes.handle}
			onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
			onPointerMove={onPointerMove}
			onKeyDown={onKeyDown}
		/>
	);
}
