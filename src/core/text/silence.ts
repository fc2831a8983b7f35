import type { DealState } from "../deal/dealTable.ts";
import { feeOf, type Payout, type SilentStep, silentCourse } from "../deal/payouts.ts";
import type { Terms } from "../deal/terms.ts";
import type { Row } from "./sections.ts";
import type { Texts } from "./texts.ts";
import { formatAmount, formatTime, type Unit } from "./units.ts";

/** What is needed to say what happens to a deal's money. */
export type Reading = Readonly<{ terms: Terms; unit: Unit; texts: Pick<Texts, "deal"> }>;

/** What a payout gives to whom, in words; empty where nothing moves. */
export function payoutText(
  { toBuyer, toSeller, compensation, shortfall }: Payout,
  { terms, unit, texts }: Reading,
): string {
  const { payout: say } = texts.deal;
  const money = (amount: bigint) => formatAmount(amount, unit);
  const fee = feeOf(toSeller, terms.feeBps);
  return [
    ...(toBuyer > 0n ? [say.toBuyer(money(toBuyer))] : []),
    ...(compensation > 0n ? [say.compensation(money(compensation))] : []),
    ...(toSeller > 0n ? [say.toSeller(money(toSeller - fee))] : []),
    ...(fee > 0n ? [say.fee(money(fee))] : []),
    ...(shortfall > 0n ? [say.shortfall(money(shortfall))] : []),
  ].join(say.separator);
}

/** Everything that happens from a state on when nobody acts: each deadline with what it does. */
export function silenceRows(state: DealState, reading: Reading): Row[] {
  const steps = silentCourse(state, reading.terms);
  return steps.map((step, index) => {
    const before = index === 0 ? state : steps[index - 1]!.state;
    return [formatTime(step.at), silentStepText(step, before, reading)];
  });
}

/** What one deadline does when everybody is silent. `before` is the state in which it passes. */
function silentStepText(step: SilentStep, before: DealState, reading: Reading): string {
  const { silence: say } = reading.texts.deal;
  const paid = payoutText(step.payout, reading);
  const { status, until } = step.state;
  return [
    ...(before.status === "disputed" ? [say.undecided] : []),
    ...(paid === "" ? [] : [paid]),
    ...(status === "released" ? [say.tailUntil(formatTime(until))] : []),
    ...(status === "closed" && paid === "" ? [say.coverageFree] : []),
  ].join(say.separator);
}
