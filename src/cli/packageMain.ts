#!/usr/bin/env node
import { partyCommands } from "./partyCommands.ts";
import { runCli } from "./runCli.ts";

// What the npm package runs: it has neither a relayer nor a local chain.
await runCli({ commands: partyCommands, checkoutOnly: ["deploy", "dev", "relayer"] });
