import type { Address, Hex } from "viem";
import type { z } from "zod";
import {
  actorOf,
  clockOf,
  type DealAction,
  type DealActor,
  type DealRule,
  type DealState,
  dealTable,
  feeOf,
  nextDeadline,
  refusalOf,
} from "../core/deals.ts";
import { type Terms, termsToJson } from "../core/terms.ts";
import type { DealProjection } from "../relayer/fold.ts";
import type { dealView } from "./schemas.ts";

export type KnownDeal = Readonly<{
  id: Hex;
  terms: Terms;
  /** What the chain says; absent while the terms are registered only. */
  projection: DealProjection | undefined;
  sellerSigned: boolean;
  /** Time of the newest block. */
  asOf: number;
}>;

const BASIS_POINTS = 10_000n;

/** A deal as the API shows it: state, amounts, who can do what until when, and what happens if nobody acts. */
export const viewDeal = ({ id, terms, projection, sellerSigned, asOf }: KnownDeal): z.input<typeof dealView> => {
  const state: DealState = projection
    ? { status: projection.status, held: BigInt(projection.held), until: projection.until }
    : { status: "none", held: 0n, until: 0 };
  const owes = state.status === "none" || state.status === "deposited";
  return {
    id,
    terms: termsToJson(terms),
    status: state.status,
    amounts: {
      held: state.held.toString(),
      balanceDue: (owes ? terms.price - terms.deposit : 0n).toString(),
      coverage: terms.coverage.toString(),
      refunded: projection?.refunded ?? "0",
      fee: feeOf(state.held, terms.feeBps).toString(),
    },
    until: state.until,
    ifNobodyActs: silenceOf(state, terms),
    actions: actionsIn(state, { terms, now: asOf }),
    sellerSigned,
    tracking: projection?.tracking ?? null,
    proof: projection?.proof ?? null,
    statement: projection?.statement ?? null,
    disputedBy: projection?.disputedBy ?? null,
    fundedAt: projection?.fundedAt ?? null,
    fundingTx: projection?.fundingTx ?? null,
    outcome: projection?.outcome ?? null,
    asOf,
  };
};

const actionsIn = (state: DealState, at: { terms: Terms; now: number }) =>
  (Object.keys(dealTable) as DealAction[]).flatMap((action) => {
    const rule: DealRule = dealTable[action];
    const transition = rule.in[state.status];
    if (transition === undefined) return [];
    const clock = (name: typeof transition.from) => (name === undefined ? null : clockOf(name, at.terms, state));
    return {
      action,
      by: actorOf(action, state.status),
      who: whoIs(actorOf(action, state.status), at.terms),
      from: clock(transition.from),
      before: clock(transition.before),
      open: refusalOf(action, state, at) === undefined,
    };
  });

const whoIs = (actor: DealActor, { buyer, seller, attestor, tribunal }: Terms): Address[] =>
  ({
    buyer: [buyer],
    seller: [seller],
    attestor: [attestor],
    tribunal: [tribunal],
    party: [buyer, seller],
    both: [buyer, seller],
    anyone: [],
  })[actor];

/** Where the money goes when only the clock runs, as `Escrow` computes it. */
const silenceOf = (state: DealState, terms: Terms) => {
  const next = nextDeadline(state, terms);
  if (next === undefined) return null;
  const { toSeller, compensation } = splitBy(next.action, state, terms);
  const toBuyer = next.action === "close" ? 0n : state.held - toSeller;
  return {
    ...next,
    toBuyer: toBuyer.toString(),
    toSeller: toSeller.toString(),
    compensation: compensation.toString(),
  };
};

const splitBy = (action: DealAction, { status, held }: DealState, terms: Terms) => {
  const nothing = { toSeller: 0n, compensation: 0n };
  if (action === "release") return { ...nothing, toSeller: held };
  if (action === "lapse" && status === "deposited") return { ...nothing, toSeller: terms.earnest ? held : 0n };
  if (action === "lapse") {
    return { ...nothing, toSeller: (held * (BASIS_POINTS - BigInt(terms.silenceBps))) / BASIS_POINTS };
  }
  if (action !== "expire" || status !== "funded" || !terms.earnest) return nothing;
  return { ...nothing, compensation: terms.deposit < terms.coverage ? terms.deposit : terms.coverage };
};
