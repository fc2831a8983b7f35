import type { Hex } from "viem";
import { type BlockSource, type Check, type CheckId, compare, notChecked } from "./check.ts";
import type { VerifyOptions } from "./options.ts";

type Block = Readonly<{ chainId: number; number: number; hash: Hex }>;
type KnownBlock = Readonly<{ hash: Hex; isFinal: boolean; source: BlockSource }>;

/**
 * Whether a block of a bundle is the one that the reader's sources have under its number. A block
 * that was not final when it was collected says nothing. Where sources contradict each other, the
 * one that speaks against the bundle decides.
 */
export function checkBlock(id: CheckId, block: Block, trusted: VerifyOptions["trusted"]): Check {
  const known = blocksAt(block, trusted);
  const final = known.filter(({ isFinal }) => isFinal);
  const decisive = final.find(({ hash }) => hash !== block.hash) ?? final[0];
  if (decisive === undefined) return notChecked(id, known.length === 0 ? "needs-chain" : "not-finalized");
  const sources = final.filter(({ hash }) => hash === decisive.hash).map(({ source }) => source);
  return { ...compare(id, decisive.hash, block.hash), sources };
}

function blocksAt({ chainId, number }: Block, trusted: VerifyOptions["trusted"]): KnownBlock[] {
  const ofReader = (trusted?.blocks ?? [])
    .filter((block) => block.number === number && (block.chainId ?? chainId) === chainId)
    .map(({ hash }) => ({ hash: lowerCase(hash), isFinal: true, source: { kind: "reader" } as const }));
  const ofFiles = (trusted?.headers ?? [])
    .filter(({ file }) => file.chainId === chainId)
    .flatMap(({ name, file: { collectedAt, blocks } }) =>
      blocks
        .filter((block) => block.number === number)
        .map(({ hash, finalized, sources }) => {
          const source = { kind: "headers", name, nodes: sources, collectedAt } as const;
          return { hash, isFinal: finalized, source };
        }),
    );
  return [...ofReader, ...ofFiles];
}

function lowerCase(hash: Hex) {
  return hash.toLowerCase() as Hex;
}
