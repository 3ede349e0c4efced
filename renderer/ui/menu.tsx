import { Check, ChevronRight } from "lucide-react";
import { ContextMenu, DropdownMenu } from "radix-ui";
import { createContext, type ReactNode, useContext } from "react";
import classes from "./menu.module.css";

/** A right-click menu and a button's menu have the same entries; this says which of the two they stand in. */
const Parts = createContext<typeof ContextMenu | typeof DropdownMenu>(ContextMenu);

interface SurfaceProps {
	label: string;
	children: ReactNode;
	/** Called before focus goes back to where the menu was opened; prevent it when it has gone elsewhere. */
	onCloseAutoFocus?: (event: Event) => void;
}

export function ContextMenuSurface({ label, children, onCloseAutoFocus }: SurfaceProps) {
	return (
		<Parts value={ContextMenu}>
			<ContextMenu.Portal>
				<ContextMenu.Content className={classes.menu} aria-label={label} collisionPadding={8} onCloseAutoFocus={onCloseAutoFocus}>
					{children}
				</ContextMenu.Content>
			</ContextMenu.Portal>
		</Parts>
	);
}

export function DropdownMenuSurface({ label, children, align = "end" }: SurfaceProps & { align?: "start" | "end" }) {
	return (
		<Parts value={DropdownMenu}>
			<DropdownMenu.Portal>
				<DropdownMenu.Content className={classes.menu} aria-label={label} align={align} sideOffset={4} collisionPadding={8}>
					{children}
				</DropdownMenu.Content>
			</DropdownMenu.Portal>
		</Parts>
	);
}

interface ItemProps {
	children: ReactNode;
	icon?: ReactNode;
	disabled?: boolean;
	danger?: boolean;
	onSelect: () => void;
}

export function MenuItem({ children, icon, disabled = false, danger = false, onSelect }: ItemProps) {
	const { Item } = useContext(Parts);
	return (
		<Item className={`${classes.item} ${danger ? classes.danger : ""}`} disabled={disabled} onSelect={onSelect}>
			{icon}
			<span className={classes.text}>{children}</span>
		</Item>
	);
}

/** One of several choices, of which one holds now. */
export function MenuChoice({ children, chosen, onSelect }: { children: ReactNode; chosen: boolean; onSelect: () => void }) {
	const { CheckboxItem } = useContext(Parts);
	return (
		<CheckboxItem className={classes.item} checked={chosen} onSelect={onSelect}>
			<span className={classes.text}>{children}</span>
			{chosen && <Check className={classes.end} aria-hidden />}
		</CheckboxItem>
	);
}

export function MenuMore({ label, icon, children }: { label: string; icon?: ReactNode; children: ReactNode }) {
	const { Sub, SubTrigger, SubContent, Portal } = useContext(Parts);
	return (
		<Sub>
			<SubTrigger className={classes.item}>
				{icon}
				<span className={classes.text}>{label}</span>
				<ChevronRight className={classes.end} aria-hidden />
			</SubTrigger>
			<Portal>
				<SubContent className={classes.menu} aria-label={label} collisionPadding={8}>
					{children}
				</SubContent>
			</Portal>
		</Sub>
	);
}

export function MenuLine() {
	const { Separator } = useContext(Parts);
	return <Separator className={classes.line} />;
}
