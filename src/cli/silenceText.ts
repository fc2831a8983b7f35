import type { DealState } from "../core/deal/dealTable.ts";
import { feeOf, type Payout, type SilentStep, silentCourse } from "../core/deal/payouts.ts";
import type { Terms } from "../core/deal/terms.ts";
import { formatAmount, formatTime, type Unit } from "./units.ts";

type Reading = { readonly terms: Terms; readonly unit: Unit };

/** What a payout gives to whom, in words; empty where nothing moves. */
export const payoutText = (
  { toBuyer, toSeller, compensation, shortfall }: Payout,
  { terms, unit }: Reading,
): string => {
  const money = (amount: bigint) => formatAmount(amount, unit);
  const fee = feeOf(toSeller, terms.feeBps);
  return [
    ...(toBuyer > 0n ? [`the buyer gets ${money(toBuyer)}`] : []),
    ...(compensation > 0n ? [`the buyer gets ${money(compensation)} more from the seller's bond`] : []),
    ...(toSeller > 0n ? [`the seller gets ${money(toSeller - fee)}`] : []),
    ...(fee > 0n ? [`the marketplace gets ${money(fee)}`] : []),
    ...(shortfall > 0n ? [`the seller owes the buyer ${money(shortfall)}`] : []),
  ].join(", ");
};

/** What one deadline does when everybody is silent, in words. `before` is the state in which it passes. */
const silentStepText = (step: SilentStep, before: DealState, reading: Reading): string => {
  const paid = payoutText(step.payout, reading);
  const { status, until } = step.state;
  return [
    ...(before.status === "disputed" ? ["the dispute ends undecided"] : []),
    ...(paid === "" ? [] : [paid]),
    ...(status === "released" ? [`claims on the seller's bond stay open until ${formatTime(until)}`] : []),
    ...(status === "closed" && paid === "" ? ["the seller's coverage is free again"] : []),
  ].join("; ");
};

/** Everything that happens from a state on when nobody acts: each deadline's second with what it does. */
export const silenceRows = (state: DealState, reading: Reading): (readonly [time: string, what: string])[] => {
  const steps = silentCourse(state, reading.terms);
  return steps.map((step, index) => {
    const before = index === 0 ? state : steps[index - 1]!.state;
    return [formatTime(step.at), silentStepText(step, before, reading)];
  });
};
