import type { ComponentProps } from "react";
import classes from "./button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
	look?: "primary" | "danger" | "plain" | "icon";
}

/** A button. `icon` shows only a picture and needs an `aria-label`. */
export function Button({ look, className, type = "button", ...rest }: ButtonProps) {
	const names = [classes.button, look ? classes[look] : undefined, className].filter(Boolean).join(" ");
	return <button type={type} className={names} {...rest} />;
}
