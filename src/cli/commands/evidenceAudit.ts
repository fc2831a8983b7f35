import { type Chain, createChain, requireChain } from "../../chain/client.ts";
import { headerAt } from "../../chain/heads.ts";
import { meetRelayer } from "../askedRelayer.ts";
import { type AuditSetup, auditPromises } from "../auditPromises.ts";
import { auditJson, auditText } from "../auditText.ts";
import { defineCommand } from "../command.ts";
import { urlOption } from "../connect.ts";
import { exitCodeOfPromises } from "../exitCodes.ts";
import { parseClock } from "../parseClock.ts";
import { readTrustedSources } from "../trustedSources.ts";

const HELP = "holdfast evidence audit";

export const evidenceAudit = defineCommand({
  text: ({ command }) => command.evidenceAudit,
  usage: "FOLDER [--url URL] [--rpc URL] [--trusted-headers FILE...]",
  examples: [
    "holdfast evidence audit evidence",
    "holdfast evidence audit evidence --url http://127.0.0.1:8787 --rpc http://127.0.0.1:8545",
    "holdfast evidence audit evidence --trusted-headers headers.json --json",
  ],
  options: {
    url: urlOption,
    rpc: { type: "string", value: "URL" },
    "trusted-block": { type: "string", value: "NUMBER:HASH", multiple: true },
    "trusted-headers": { type: "string", value: "FILE", multiple: true },
    clock: { type: "string", value: "TIME" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [folder = ""] }, { signal, texts, ...context }) => {
    const trusted = await readTrustedSources(values["trusted-block"] ?? [], values["trusted-headers"] ?? []);
    const now = values.clock === undefined ? context.now() : parseClock(values.clock, HELP);
    const asked = values.url === undefined ? undefined : await meetRelayer(values.url, { help: HELP, signal });
    const node = values.rpc === undefined ? undefined : blocksOf(values.rpc);
    try {
      const audited = await auditPromises(folder, { now, trusted, asked, readBlock: node?.readBlock, signal });
      return {
        text: auditText(audited, { now, texts, isAsked: asked !== undefined }),
        json: auditJson(audited, now),
        exitCode: exitCodeOfPromises(audited.map(({ outcome }) => outcome.status)),
      };
    } finally {
      node?.close();
    }
  },
});

/** Blocks of the reader's own node, of the chains that bundles name. */
const blocksOf = (rpcUrl: string): Readonly<{ readBlock: NonNullable<AuditSetup["readBlock"]>; close: () => void }> => {
  const chains = new Map<number, Chain>();
  return {
    readBlock: async (chainId, number) => {
      let chain = chains.get(chainId);
      if (chain === undefined) {
        chain = createChain({ rpcUrls: [rpcUrl], chainId });
        chains.set(chainId, chain);
        await requireChain(chain);
      }
      const block = await headerAt(chain, number);
      return block && { chainId, number, hash: block.hash };
    },
    close: () => {
      for (const chain of chains.values()) chain.close();
    },
  };
};
