import type { Hex } from "viem";
import type { Chain } from "./client.ts";

/** What the indexer needs of a block header; `timestamp` in Unix seconds. */
export type Header = Readonly<{ number: number; hash: Hex; parentHash: Hex; timestamp: number; logsBloom: Hex }>;

/**
 * When a block counts as settled: `tags` believes the chain's own `safe` and `finalized`; a number
 * of confirmations (0 = as soon as mined) is for chains without them.
 */
export type Finality = "tags" | Readonly<{ safe: number; final: number }>;

/** The newest block, and the numbers of the newest safe and the newest final one. */
export type Heads = Readonly<{ latest: Header; safe: number; final: number }>;

/** The header of a block by number or tag; `null` where the node has none. */
export async function headerAt(chain: Chain, at: number | "latest" | "safe" | "finalized"): Promise<Header | null> {
  const tag = typeof at === "number" ? (`0x${at.toString(16)}` as const) : at;
  const block = await chain.request({ method: "eth_getBlockByNumber", params: [tag, false] });
  if (block?.hash == null || block.number == null) return null;
  return {
    number: Number(block.number),
    hash: block.hash,
    parentHash: block.parentHash,
    timestamp: Number(block.timestamp),
    logsBloom: block.logsBloom ?? "0x",
  };
}

/** The newest block and the highest settled ones; -1 where none is. */
export async function readHeads(chain: Chain, finality: Finality): Promise<Heads | null> {
  if (finality !== "tags") {
    const latest = await headerAt(chain, "latest");
    return latest && { latest, safe: latest.number - finality.safe, final: latest.number - finality.final };
  }
  const [latest, safe, final] = await Promise.all([
    headerAt(chain, "latest"),
    headerAt(chain, "safe"),
    headerAt(chain, "finalized"),
  ]);
  return latest && { latest, safe: safe?.number ?? -1, final: final?.number ?? -1 };
}
