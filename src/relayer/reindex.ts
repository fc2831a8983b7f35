import { randomUUID } from "node:crypto";
import { type Chain, requireChain } from "../chain/client.ts";
import { type Contracts, requireContracts } from "../chain/contracts.ts";
import type { Finality } from "../chain/heads.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Database } from "../db/database.ts";
import { readCursor } from "../db/events.ts";
import { dropLeases, LEASE_SECONDS, takeLease } from "../db/leases.ts";
import { createIndexer } from "./indexer.ts";
import type { Log } from "./log.ts";

/** Which index is made anew, and from which block on. */
export type ReindexOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  finality: Finality;
  log: Log;
  /** The first block that is read again. */
  from: number;
  signal?: AbortSignal | undefined;
  /** Told after every step which block the index is whole up to. */
  onProgress?: (block: number) => void;
}>;

/**
 * Both are block numbers; `from` is lower than asked for where the index knew no block just before
 * it.
 */
export type Reindexed = Readonly<{ from: number; to: number }>;

/**
 * Makes events and projections anew from the chain. Forgetting is one transaction, and so is every
 * range of blocks that is read again: whatever stops it, the index is whole up to a block, and the
 * next relayer goes on from there.
 *
 * @throws `relayer-running` while a relayer works on the database; `index-incomplete` when events
 *   before `from` are missing too; `chain-mismatch`, `contract-missing`, `rpc-unreachable`,
 *   `rpc-refused`
 */
export async function reindex(options: ReindexOptions): Promise<Reindexed> {
  const { database, chain, contracts, from, signal, onProgress = () => {} } = options;
  await requireChain(chain);
  await requireContracts(chain, contracts);
  const owner = randomUUID();
  const hold = async () => {
    signal?.throwIfAborted();
    if (await takeLease(database.db, "index", { owner, seconds: LEASE_SECONDS })) return;
    throw new ProtocolError("relayer-running");
  };
  const indexer = createIndexer(options);
  try {
    await hold();
    const kept = await indexer.rewind(from);
    for (let to = kept; ; to = (await readCursor(database.db))?.number ?? to) {
      onProgress(to);
      await hold();
      if (!(await indexer.indexOnce())) return { from: kept + 1, to };
    }
  } finally {
    await dropLeases(database.db, owner);
  }
}
