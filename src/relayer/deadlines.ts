import { encodeFunctionData, keccak256, multicall3Abi, stringToHex } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import type { Chain } from "../chain/client.ts";
import type { Contracts } from "../chain/contracts.ts";
import { headerAt } from "../chain/heads.ts";
import { multicall3Address } from "../chain/multicall3.ts";
import { packTerms } from "../core/deal/termsCodec.ts";
import type { Database } from "../db/database.ts";
import { type ProjectedDeal, readDueDeals } from "../db/deals.ts";
import { enqueue, readQueuedDeadlines, reopenStale } from "../db/queue.ts";
import type { CallPayload } from "../db/tables.ts";

/** What watching deadlines works with. */
export type DeadlineOptions = Readonly<{ database: Database; chain: Chain; contracts: Contracts }>;

type Due = Readonly<{ key: string; dealId: string; call: CallPayload }>;

const LIMIT = 200;
/** Deadlines of one transaction. */
const BATCH = 50;
/**
 * Gas for one deadline of a batch, and what the escrow wants left before its last payment. All of
 * it below 2^24 (EIP-7825).
 */
const GAS_EACH = 250_000n;
const GAS_LEFT = 500_000n;
/** Seconds after which a refused call is tried again, should the deal still be due. */
const AGAIN_AFTER = 30;

const toDue = ({ id: dealId, terms, projection: { next } }: ProjectedDeal, contracts: Contracts): Due[] => {
  if (next === null) return [];
  const { action, at } = next;
  const data = encodeFunctionData({ abi: escrowAbi, functionName: action, args: [packTerms(terms)] });
  return [{ key: `deadline:${dealId}:${action}:${at}`, dealId, call: { to: contracts.escrow, data } }];
};

/**
 * One call for several deadlines; one that fails does not stop the others, and is tried alone
 * afterwards.
 */
const toBatch = (batch: readonly Due[]): CallPayload => ({
  to: multicall3Address,
  data: encodeFunctionData({
    abi: multicall3Abi,
    functionName: "aggregate3",
    args: [batch.map(({ call }) => ({ target: call.to, allowFailure: true, callData: call.data }))],
  }),
  leastGas: (GAS_EACH * BigInt(batch.length) + GAS_LEFT).toString(),
  deadlines: batch.map(({ key }) => key),
});

const hasMulticall = async (chain: Chain) =>
  (await chain.request({ method: "eth_getCode", params: [multicall3Address, "latest"] })) !== "0x";

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/**
 * Queues what anyone may do now for deals whose clock has run out by the chain's own time; once for
 * each deal, action and clock. More than one at a time go in one transaction where the chain has
 * Multicall3. Returns how many are due.
 */
export async function watchDeadlinesOnce({ database, chain, contracts }: DeadlineOptions): Promise<number> {
  const { db } = database;
  const head = await headerAt(chain, "latest");
  if (head === null) return 0;
  const deals = await readDueDeals(db, head.timestamp, LIMIT);
  const due = deals.flatMap((deal) => toDue(deal, contracts));
  if (due.length === 0) return deals.length;

  const queued = new Map(
    (
      await readQueuedDeadlines(
        db,
        due.map(({ key }) => key),
      )
    ).map((one) => [one.key, one]),
  );
  const fresh = due.filter(({ key }) => !queued.has(key));
  const isBatched = fresh.length > 1 && (await hasMulticall(chain));
  for (const batch of isBatched ? chunksOf(fresh, BATCH) : []) {
    const payload = toBatch(batch);
    const naturalKey = `deadlines:${keccak256(stringToHex(payload.deadlines!.join()))}`;
    await enqueue(db, { naturalKey, kind: "tx", payload });
  }

  const failed = due.filter(({ key }) => queued.get(key)?.inBatch === true && !queued.get(key)!.isPending);
  for (const { key, dealId, call } of isBatched ? failed : [...fresh, ...failed]) {
    await enqueue(db, { naturalKey: key, kind: "tx", payload: call, orderKey: dealId });
  }
  for (const { key, dealId, call } of due.filter(({ key }) => queued.get(key)?.inBatch === false)) {
    const { id } = await enqueue(db, { naturalKey: key, kind: "tx", payload: call, orderKey: dealId });
    await reopenStale(db, id, AGAIN_AFTER);
  }
  return deals.length;
}
