import type { ContractRouterClient } from "@orpc/contract";
import { agents } from "./agents.ts";
import { hub } from "./hub.ts";
import { projects } from "./projects.ts";
import { sessions } from "./sessions.ts";
import { settingsCalls } from "./settings.ts";
import { terminals } from "./terminals.ts";

/** Everything that may be asked of a hub. The server, every client and the OpenAPI document derive from this object. */
export const contract = { agents, projects, sessions, terminals, settings: settingsCalls, hub };

export type HubClient = ContractRouterClient<typeof contract>;
