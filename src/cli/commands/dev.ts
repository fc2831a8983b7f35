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
import { usageInvalid } from "../problems.ts";
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
    "chain-port": { type: "string", value: "N" },
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
    const { signal, progress, language, texts } = context;
    const stack = await startLocalStack({ dataDir, port, chainPort, onProgress: progress, language, signal }).catch(
      namePortOption((listener) => (listener === "API" ? "--port" : "--chain-port")),
    );
    try {
      for (const account of funded) await giveTestMoney(stack.rpcUrl, account, stack.deployment);
      const story = values["no-demo"] === true ? undefined : await tellStory(stack, { dataDir, context });
      if (!signal.aborted) context.print(await servingOutcome(stack, { dataDir, story, context }));
      const why = await untilStopped(signal, stack.ended);
      if (why === "ended") throw new ProtocolError("chain-not-started");
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      progress(texts.command.dev.stopping);
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
  throw usageInvalid(HELP, "demo-address-malformed", { text });
};

/** What is left of the demonstration for later starts. */
type Story = {
  /** Null while it is played, and for good when it was stopped then. */
  readonly isRight: boolean | null;
  readonly isNew: boolean;
  readonly proven: readonly { readonly file: string; readonly bundle: string }[];
};

type Stage = { readonly dataDir: string; readonly context: CommandContext };

/**
 * Plays the case the first time. One that was stopped in the middle is not played again: its deals
 * are on the chain.
 */
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
  const { signal, progress: onProgress, language, texts } = context;
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
    onProgress,
    language,
    signal,
  });
  signal.throwIfAborted();
  reportHoldings(outcome, { onProgress, texts });
  const isRight = await reportVerification(outcome, { onProgress, texts });
  reportCommands(outcome, { onProgress, texts });
  const story = { isRight, proven: outcome.proven };
  await write(story);
  return { ...story, isNew: true };
};

const servingOutcome = async (
  { url, rpcUrl, deployment }: LocalStack,
  { dataDir, story, context }: Stage & { story: Story | undefined },
): Promise<Outcome> => {
  const { signal, texts } = context;
  const words = texts.command.dev;
  const { deals } = await createClient({ url }).listDeals({ limit: 100 }, { signal });
  const repeat = story?.proven[0];
  const byStatus = Map.groupBy(deals, ({ status }) => status);
  const counts = [...byStatus]
    .map(([status, those]) => words.count(those.length, texts.deal.status[status]))
    .join(words.separator);
  const said = [
    columns([
      ["API", `${url} (${url}/v1/openapi.json)`],
      [words.chain, words.chainAt(rpcUrl, deployment.chainId)],
      [words.escrow, deployment.escrow],
      [words.tribunal, deployment.panelTribunal],
      [words.panel, words.panelRegistered],
      [words.evidence, deployment.evidenceRegistry],
      [words.stablecoin, words.testDollar(deployment.stablecoin)],
      [words.data, dataDir],
      [words.deals, deals.length === 0 ? words.noDeals : counts],
    ]),
    ...(repeat === undefined || story?.isNew === true ? [] : [words.verifyAgain(repeat.file, repeat.bundle)]),
    ...(story === undefined || story.isRight === true ? [] : [unhappy(story, { dataDir, context })]),
    words.serving,
  ];
  return {
    text: said.join("\n"),
    json: { url, rpcUrl, ...deployment, dataDir, deals: deals.length, demo: story ?? null },
  };
};

const unhappy = ({ isRight }: Story, { dataDir, context }: Stage): string => {
  const words = context.texts.command.dev;
  return isRight === null ? words.demoStopped : words.demoWrong(join(dataDir, "relayer.log"));
};
