import { rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Address } from "viem";
import { ProtocolError } from "../../core/errors.ts";
import { address } from "../../core/fields.ts";
import type { LocalStack } from "../../devnet/stack.ts";
import { createClient } from "../../sdk/client.ts";
import { type Command, type CommandContext, defineCommand, type Outcome } from "../command.ts";
import { readJson, statFile } from "../files.ts";
import { parsePort } from "../parsePort.ts";
import { namePortOption } from "../portTaken.ts";
import { columns } from "../terminal/columns.ts";
import { untilStopped } from "../terminal/untilStopped.ts";
import { devSkip } from "./devSkip.ts";

const HELP = "holdfast dev";
const DEFAULT_PORT = "8787";

const serve = defineCommand({
  text: ({ command }) => command.dev,
  usage: "[--data DIR] [--port N]",
  examples: [
    "holdfast dev",
    "holdfast dev --data /tmp/try --port 0 --no-demo",
    "holdfast dev --fund 0x12... --no-demo",
    "holdfast dev skip 3d",
    "holdfast dev --json",
  ],
  options: {
    data: { type: "string", value: "DIR" },
    port: { type: "string", value: "N" },
    "chain-port": {
      type: "string",
      value: "N",
    },
    fund: {
      type: "string",
      value: "ADDRESS",
      multiple: true,
    },
    "no-demo": { type: "boolean" },
  },
  positionals: [0, 0],
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
