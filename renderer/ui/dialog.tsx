import { Dialog } from "radix-ui";
import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { Button } from "./button.tsx";
import classes from "./dialog.module.css";

interface FormDialogProps {
	title: string;
	/** What will happen, in a sentence; read out with the title. */
	text?: ReactNode;
	action: string;
	danger?: boolean;
	/** Says whether it was done; where it was not, the dialog stays and the refusal is shown elsewhere. */
	onSubmit: (fields: FormData) => Promise<boolean> | boolean;
	onClose: () => void;
	children?: ReactNode;
}

/** A dialog that asks for something or has something confirmed. Escape and a click beside it cancel. */
export function FormDialog({ title, text, action, danger = false, onSubmit, onClose, children }: FormDialogProps) {
	const [busy, setBusy] = useState(false);
	const submit = async (fields: FormData) => {
		setBusy(true);
		const done = await onSubmit(fields);
		setBusy(false);
		if (done) onClose();
	};
	return (
		<Dialog.Root open onOpenChange={(open) => !open && onClose()}>
			<Dialog.Portal>
				<Dialog.Overlay className={classes.scrim} />
				<Dialog.Content
					className={classes.dialog}
					role={danger ? "alertdialog" : "dialog"}
					{...(text === undefined ? { "aria-describedby": undefined } : {})}
				>
					<Dialog.Title className={classes.title}>{title}</Dialog.Title>
					{text !== undefined && <Dialog.Description className={classes.text}>{text}</Dialog.Description>}
					<form
						onSubmit={(event) => {
							event.preventDefault();
							void submit(new FormData(event.currentTarget));
						}}
					>
						{children && <div className={classes.form}>{children}</div>}
						<div className={classes.buttons}>
							<Button onClick={onClose}>Cancel</Button>
							<Button type="submit" look={danger ? "danger" : "primary"} disabled={busy}>
								{action}
							</Button>
						</div>
					</form>
				</Dialog.Content>
			</Dialog.Portal>
		</Dialog.Root>
	);
}

interface FieldProps {
	label: string;
	hint?: string;
}

export function TextField({ label, hint, ...rest }: FieldProps & ComponentProps<"input">) {
	const id = useId();
	return (
		<div className={classes.field}>
			<label className={classes.label} htmlFor={id}>
				{label}
			</label>
			<input
				id={id}
				className={classes.input}
				autoComplete="off"
				spellCheck={false}
				aria-describedby={hint ? `${id}-hint` : undefined}
				{...rest}
			/>
			{hint && (
				<span id={`${id}-hint`} className={classes.hint}>
					{hint}
				</span>
			)}
		</div>
	);
}

export function LinesField({ label, hint, ...rest }: FieldProps & ComponentProps<"textarea">) {
	const id = useId();
	return (
		<div className={classes.field}>
			<label className={classes.label} htmlFor={id}>
				{label}
			</label>
			<textarea
				id={id}
				className={classes.input}
				rows={3}
				spellCheck={false}
				aria-describedby={hint ? `${id}-hint` : undefined}
				{...rest}
			/>
			{hint && (
				<span id={`${id}-hint`} className={classes.hint}>
					{hint}
				</span>
			)}
		</div>
	);
}

export function ChoiceField({ label, children, ...rest }: FieldProps & ComponentProps<"select">) {
	const id = useId();
	return (
		<div className={classes.field}>
			<label className={classes.label} htmlFor={id}>
				{label}
			</label>
			<select id={id} className={classes.input} {...rest}>
				{children}
			</select>
		</div>
	);
}
