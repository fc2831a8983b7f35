import type { Address, Hex } from "viem";
import { type DealStatus, nextDeadline, undisputed } from "../../core/deal/dealTable.ts";
import type { Terms } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { StoredEvent } from "../../db/events.ts";
import type { DealOutcome, DealProjection } from "../../db/projectionStates.ts";
import type { Projection } from "../../db/projections.ts";
import { argsOf, type ProjectedEvent } from "./projector.ts";

/** The deal after an event. Throws `index-incomplete` for a deal whose funding is not indexed. */
export function projectDeal(
  key: string,
  before: DealProjection | undefined,
  event: ProjectedEvent,
): Projection<"deal"> {
  const dealId = key as Hex;
  const terms = event.terms;
  if (terms === undefined || (before === undefined && event.name !== "DealFunded")) {
    throw new ProtocolError("index-incomplete", { dealId, event: event.name });
  }
  const started = before ?? fundedDeal(dealId, terms, event);
  const changed = before === undefined ? started : { ...started, ...dealChange(event, started) };
  const deal: DealProjection = { ...changed, next: nextDeadline(changed, terms) ?? null };
  const parties = [terms.buyer, terms.seller, terms.marketplace, terms.attestor].map((party) => party.toLowerCase());
  return {
    kind: "deal",
    key: dealId,
    state: deal,
    parties: [...new Set(parties)],
    status: deal.status,
    dueAt: deal.next?.at ?? null,
    blockNumber: event.blockNumber,
  };
}

const fundedDeal = (dealId: Hex, terms: Terms, event: StoredEvent): DealProjection => ({
  dealId,
  ...undisputed(terms.deposit === terms.price ? "funded" : "deposited", terms.deposit),
  fundedAt: event.timestamp,
  fundingTx: event.txHash,
  tracking: null,
  proof: null,
  statement: null,
  disputedBy: null,
  refunded: 0n,
  outcome: null,
  next: null,
});

/** The deal one stage further; a dispute goes on, and its backstop has an event of its own. */
const advance = (before: DealProjection, to: DealStatus, { held = before.held, until = 0 } = {}) =>
  before.status === "disputed"
    ? { disputedFrom: to, held, disputedAt: to === "delivered" ? until : before.disputedAt }
    : undisputed(to, held, until);

/** Nothing is held any more; the deal is closed, or in its tail. */
const emptied = (tailUntil = "0") =>
  tailUntil === "0" ? undisputed("closed") : undisputed("released", 0n, Number(tailUntil));

/** The same when a party gave it up: a dispute goes on, about the coverage. */
const givenUp = (before: DealProjection, tailUntil: string) =>
  tailUntil === "0" ? emptied() : advance(before, "released", { held: 0n, until: Number(tailUntil) });

/** What an event says was paid to whom, and by which digests. */
type Paid = Readonly<{ toBuyer?: string; toSeller?: string; reasons?: Hex; evidence?: Hex }>;

const dealChange = (event: StoredEvent, before: DealProjection): Partial<DealProjection> => {
  const args = argsOf(event);
  // A deal that is disputed in its tail holds nothing any more: what each side got before stays
  // what it got.
  const outcome = (by: DealOutcome["by"], paid: Paid): { outcome: DealOutcome } => ({
    outcome: {
      by,
      toBuyer: (before.outcome?.toBuyer ?? 0n) + BigInt(paid.toBuyer ?? 0),
      toSeller: (before.outcome?.toSeller ?? 0n) + BigInt(paid.toSeller ?? 0),
      compensation: 0n,
      shortfall: 0n,
      reasons: paid.reasons ?? null,
      evidence: paid.evidence ?? null,
      at: event.timestamp,
      txHash: event.txHash,
    },
  });
  const refunded = (amount: string) => ({ refunded: before.refunded + BigInt(amount) });
  switch (event.name) {
    case "BalancePaid":
      return advance(before, "funded", { held: before.held + BigInt(args.amount!) });
    case "DealShipped":
      return { ...advance(before, "shipped"), tracking: args.tracking as Hex };
    case "DealDelivered":
      return { ...advance(before, "delivered", { until: Number(args.inspectionUntil) }), proof: args.proof as Hex };
    case "DealReleased":
      return { ...givenUp(before, args.tailUntil!), ...outcome("release", { toSeller: args.amount! }) };
    case "DealRefunded":
      if (args.remaining !== "0") return { held: BigInt(args.remaining!), ...refunded(args.amount!) };
      return {
        ...givenUp(before, args.tailUntil!),
        ...outcome("refund", { toBuyer: args.amount! }),
        ...refunded(args.amount!),
      };
    case "DealDisputed":
      return {
        status: "disputed",
        disputedFrom: before.status,
        until: Number(args.backstopAt),
        disputedAt: event.timestamp,
        statement: args.statement as Hex,
        disputedBy: args.by as Address,
      };
    case "BackstopMoved":
      return { until: Number(args.backstopAt) };
    case "DealExpired":
      return { ...emptied(args.tailUntil), ...outcome("expire", { toBuyer: args.refunded! }) };
    case "DealLapsed":
      return {
        ...emptied(args.tailUntil),
        ...outcome("lapse", { toBuyer: args.toBuyer!, toSeller: args.toSeller! }),
      };
    case "DealSettled":
      return { ...emptied(), ...outcome("settle", { toBuyer: args.toBuyer!, toSeller: args.toSeller! }) };
    case "DealAwarded":
      return {
        ...emptied(),
        ...outcome("award", {
          toBuyer: args.toBuyer!,
          toSeller: args.toSeller!,
          reasons: args.reasons as Hex,
          evidence: args.evidence as Hex,
        }),
      };
    case "DealCompensated": {
      const [compensation, shortfall] = [BigInt(args.compensation!), BigInt(args.shortfall!)];
      return before.outcome === null ? {} : { outcome: { ...before.outcome, compensation, shortfall } };
    }
    case "ShortfallPaid":
      return before.outcome === null ? {} : { outcome: { ...before.outcome, shortfall: BigInt(args.remaining!) } };
    case "DealClosed":
      return emptied();
    default:
      return {};
  }
};
