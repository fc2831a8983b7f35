import { ProtocolError } from "../errors.ts";
import {
  type DealAction,
  type DealStage,
  type DealState,
  disputableUntil,
  nextDeadline,
  refusalOf,
  stageOf,
  undisputed,
} from "./dealTable.ts";
import type { Terms } from "./terms.ts";

/** What leaves the escrow for one deal in one step, in minor units of its token. */
export type Payout = {
  readonly toBuyer: bigint;
  /** Before the marketplace's fee. */
  readonly toSeller: bigint;
  /** From the seller's coverage to the buyer, beyond `toBuyer`. */
  readonly compensation: bigint;
  /** What the seller owes beyond the coverage. */
  readonly shortfall: bigint;
};

/** A division of what is held. */
export type Split = { readonly toBuyer: bigint; readonly toSeller: bigint; readonly compensation: bigint };

/** One call of the escrow about a deal that exists, with the arguments that matter to its money. */
export type DealCall =
  | { readonly action: Exclude<DealAction, "fund" | "refund" | "settle" | "award" | "extendBackstop"> }
  | { readonly action: "refund"; readonly amount: bigint }
  | ({ readonly action: "settle" | "award" } & Split)
  | { readonly action: "extendBackstop"; readonly until: number };

/** Where a call leads and what it pays. */
export type DealStep = { readonly state: DealState; readonly payout: Payout };

/** The moment of a call: terms, and the time of its block in Unix seconds. */
export type Moment = { readonly terms: Terms; readonly now: number };

const nothing: Payout = { toBuyer: 0n, toSeller: 0n, compensation: 0n, shortfall: 0n };
const closed = undisputed("closed");

/**
 * The marketplace's part of what the seller gets: basis points of it, rounded down. Minor units.
 *
 * @example feeOf(40_000n, 250) // 1000n
 */
export function feeOf(toSeller: bigint, feeBps: number): bigint {
  return (toSeller * BigInt(feeBps)) / 10_000n;
}

/**
 * What each side gets when the tribunal stays silent on a dispute after delivery. The seller's part
 * rounds down.
 *
 * @example silenceSplit(101n, 5_000) // { toBuyer: 51n, toSeller: 50n }
 */
export function silenceSplit(held: bigint, silenceBps: number) {
  const toSeller = (held * BigInt(10_000 - silenceBps)) / 10_000n;
  return { toBuyer: held - toSeller, toSeller };
}

/**
 * What the seller owes beyond a refund who took earnest money and did not ship: as much again,
 * always covered. Minor units.
 *
 * @example earnestOwed({ earnest: true, deposit: 8_000n }) // 8000n
 */
export function earnestOwed(terms: Pick<Terms, "earnest" | "deposit">): bigint {
  return terms.earnest ? terms.deposit : 0n;
}

/**
 * State after funding.
 *
 * @example fundedState({ ...terms, deposit: terms.price }).status // "funded"
 */
export function fundedState(terms: Terms): DealState {
  return undisputed(terms.deposit === terms.price ? "funded" : "deposited", terms.deposit);
}

const isShipped = (state: DealState) => ["shipped", "delivered"].includes(stageOf(state));

/**
 * The deal one stage further, with `until` as its clock where the terms state none. A dispute goes
 * on, and its tribunal has the backstop after the new clock, which never moves to an earlier
 * second. A dispute about delivered goods waits for the inspection: the time to answer starts at
 * its end.
 */
const advance = (
  state: DealState,
  to: DealStage,
  { terms }: Moment,
  { held = state.held, until = 0 } = {},
): DealState => {
  const further = undisputed(to, held, until);
  if (state.status !== "disputed") return further;
  return {
    status: "disputed",
    disputedFrom: to,
    held,
    until: Math.max(state.until, disputableUntil(further, terms) + terms.backstop),
    disputedAt: to === "delivered" ? until : state.disputedAt,
  };
};

const dispute = (state: DealState, { terms, now }: Moment): DealState => ({
  status: "disputed",
  disputedFrom: state.status,
  held: state.held,
  // Counted from the end of the window: who disputes early takes from nobody the time to be heard.
  until: disputableUntil(state, terms) + terms.backstop,
  disputedAt: now,
});

/**
 * The tail after `start`, or the end of a deal without coverage. A dispute in which a party gave in
 * goes on, about the coverage.
 */
const leaveTail = (state: DealState, moment: Moment, start: number): DealState =>
  moment.terms.coverage === 0n
    ? closed
    : advance(state, "released", moment, { held: 0n, until: start + moment.terms.tail });

/** A deposit that the buyer gives away ends the deal, as one that is forfeited. */
const release = (state: DealState, moment: Moment): DealStep => ({
  state: stageOf(state) === "deposited" ? closed : leaveTail(state, moment, moment.now),
  payout: { ...nothing, toSeller: state.held },
});

