import { type Address, encodeFunctionData, type Hex } from "viem";
import { evidenceRegistryAbi } from "../abi/evidenceRegistry.ts";
import type { Chain } from "../chain/client.ts";
import type { Contracts } from "../chain/contracts.ts";
import { proveAnchor } from "../chain/receiptProof.ts";
import { ProtocolError } from "../core/errors.ts";
import { buildTree, pathOf, rootOf } from "../core/evidence/merkle.ts";
import type { Database } from "../db/database.ts";
import {
  type Backlog,
  readBacklog,
  readUnprovenBatches,
  saveAnchorProof,
  saveBatch,
  takeUnanchored,
} from "../db/evidence.ts";
import { enqueue, reopenStaleAnchors } from "../db/queue.ts";
import type { Log } from "./log.ts";

/** What anchoring works with, and when a batch is full. */
export type AnchorOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  log: Log;
  /** Unix seconds. */
  now: () => number;
  /** Seconds that an item may wait for others to share its batch. */
  batchSeconds: number;
  /** Items that make a batch at once. */
  batchSize: number;
}>;

/**
 * Seconds that an anchor needs from the moment its batch is sealed until a block has it, with
 * replacements and retries.
 */
export const ANCHOR_MARGIN = 120;

/**
 * Seconds after which an anchor that a node refused is tried again: nothing that was promised is
 * dropped.
 */
const AGAIN_AFTER = 30;

/**
 * Puts what waits into one tree and queues its root: tree, paths and transaction are saved
 * together, before anything is sent. Returns the root, or `undefined` when nothing waits long
 * enough.
 */
export async function sealBatchOnce(options: AnchorOptions): Promise<Hex | undefined> {
  const { database, contracts, now, batchSeconds, batchSize, log } = options;
  const backlog = await readBacklog(database.db);
  if (!isRipe(backlog, { now: now(), batchSeconds }) && backlog.count < batchSize) return undefined;
  return database.db.transaction().execute(async (tx) => {
    const items = await takeUnanchored(tx, batchSize);
    if (items.length === 0) return undefined;
    const tree = buildTree(items.map(({ leaf }) => leaf));
    const root = rootOf(tree);
    const args = [root, BigInt(items.length)] as const;
    const { id: outboxId } = await enqueue(tx, {
      naturalKey: `anchor:${root}`,
      kind: "anchor",
      payload: {
        to: contracts.registry,
        data: encodeFunctionData({ abi: evidenceRegistryAbi, functionName: "anchor", args }),
      },
    });
    const placements = items.map(({ leaf }, index) => ({ leaf, index, path: pathOf(tree, index).siblings }));
    await saveBatch(tx, { root, size: items.length, outboxId, placements });
    log.info({ root, items: items.length }, "sealed a batch");
    return root;
  });
}

// A clock that was put back makes an item's age negative and says nothing about how long it waits.
const isRipe = ({ oldest, dueBy }: Backlog, { now, batchSeconds }: { now: number; batchSeconds: number }): boolean =>
  (oldest !== null && (now < oldest || now - oldest >= batchSeconds)) ||
  (dueBy !== null && dueBy - now <= ANCHOR_MARGIN);

/**
 * Collects the receipt proof of each batch whose transaction is settled. Returns how many were
 * collected.
 */
export async function proveBatchesOnce(options: AnchorOptions, sender: Address): Promise<number> {
  const { database, chain, contracts, log } = options;
  let proven = 0;
  await reopenStaleAnchors(database.db, AGAIN_AFTER);
  for (const { root, txHash } of await readUnprovenBatches(database.db)) {
    try {
      const proof = await proveAnchor(chain, { transactionHash: txHash, registry: contracts.registry, root });
      if (await saveAnchorProof(database.db, root, { ...proof, transactionHash: txHash })) proven += 1;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      log.warn({ root, sender, code: error.code }, "no proof of an anchor yet");
    }
  }
  return proven;
}
