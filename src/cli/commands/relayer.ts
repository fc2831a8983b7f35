import { ProtocolError } from "../../core/errors.ts";
import { type Command, defineCommand } from "../command.ts";
import { namePortOption } from "../portTaken.ts";
import { untilStopped } from "../untilStopped.ts";
import { relayerReindex } from "./relayerReindex.ts";

const serve = defineCommand({
  summary: "run the relayer and its API for a chain that you name",
  usage: "",
  about: [
    "Submits what parties sign to the chain, anchors evidence, acts when deadlines pass, and serves the API. It cannot",
    "move, forge or alter anything; when it is down, every party can act alone (`holdfast deal call`). It is told",
    "everything by its environment, and reads keys and passwords from files only:",
    "  HOLDFAST_RPC_URL                nodes of the chain, separated by commas; wss:// too            needed",
    "  HOLDFAST_DEPLOYMENT             JSON file with chainId, escrow, panelTribunal, evidenceRegistry, deployBlock   needed",
    "  HOLDFAST_RELAYER_KEYSTORE       keystore that pays for gas (`holdfast keys new`)               needed",
    "  HOLDFAST_RELAYER_PASSWORD_FILE  file with its password                                         needed",
    "  HOLDFAST_DATA                   database and evidence; ./data",
    "  HOLDFAST_HOST, HOLDFAST_PORT    where the API listens; 127.0.0.1 and 8787",
    "  HOLDFAST_CONFIRMATIONS          blocks until something counts as settled, or `tags`; tags",
    "  HOLDFAST_POLL_MS                pause between looks at the chain; 2000",
    "  HOLDFAST_BATCH_SECONDS          how long evidence waits for others to share its anchor; 30",
    "  HOLDFAST_ANCHOR_WITHIN          seconds within which an anchor is promised; 900",
    "  HOLDFAST_LOG_LEVEL              debug, info, warn, error, silent; info",
    "  DATABASE_URL                    PostgreSQL instead of the embedded database; needed for replicas. By Unix socket:",
    "                                  postgres:///holdfast?host=/var/run/postgresql",
    "  KUBO_RPC_URL                    an IPFS node (Kubo) instead of the embedded store",
    "`holdfast relayer reindex` makes a damaged index anew from the chain, while no relayer runs.",
  ].join("\n"),
  examples: [
    [
      "HOLDFAST_RPC_URL=http://127.0.0.1:8545 HOLDFAST_DEPLOYMENT=data/deployment.json HOLDFAST_RELAYER_KEYSTORE=relayer.json HOLDFAST_RELAYER_PASSWORD_FILE=password.txt holdfast relayer",
      "against a chain of your own",
    ],
    ["curl -s http://127.0.0.1:8787/ready", "is it ready? if not, what keeps it"],
  ],
  options: {},
  positionals: [0, 0],
  exitCodes: [
    ["0", "stopped by Ctrl-C or SIGTERM; everything was closed in order"],
    ["69", "the port is taken, or the database or store cannot be reached"],
    ["73", "the data directory cannot be written"],
    ["75", "another one runs on the same data directory"],
    ["78", "a setting is missing or wrong, or the database refuses the relayer"],
  ],
  run: async (_, { signal, print }) => {
    const [{ readConfig }, { startHoldfast }] = await Promise.all([
      import("../../config.ts"),
      import("../../service.ts"),
    ]);
    const holdfast = await startHoldfast(readConfig(), { signal }).catch(namePortOption(() => "HOLDFAST_PORT"));
    const { contracts, address } = holdfast.relayer;
    print({
      text: `Serving ${holdfast.url} until Ctrl-C; the relayer is ${address}.`,
      json: { url: holdfast.url, relayer: address, ...contracts },
    });
    if ((await untilStopped(signal, holdfast.ended)) === "ended" && !signal.aborted) {
      throw new ProtocolError("internal");
    }
    await holdfast.stop();
    return undefined;
  },
});

export const relayer: Command = {
  summary: serve.summary,
  help: serve.help,
  run: async ([word, ...rest], context, name) =>
    word === "reindex"
      ? relayerReindex.run(rest, context, `${name} reindex`)
      : serve.run(word === undefined ? [] : [word, ...rest], context, name),
};
