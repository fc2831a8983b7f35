import { rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Address } from "viem";
import { ProtocolError } from "../../core/errors.ts";
import { address } from "../../core/fields.ts";
import type { LocalStack } from "../../devnet/stack.ts";
import { createClient } from "../../sdk/client.ts";
import { type Command, type CommandContext, defineCommand, type Outcome } from "../command.ts";
import { readJson, statFile } from "../files.ts";
import { columns } from "../help.ts";
import { parsePort } from "../parsePort.ts";
import { namePortOption } from "../portTaken.ts";
import { untilStopped } from "../untilStopped.ts";
import { devSkip } from "./devSkip.ts";

const HELP = "holdfast dev";
const DEFAULT_PORT = "8787";

const serve = defineCommand({
  summary: "everything on this machine: chain, contracts, relayer, API, and a case played to its end",
  usage: "[--data DIR] [--port N]",
  about: [
    "Starts a local chain, deploys the contracts, starts the relayer with its embedded database and evidence store, and",
    "serves the API. The first time it plays a case from payment to payout, with evidence that it then verifies offline;",
    "a later start with the same directory continues where the earlier one stopped. Runs until Ctrl-C. The money of this",
    "chain is worth nothing and its keys are public: never use it for anything else. `holdfast dev skip 3d` moves the clock",
    "of a chain that runs.",
  ].join("\n"),
  examples: [
    ["holdfast dev", "what npm start does: data in ./data, API at http://127.0.0.1:8787"],
    ["holdfast dev --data /tmp/try --port 0 --no-demo", "an empty one, on any free port, to build against"],
    ["holdfast dev --fund 0x12... --no-demo", "with test money for a key of your own (`holdfast keys new`)"],
    ["holdfast dev skip 3d", "three days later, on the chain that runs (`holdfast dev skip --help`)"],
    ["holdfast dev --json", "one line with all addresses as soon as it serves, for a program"],
  ],
  options: {
    data: { type: "string", value: "DIR", about: "where everything is kept; ./data unless given" },
    port: { type: "string", value: "N", about: `port of the API; ${DEFAULT_PORT} unless given, 0 for any free one` },
    "chain-port": {
      type: "string",
      value: "N",
      about: "port of the chain's RPC; that of the earlier start unless given, at the first any free one",
    },
    fund: {
      type: "string",
      value: "ADDRESS",
      about: "give this account 100,000 test dollars and native currency for gas; may be repeated",
      multiple: true,
    },
    "no-demo": { type: "boolean", about: "do not play the case" },
  },
  positionals: [0, 0],
  exitCodes: [
    ["0", "stopped by Ctrl-C; everything was closed in order"],
    ["69", "a port is taken, or the chain did not start"],
    ["73", "the data directory cannot be written"],
    ["75", "another one runs on the same data directory"],
    ["78", "the data directory holds a chain with other contracts"],
  ],
  run: async ({ values }, context) => {
    const dataDir = resolve(values.data ?? "data");
    const port = parsePort(values.port ?? DEFAULT_PORT, { option: "--port", help: HELP });
    const given = values["chain-port"];
    const chainPort = given === undefined ? undefined : parsePort(given, { option: "--chain-port", help: HELP });
    const funded = (values.fund ?? []).map(parseAddress);
    const [{ startLocalStack }, { giveTestMoney }] = await Promise.all([
      import("../../devnet/stack.ts"),
      import("../../devnet/testMoney.ts"),
    ]);
    const { signal, progress } = context;
    const stack = await startLocalStack({ dataDir, port, chainPort, onProgress: progress, signal }).catch(
      namePortOption((listener) => (listener === "API" ? "--port" : "--chain-port")),
    );
    try {
      for (const account of funded) await giveTestMoney(stack.rpcUrl, account, stack.deployment);
      const story = values["no-demo"] === true ? undefined : await tellStory(stack, { dataDir, context });
      if (!signal.aborted) context.print(await servingOutcome(stack, { dataDir, story, signal }));
      const why = await untilStopped(signal, stack.ended);
      if (why === "ended") throw new ProtocolError("chain-not-started");
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      progress("Stopping: relayer, then chain");
      await stack.stop();
    }
    return undefined;
  },
});

