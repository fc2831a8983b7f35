import type { Address, Hex } from "viem";
import type * as z from "zod";
import {
  actorOf,
  clockOf,
  type DealAction,
  type DealActor,
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
import { type DealProjection, stateOfDeal } from "../relayer/project/deal.ts";
import type { dealView } from "../wire/schemas.ts";

export type KnownDeal = Readonly<{
  id: Hex;
  terms: Terms;
  /** What the chain says; absent while the terms are registered only. */
  projection: DealProjection | undefined;
  sellerSigned: boolean;
  /** Time of the newest block. */
  asOf: number;
}>;

/** A deal as the API shows it: state, amounts, who can do what until when, and what happens if nobody acts. */
export const viewDeal = ({ id, terms, projection, sellerSigned, asOf }: KnownDeal): z.input<typeof dealView> => {
  const state = projection ? stateOfDeal(projection) : undisputed("none");
  const owes = ["none", "deposited"].includes(stageOf(state));
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
    disputedFrom: state.disputedFrom,
    disputedAt: state.disputedAt,
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
    const transition = rule.in[placeOf(state)];
    if (transition === undefined) return [];
    const clock = (name: typeof transition.from) => (name === undefined ? null : clockOf(name, at.terms, state));
    return {
      action,
      by: actorOf(action, placeOf(state)),
      who: whoIs(actorOf(action, placeOf(state)), at.terms),
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
