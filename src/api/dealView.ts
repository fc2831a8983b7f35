import type * as z from "zod";
import {
  accountsOf,
  actorOf,
  clockOf,
  type DealAction,
  type DealRule,
  type DealState,
  dealTable,
  placeOf,
  refusalOf,
  stageOf,
  undisputed,
} from "../core/deal/dealTable.ts";
import { feeOf, silentCourse } from "../core/deal/payouts.ts";
import { type Terms, termsToJson } from "../core/deal/terms.ts";
import type { KnownDeal } from "../db/deals.ts";
import type { DealOutcome } from "../db/projectionStates.ts";
import type { dealView } from "../wire/schemas.ts";

type View = z.input<typeof dealView>;

/**
 * A deal as the API shows it: state, amounts, who can do what until when, and what happens if
 * nobody acts.
 */
export function viewDeal({ id, terms, projection, sellerSignature, asOf }: KnownDeal): View {
  const state = projection ?? undisputed("none");
  const owes = ["none", "deposited"].includes(stageOf(state));
  return {
    id,
    terms: termsToJson(terms),
    status: state.status,
    amounts: {
      held: state.held.toString(),
      balanceDue: (owes ? terms.price - terms.deposit : 0n).toString(),
      coverage: terms.coverage.toString(),
      refunded: (projection?.refunded ?? 0n).toString(),
      fee: feeOf(state.held, terms.feeBps).toString(),
    },
    until: state.until,
    disputedFrom: state.disputedFrom,
    disputedAt: state.disputedAt,
    ifNobodyActs: silenceOf(state, terms),
    actions: actionsIn(state, { terms, now: asOf }),
    sellerSigned: sellerSignature !== null,
    tracking: projection?.tracking ?? null,
    proof: projection?.proof ?? null,
    statement: projection?.statement ?? null,
    disputedBy: projection?.disputedBy ?? null,
    fundedAt: projection?.fundedAt ?? null,
    fundingTx: projection?.fundingTx ?? null,
    outcome: projection?.outcome ? viewOutcome(projection.outcome) : null,
    asOf,
  };
}

/** How a deal's money left, as the API shows it. */
export function viewOutcome(outcome: DealOutcome): NonNullable<View["outcome"]> {
  return {
    ...outcome,
    toBuyer: outcome.toBuyer.toString(),
    toSeller: outcome.toSeller.toString(),
    compensation: outcome.compensation.toString(),
    shortfall: outcome.shortfall.toString(),
  };
}

const actionsIn = (state: DealState, at: { terms: Terms; now: number }) =>
  (Object.keys(dealTable) as DealAction[]).flatMap((action) => {
    const rule: DealRule = dealTable[action];
    const transition = rule.in[placeOf(state)];
    if (transition === undefined) return [];
    const clock = (name: typeof transition.from) => (name === undefined ? null : clockOf(name, at.terms, state));
    const by = actorOf(action, placeOf(state));
    return {
      action,
      by,
      who: [...accountsOf(by, at.terms)],
      from: clock(transition.from),
      before: clock(transition.before),
      open: refusalOf(action, state, at) === undefined,
    };
  });

/** Where the money goes when only the clock runs. */
const silenceOf = (state: DealState, terms: Terms) =>
  silentCourse(state, terms).map(({ action, at, payout, state: after }) => ({
    action,
    at,
    toBuyer: payout.toBuyer.toString(),
    toSeller: payout.toSeller.toString(),
    compensation: payout.compensation.toString(),
    status: after.status,
  }));
