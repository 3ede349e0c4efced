import { Monitor, Moon, Sun } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { Settings } from "../../shared/contract/settings.ts";
import { useHub } from "../store/hub-store.ts";
import { Button } from "../ui/button.tsx";
import { DropdownMenuSurface, MenuChoice } from "../ui/menu.tsx";
import { useParts } from "../window-parts.ts";

const themes: readonly [Settings["theme"], string, typeof Sun][] = [
	["system", "As the system", Monitor],
	["light", "Light", Sun],
	["dark", "Dark", Moon],
];

export function ThemeMenu() {
	const { calls } = useParts();
	const theme = useHub((state) => state.settings?.theme ?? "system");
	const [, label, Icon] = themes.find(([name]) => name === theme) ?? themes[0] ?? ["system", "As the system", Monitor];
	return (
		<DropdownMenu.Root>
			<DropdownMenu.Trigger asChild>
				<Button look="icon" aria-label={`Theme: ${label}`}>
					<Icon aria-hidden />
				</Button>
			</DropdownMenu.Trigger>
			<DropdownMenuSurface label="Theme">
				{themes.map(([name, text]) => (
					<MenuChoice key={name} chosen={name === theme} onSelect={() => void calls.set({ theme: name })}>
						{text}
					</MenuChoice>
				))}
			</DropdownMenuSurface>
		</DropdownMenu.Root>
	);
}
