import type { Address, Hex } from "viem";
import {
  type DealAction,
  type DealState,
  type DealStatus,
  nextDeadline,
  undisputed,
} from "../../core/deal/dealTable.ts";
import { type Terms, type TermsJson, termsSchema, termsToJson } from "../../core/deal/terms.ts";
import { unpackTerms } from "../../core/deal/unpackTerms.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { StoredEvent } from "../../db/events.ts";
import { argsOf, type ProjectedEvent, type ProjectionOf } from "./projector.ts";

/** How a deal's money left, in minor units of its token. */
type DealOutcome = Readonly<{
  by: "release" | "refund" | "expire" | "lapse" | "settle" | "award";
  toBuyer: string;
  /** Before the marketplace's fee. */
  toSeller: string;
  compensation: string;
  shortfall: string;
  /** Digest of the tribunal's reasons and root of the evidence that it judged, when one awarded. */
  reasons: Hex | null;
  evidence: Hex | null;
  at: number;
  txHash: Hex;
}>;

/** A deal as the chain's events tell it. Amounts are decimal strings, times Unix seconds. */
export type DealProjection = Readonly<{
  dealId: Hex;
  terms: TermsJson;
  status: DealStatus;
  held: string;
  /** The stage of a disputed deal, which moves on while the parties perform; `none` without a dispute. */
  disputedFrom: DealStatus;
  /** End of the running inspection, tail or backstop; 0 where the terms state the clock. */
  until: number;
  disputedAt: number;
  fundedAt: number;
  fundingTx: Hex;
  tracking: Hex | null;
  proof: Hex | null;
  statement: Hex | null;
  disputedBy: Address | null;
  refunded: string;
  outcome: DealOutcome | null;
  /** What anyone may do once time allows it, and from when; null when nothing is left to do. */
  next: Readonly<{ action: DealAction; at: number }> | null;
}>;

/** The terms that a funding event carries. */
export const fundedTerms = (event: Pick<StoredEvent, "args">): Terms =>
  unpackTerms((event.args as { terms: { words: readonly Hex[] } }).terms);

/** The deal after an event. Throws `index-incomplete` for a deal whose funding is not indexed. */
export function projectDeal(
  key: string,
  before: DealProjection | undefined,
  event: ProjectedEvent,
): ProjectionOf<"deal", DealProjection> {
  const dealId = key as Hex;
  const terms = event.terms;
  if (terms === undefined || (before === undefined && event.name !== "DealFunded")) {
    throw new ProtocolError("index-incomplete", { dealId, event: event.name });
  }
  const started = before ?? fundedDeal(dealId, terms, event);
  const changed = before === undefined ? started : { ...started, ...dealChange(event, started) };
  const deal: DealProjection = { ...changed, next: nextDeadline(stateOfDeal(changed), terms) ?? null };
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

/** Where a projected deal stands. */
export const stateOfDeal = (deal: DealProjection): DealState => ({
  status: deal.status,
  disputedFrom: deal.disputedFrom,
  held: BigInt(deal.held),
  until: deal.until,
  disputedAt: deal.disputedAt,
});

/** The terms of a projected deal in code. */
export const termsOfDeal = (deal: DealProjection): Terms => termsSchema.parse(deal.terms);

const fundedDeal = (dealId: Hex, terms: Terms, event: StoredEvent): DealProjection => ({
  dealId,
  terms: termsToJson(terms),
  ...storedState(undisputed(terms.deposit === terms.price ? "funded" : "deposited", terms.deposit)),
  fundedAt: event.timestamp,
  fundingTx: event.txHash,
  tracking: null,
  proof: null,
  statement: null,
  disputedBy: null,
  refunded: "0",
  outcome: null,
  next: null,
});

/** A state as a projection keeps it. */
const storedState = (state: DealState) => ({ ...state, held: state.held.toString() });

/** The deal one stage further; a dispute goes on, and its backstop has an event of its own. */
const advance = (before: DealProjection, to: DealStatus, { held = BigInt(before.held), until = 0 } = {}) =>
  before.status === "disputed"
    ? { disputedFrom: to, held: held.toString(), disputedAt: to === "delivered" ? until : before.disputedAt }
    : storedState(undisputed(to, held, until));

/** Nothing is held any more; the deal is closed, or in its tail. */
const emptied = (tailUntil = "0") =>
  tailUntil === "0" ? storedState(undisputed("closed")) : storedState(undisputed("released", 0n, Number(tailUntil)));

/** The same when a party gave it up: a dispute goes on, about the coverage. */
const givenUp = (before: DealProjection, tailUntil: string) =>
  tailUntil === "0" ? emptied() : advance(before, "released", { held: 0n, until: Number(tailUntil) });

const dealChange = (event: StoredEvent, before: DealProjection): Partial<DealProjection> => {
  const args = argsOf(event);
  // A deal that is disputed in its tail holds nothing any more: what each side got before stays what it got.
  const outcome = (by: DealOutcome["by"], amounts: Partial<DealOutcome>): { outcome: DealOutcome } => ({
    outcome: {
      by,
      toBuyer: (BigInt(before.outcome?.toBuyer ?? 0) + BigInt(amounts.toBuyer ?? 0)).toString(),
      toSeller: (BigInt(before.outcome?.toSeller ?? 0) + BigInt(amounts.toSeller ?? 0)).toString(),
      compensation: "0",
      shortfall: "0",
      reasons: amounts.reasons ?? null,
      evidence: amounts.evidence ?? null,
      at: event.timestamp,
      txHash: event.txHash,
    },
  });
  const refunded = (amount: string) => ({ refunded: (BigInt(before.refunded) + BigInt(amount)).toString() });
  switch (event.name) {
    case "BalancePaid":
      return advance(before, "funded", { held: BigInt(before.held) + BigInt(args.amount!) });
    case "DealShipped":
      return { ...advance(before, "shipped"), tracking: args.tracking as Hex };
    case "DealDelivered":
      return { ...advance(before, "delivered", { until: Number(args.inspectionUntil) }), proof: args.proof as Hex };
    case "DealReleased":
      return { ...givenUp(before, args.tailUntil!), ...outcome("release", { toSeller: args.amount! }) };
    case "DealRefunded":
      if (args.remaining !== "0") return { held: args.remaining!, ...refunded(args.amount!) };
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
      const { compensation, shortfall } = args as { compensation: string; shortfall: string };
      return before.outcome === null ? {} : { outcome: { ...before.outcome, compensation, shortfall } };
    }
    case "ShortfallPaid":
      return before.outcome === null ? {} : { outcome: { ...before.outcome, shortfall: args.remaining! } };
    case "DealClosed":
      return emptied();
    default:
      return {};
  }
};
