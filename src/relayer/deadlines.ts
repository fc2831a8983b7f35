import { encodeFunctionData } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import type { Chain } from "../chain/client.ts";
import type { Contracts } from "../chain/contracts.ts";
import { headerAt } from "../chain/heads.ts";
import { type DeadlineAction, deadlineActions } from "../core/deals.ts";
import { packTerms } from "../core/termsCodec.ts";
import type { Database } from "../store/database.ts";
import { enqueue, reopenStale } from "../store/outbox.ts";
import { readDueDeals } from "../store/projections.ts";
import { type DealProjection, termsOfDeal } from "./fold.ts";

export type DeadlineOptions = Readonly<{ database: Database; chain: Chain; contracts: Contracts }>;

const LIMIT = 200;
/** Seconds after which a refused call is tried again, should the deal still be due. */
const AGAIN_AFTER = 30;

const isDeadlineAction = (action: string): action is DeadlineAction =>
  (deadlineActions as readonly string[]).includes(action);

/**
 * Queues what anyone may do now for deals whose clock has run out by the chain's own time; once for each deal, action and
 * clock. Returns how many are due.
 */
export const watchDeadlinesOnce = async ({ database, chain, contracts }: DeadlineOptions): Promise<number> => {
  const head = await headerAt(chain, "latest");
  if (head === null) return 0;
  const due = await readDueDeals(database.db, head.timestamp, LIMIT);
  for (const { state } of due) {
    const deal = state as unknown as DealProjection;
    const action = deal.next?.action;
    if (action === undefined || !isDeadlineAction(action)) continue;
    const args = [packTerms(termsOfDeal(deal))] as const;
    const { id, isNew } = await enqueue(database.db, {
      naturalKey: `deadline:${deal.dealId}:${action}:${deal.next?.at}`,
      kind: "tx",
      payload: { to: contracts.escrow, data: encodeFunctionData({ abi: escrowAbi, functionName: action, args }) },
      orderKey: deal.dealId,
    });
    if (!isNew) await reopenStale(database.db, id, AGAIN_AFTER);
  }
  return due.length;
};