/** `holdfast dev` serves; `holdfast dev skip` moves the clock of what it serves. */
export const dev: Command = {
  summary: serve.summary,
  help: serve.help,
  run: async ([word, ...rest], context, name) =>
    word === "skip"
      ? devSkip.run(rest, context, `${name} skip`)
      : serve.run(word === undefined ? [] : [word, ...rest], context, name),
};

const parseAddress = (text: string): Address => {
  const parsed = address.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ProtocolError("usage-invalid", { problem: `"${text}" is no address: 0x and 40 hex digits.`, help: HELP });
};

/** What is left of the demonstration for later starts. */
type Story = {
  /** Null while it is played, and for good when it was stopped then. */
  readonly isRight: boolean | null;
  readonly isNew: boolean;
  readonly proven: readonly { readonly file: string; readonly bundle: string }[];
};

type Stage = { readonly dataDir: string; readonly context: CommandContext };

/** Plays the case the first time. One that was stopped in the middle is not played again: its deals are on the chain. */
const tellStory = async (stack: LocalStack, { dataDir, context }: Stage): Promise<Story> => {
  const record = join(dataDir, "demo.json");
  if ((await statFile(record)) !== undefined) {
    return { ...((await readJson(record)) as Omit<Story, "isNew">), isNew: false };
  }
  const write = async (story: Omit<Story, "isNew">) => {
    await writeFile(`${record}.new`, `${JSON.stringify(story, null, 2)}\n`);
    await rename(`${record}.new`, record);
  };
  await write({ isRight: null, proven: [] });
  const { signal, progress } = context;
  const [{ playDemo }, { reportCommands, reportHoldings, reportVerification }] = await Promise.all([
    import("../../devnet/demo/play.ts"),
    import("../../devnet/demo/report.ts"),
  ]);
  const outcome = await playDemo({
    url: stack.url,
    rpcUrl: stack.rpcUrl,
    deployment: stack.deployment,
    workDir: join(dataDir, "case"),
    outDir: join(dataDir, "case"),
    onProgress: progress,
    signal,
  });
  signal.throwIfAborted();
  reportHoldings(outcome, progress);
  const isRight = await reportVerification(outcome, progress);
  reportCommands(outcome, progress);
  const story = { isRight, proven: outcome.proven };
  await write(story);
  return { ...story, isNew: true };
};

const servingOutcome = async (
  { url, rpcUrl, deployment }: LocalStack,
  { dataDir, story, signal }: { dataDir: string; story: Story | undefined; signal: AbortSignal },
): Promise<Outcome> => {
  const { deals } = await createClient({ url }).listDeals({ limit: 100 }, { signal });
  const repeat = story?.proven[0];
  const byStatus = Map.groupBy(deals, ({ status }) => status);
  const counts = [...byStatus].map(([status, those]) => `${those.length} ${status}`).join(", ");
  const said = [
    columns([
      ["API", `${url} (${url}/v1/openapi.json)`],
      ["chain", `${rpcUrl}, chain id ${deployment.chainId}`],
      ["escrow", deployment.escrow],
      ["tribunal", deployment.panelTribunal],
      ["panel", "three of five, as `holdfast deal terms --example` names them, is registered"],
      ["evidence", deployment.evidenceRegistry],
      ["stablecoin", `${deployment.stablecoin} (TUSD, 6 decimals, ERC-3009 name "Test Dollar")`],
      ["data", dataDir],
      ["deals", deals.length === 0 ? "none yet" : counts],
    ]),
    ...(repeat === undefined || story?.isNew === true
      ? []
      : [`Verify it again: npm run --silent holdfast -- verify ${repeat.file} ${repeat.bundle}`]),
    ...(story === undefined || story.isRight === true ? [] : [unhappy(story, dataDir)]),
    "Serving until Ctrl-C.",
  ];
  return {
    text: said.join("\n"),
    json: { url, rpcUrl, ...deployment, dataDir, deals: deals.length, demo: story ?? null },
  };
};

const unhappy = ({ isRight }: Story, dataDir: string): string =>
  isRight === null
    ? "The demonstration was stopped in the middle and is not played again here; --data DIR with a new directory plays it whole."
    : `The demonstration did NOT come out right; ${join(dataDir, "relayer.log")} may say why.`;