const giveBack = (state: DealState, moment: Moment, { isExpiry }: { isExpiry: boolean }): DealStep => {
  const compensation = isShipped(state) ? 0n : earnestOwed(moment.terms);
  // Giving in to a dispute does not escape an award beyond the price.
  const hasTail = isShipped(state) || (!isExpiry && state.status === "disputed" && compensation === 0n);
  // What is still on its way can be looked at once it arrived.
  const tailStart = stageOf(state) === "shipped" ? Math.max(moment.now, moment.terms.deliverBy) : moment.now;
  return {
    state: hasTail ? leaveTail(state, moment, tailStart) : closed,
    payout: { ...nothing, toBuyer: state.held, compensation },
  };
};

const forfeitDeposit = (state: DealState, { terms }: Moment): DealStep => ({
  state: closed,
  payout: terms.earnest ? { ...nothing, toSeller: state.held } : { ...nothing, toBuyer: state.held },
});

const lapse = (state: DealState, moment: Moment): DealStep => {
  const overtaken = undisputed(stageOf(state), state.held);
  switch (stageOf(state)) {
    case "deposited":
      return forfeitDeposit(state, moment);
    case "delivered":
      return {
        state: leaveTail(overtaken, moment, moment.now),
        payout: { ...nothing, ...silenceSplit(state.held, moment.terms.silenceBps) },
      };
    case "released":
      return { state: closed, payout: nothing };
    default:
      return giveBack(overtaken, moment, { isExpiry: true });
  }
};

const refund = (state: DealState, amount: bigint, moment: Moment): DealStep => {
  const refused = (why: string) => new ProtocolError("action-refused", { action: "refund", status: state.status, why });
  if (amount === 0n) throw refused("amount-zero");
  if (amount > state.held) throw refused("exceeds-held");
  if (amount === state.held) return giveBack(state, moment, { isExpiry: false });
  if (state.status === "deposited" || state.status === "disputed") throw refused("not-whole");
  return { state: { ...state, held: state.held - amount }, payout: { ...nothing, toBuyer: amount } };
};

const divide = (state: DealState, { action, ...split }: { action: "settle" | "award" } & Split, { terms }: Moment) => {
  if (split.toBuyer + split.toSeller !== state.held) {
    throw new ProtocolError("amounts-do-not-sum", {
      sum: (split.toBuyer + split.toSeller).toString(),
      held: state.held.toString(),
    });
  }
  const isCovered = split.compensation <= terms.coverage;
  if (action === "settle" && !isCovered) {
    throw new ProtocolError("coverage-exceeds-bond", {
      coverage: split.compensation.toString(),
      available: terms.coverage.toString(),
    });
  }
  // A debt is recorded only against a seller who signed the terms or acted on them.
  const isAnswerable = terms.coverage !== 0n || isShipped(state);
  const compensation = isCovered ? split.compensation : terms.coverage;
  const shortfall = isAnswerable ? split.compensation - compensation : 0n;
  return { state: closed, payout: { ...split, compensation, shortfall } };
};

/**
 * What a call does to a deal, and who gets what: the escrow's money rules, said once for commands,
 * API, screens and relayer. The conformance test holds the contract to it.
 *
 * @throws ProtocolError `action-refused` where {@link refusalOf} says why, or a refund is not
 *   possible in this amount; `amounts-do-not-sum`; `coverage-exceeds-bond` for a settlement beyond
 *   the coverage.
 * @example stepOf({ action: "confirm" }, state, { terms, now }).payout.toSeller // state.held
 */
export function stepOf(call: DealCall, state: DealState, moment: Moment): DealStep {
  const why = refusalOf(call.action, state, moment);
  if (why !== undefined) {
    throw new ProtocolError("action-refused", { action: call.action, status: state.status, why });
  }
  switch (call.action) {
    case "payBalance":
      return { state: advance(state, "funded", moment, { held: moment.terms.price }), payout: nothing };
    case "ship":
      return { state: advance(state, "shipped", moment), payout: nothing };
    case "deliver":
      return {
        state: advance(state, "delivered", moment, { until: moment.now + moment.terms.inspection }),
        payout: nothing,
      };
    case "confirm":
    case "release":
      return release(state, moment);
    case "refund":
      return refund(state, call.amount, moment);
    case "expire":
      return giveBack(state, moment, { isExpiry: true });
    case "lapse":
      return lapse(state, moment);
    case "close":
      return { state: closed, payout: nothing };
    case "dispute":
      return { state: dispute(state, moment), payout: nothing };
    case "settle":
    case "award":
      return divide(state, call, moment);
    case "extendBackstop":
      return { state: { ...state, until: call.until }, payout: nothing };
  }
}

/** One deadline that passes with everybody silent. */
export type SilentStep = DealStep & { readonly action: DealAction; readonly at: number };

/**
 * What happens when from now on nobody acts but by calling what each deadline allows, at its
 * second: every step to the end.
 *
 * @example silentCourse(fundedState(terms), terms) // [{ action: "expire", at: terms.shipBy, ... }]
 */
export function silentCourse(state: DealState, terms: Terms): readonly SilentStep[] {
  const next = nextDeadline(state, terms);
  if (next === undefined) return [];
  const step = stepOf({ action: next.action }, state, { terms, now: next.at });
  return [{ ...next, ...step }, ...silentCourse(step.state, terms)];
}
