import { Dialog } from "radix-ui";
import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { Button } from "./button.tsx";
import classes from "./dialog.module.css";
import { MessageText } from "./message-text.tsx";

interface FormDialogProps {
	title: string;
	/** What will happen, in a sentence; read out with the title. */
	text?: ReactNode;
	action: string;
	danger?: boolean;
	/** Does it, and says why it was refused; then the dialog stays and shows that. */
	onSubmit: (fields: FormData) => Promise<string | null> | null;
	onClose: () => void;
	children?: ReactNode;
}

/** A dialog that asks for something or has something confirmed. Escape and a click beside it cancel. */
export function FormDialog({ title, text, action, danger = false, onSubmit, onClose, children }: FormDialogProps) {
	const [busy, setBusy] = useState(false);
	const [refusal, setRefusal] = useState<string | null>(null);
	const [before] = useState(() => document.activeElement);
	const submit = async (fields: FormData) => {
		setBusy(true);
		const refused = await onSubmit(fields);
		setBusy(false);
		setRefusal(refused);
		if (refused === null) onClose();
	};
	// The menu that the dialog was opened from may be gone by now; what it was about stands in the list.
	const giveFocusBack = (event: Event) => {
		event.preventDefault();
		const row = document.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]');
		(before instanceof HTMLElement && before.isConnected && before !== document.body ? before : row)?.focus();
	};
	return (
		<Dialog.Root open onOpenChange={(open) => !open && onClose()}>
			<Dialog.Portal>
				<Dialog.Overlay className={classes.scrim} />
				<Dialog.Content
					className={classes.dialog}
					onCloseAutoFocus={giveFocusBack}
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
						{refusal !== null && (
							<p className={classes.refusal} role="alert">
								<MessageText text={refusal} />
							</p>
						)}
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
	hint?: string | undefined;
}

/** A label, a control that is told the ids, and a hint under it. */
function Field({
	label,
	hint,
	control,
}: FieldProps & { control: (ids: { id: string; "aria-describedby": string | undefined }) => ReactNode }) {
	const id = useId();
	const hintId = hint ? `${id}-hint` : undefined;
	return (
		<div className={classes.field}>
			<label className={classes.label} htmlFor={id}>
				{label}
			</label>
			{control({ id, "aria-describedby": hintId })}
			{hint && (
				<span id={hintId} className={classes.hint}>
					{hint}
				</span>
			)}
		</div>
	);
}

export function TextField({ label, hint, ...rest }: FieldProps & ComponentProps<"input">) {
	return (
		<Field
			label={label}
			hint={hint}
			control={(ids) => <input {...ids} className={classes.input} autoComplete="off" spellCheck={false} {...rest} />}
		/>
	);
}

export function LinesField({ label, hint, ...rest }: FieldProps & ComponentProps<"textarea">) {
	return (
		<Field
			label={label}
			hint={hint}
			control={(ids) => <textarea {...ids} className={classes.input} rows={3} spellCheck={false} {...rest} />}
		/>
	);
}

export function ChoiceField({ label, hint, children, ...rest }: FieldProps & ComponentProps<"select">) {
	return (
		<Field
			label={label}
			hint={hint}
			control={(ids) => (
				<select {...ids} className={classes.input} {...rest}>
					{children}
				</select>
			)}
		/>
	);
}
