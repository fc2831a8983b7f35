import { partyCommands } from "./partyCommands.ts";
import { runCli } from "./runCli.ts";

// What a checkout runs: everything.
await runCli({
  commands: {
    dev: async () => (await import("./commands/dev.ts")).dev,
    deploy: async () => (await import("./commands/deploy.ts")).deploy,
    ...partyCommands,
    relayer: async () => (await import("./commands/relayer.ts")).relayer,
  },
  checkoutOnly: [],
});
