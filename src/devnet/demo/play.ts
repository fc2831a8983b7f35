import { createWriteStream } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Address } from "viem";
import type { Language } from "../../core/text/language.ts";
import { textsIn } from "../../core/text/texts.ts";
import { createClient } from "../../sdk/client.ts";
import type { Deployment } from "../deploy.ts";
import { type Actors, createActors, createReader } from "./actors.ts";
import { type ChainSide, createChainSide } from "./chainSide.ts";
import { exampleVideo } from "./exampleVideo.ts";
import type { ProvenFile } from "./filing.ts";
import { type AccountName, accounts, createLedger, type Holdings } from "./ledger.ts";
import { dollars } from "./money.ts";
import { demoPanel } from "./panel.ts";
import { createSigning } from "./signing.ts";
import { type CaseFiles, type DemoCheck, type DemoTexts, playFurnitureCase, playFurtherDeals } from "./story.ts";
import { createTermsFactory } from "./terms.ts";

const examples = join(import.meta.dirname, "..", "..", "..", "examples");
const POCKET = dollars(100_000);

/** What the demonstration runs against, and with what. */
export type DemoOptions = {
  /** Of the relayer's API. */
  readonly url: string;
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  /** Where files that are made on the fly go. */
  readonly workDir: string;
  /** Where bundles go. */
  readonly outDir: string;
  /** Evidence of the caller's instead of the examples. */
  readonly evidenceFiles?: readonly string[] | undefined;
  readonly onProgress: (line: string) => void;
  /** Of what is said; English unless given. */
  readonly language?: Language;
  readonly signal?: AbortSignal | undefined;
};

/** How the demonstration came out. */
export type DemoOutcome = {
  readonly holdings: readonly {
    readonly account: AccountName;
    readonly before: bigint;
    readonly after: bigint;
    readonly expected: bigint;
  }[];
  readonly checks: readonly { readonly check: DemoCheck; readonly holds: boolean }[];
  readonly proven: readonly ProvenFile[];
};

/** Whether every balance and every check came out right. */
export function isRight(outcome: DemoOutcome): boolean {
  return (
    outcome.checks.every(({ holds }) => holds) &&
    outcome.holdings.every(({ after, expected }) => after === expected) &&
    outcome.proven.length > 0
  );
}

/**
 * Plays the furniture case and every other way out of a deal against a running relayer and local
 * chain.
 */
export async function playDemo(options: DemoOptions): Promise<DemoOutcome> {
  const { deployment, onProgress, signal } = options;
  const actors = createActors();
  const chain = createChainSide(options);
  const client = createClient({ url: options.url });
  const ledger = createLedger();
  const checks: { check: DemoCheck; holds: boolean }[] = [];
  const { demo: say } = textsIn(options.language ?? "en");
  const { recipient } = await createReader();
  await mkdir(options.workDir, { recursive: true });
  const files = await caseFiles(options, say);

  for (const holder of [actors.buyer, actors.seller]) await chain.mint(holder, POCKET);
  const before = await readHoldings(chain, actors);

  const demo = {
    actors,
    panel: demoPanel,
    client,
    chain,
    sign: createSigning(deployment),
    termsOf: createTermsFactory({ actors, deployment, panel: demoPanel }),
    ledger,
    filing: {
      client,
      deployment,
      recipient,
      readBlock: chain.readBlock,
      outDir: options.outDir,
      names: new Set<string>(),
      signal,
    },
    onProgress,
    say,
    check: (check: DemoCheck, holds: boolean) => void checks.push({ check, holds }),
    signal,
  };
  const proven = await playFurnitureCase(demo, files);
  await playFurtherDeals(demo);

  const after = await readHoldings(chain, actors);
  const expected = ledger.after(before);
  return {
    holdings: accounts.map((account) => ({
      account,
      before: before[account],
      after: after[account],
      expected: expected[account],
    })),
    checks,
    proven,
  };
}

const readHoldings = async (chain: ChainSide, actors: Actors): Promise<Holdings> => {
  const address = (role: "buyer" | "seller" | "marketplace"): Address => actors[role].address;
  return {
    buyer: await chain.tokenBalance(address("buyer")),
    seller: await chain.tokenBalance(address("seller")),
    marketplace: await chain.credit(address("marketplace")),
    bond: (await chain.bond(address("seller"))).balance,
  };
};

/**
 * The caller's files as the buyer's claim, or the examples and a video of 60 MB that is made on the
 * fly.
 */
const caseFiles = async ({ evidenceFiles, workDir, onProgress }: DemoOptions, say: DemoTexts): Promise<CaseFiles> => {
  if (evidenceFiles) return { claim: evidenceFiles, answer: [], further: [] };
  const video = join(workDir, "unpacking.mp4");
  const isThere = await access(video).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await pipeline(exampleVideo(), createWriteStream(video));
    onProgress(say.videoMade(basename(video)));
  }
  const example = (name: string) => join(examples, name);
  return {
    claim: [example("invoice.pdf"), example("chat.txt")],
    answer: [example("photo-delivery.jpg")],
    further: [[example("photo-damage-1.png"), example("photo-damage-2.png")], [video]],
  };
};
