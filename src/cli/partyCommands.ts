import type { CommandLoaders } from "./runCli.ts";

/**
 * What parties, arbitrators and courts run: no server and no database. `verify` loads no network
 * code either.
 */
export const partyCommands: CommandLoaders = {
  verify: async () => (await import("./commands/verify.ts")).verify,
  headers: async () => (await import("./commands/headers.ts")).headers,
  dossier: async () => (await import("./commands/dossier.ts")).dossier,
  deal: async () => (await import("./commands/deal.ts")).deal,
  evidence: async () => (await import("./commands/evidence.ts")).evidence,
  determination: async () => (await import("./commands/determination.ts")).determination,
  panel: async () => (await import("./commands/panel.ts")).panel,
  keys: async () => (await import("./commands/keys.ts")).keys,
};
