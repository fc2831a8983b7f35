import { zeroAddress } from "viem";
import { type DealState, undisputed } from "../core/deal/dealTable.ts";
import {
  earnestOwed,
  feeOf,
  fundedState,
  type Payout,
  silenceSplit,
  silentCourse,
  stepOf,
} from "../core/deal/payouts.ts";
import type { Terms } from "../core/deal/terms.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import { type DealFile, readingUnit } from "./dealFile.ts";
import { payoutText } from "./silenceText.ts";
import { columns } from "./terminal/columns.ts";
import { formatAmount, formatDuration, formatPercent, formatTime, type Unit } from "./units.ts";

/** What both sides agree on, in words: who pays what, by when, and what happens if nobody acts. */
export const dealSummary = (deal: DealFile): string => {
  const { terms, panel, domain } = deal;
  const unit = readingUnit(deal);
  const symbol = escapeInvisible(unit.symbol);
  const money = (amount: bigint) => formatAmount(amount, unit);
  const isPaidAtOnce = terms.deposit === terms.price;
  const fee = feeOf(terms.price, terms.feeBps);
  const rows = (pairs: readonly (readonly [string, string] | undefined)[]) =>
    columns(pairs.filter((pair) => pair !== undefined));
  return [
    `Deal ${deal.id}`,
    rows([
      ["buyer", terms.buyer],
      ["seller", terms.seller],
      ["attests delivery", terms.attestor],
      terms.marketplace === zeroAddress ? undefined : ["marketplace", terms.marketplace],
      ["token", terms.token === zeroAddress ? `native currency (${symbol})` : `${terms.token} (${symbol})`],
      ["escrow", `${domain.escrow} on chain ${domain.chainId}`],
      ["tribunal", terms.tribunal],
      panel === null
        ? ["rules", terms.rules]
        : [
            "panel",
            `${panel.threshold} of ${panel.arbitrators.length} arbitrators decide: ${panel.arbitrators.join(", ")}`,
          ],
      panel === null
        ? undefined
        : [
            "",
            `not before ${formatDuration(panel.answerWindow)} after the dispute, or after the inspection when the goods arrive during it, so that the other side can answer`,
          ],
      ["order", `document with SHA-256 ${terms.order.slice(2)}`],
    ]),
    "Who pays what",
    rows([
      ["price", money(terms.price)],
      isPaidAtOnce
        ? ["buyer pays", `${money(terms.price)} before ${formatTime(terms.fundBy)}`]
        : [
            "buyer pays",
            `${money(terms.deposit)}${terms.earnest ? " as earnest money" : ""} before ${formatTime(terms.fundBy)}, then ${money(terms.price - terms.deposit)} before ${formatTime(terms.balanceBy)}`,
          ],
      ["seller gets", `${money(terms.price - fee)} when all goes well`],
      fee === 0n && terms.feeBps === 0
        ? undefined
        : ["marketplace gets", `${money(fee)} of that price (${formatPercent(terms.feeBps)} of what the seller gets)`],
      terms.coverage === 0n
        ? ["seller's bond", "promises nothing to this deal"]
        : [
            "seller's bond",
            `${money(terms.coverage)} of it is set aside for this deal; the seller must sign the terms`,
          ],
    ]),
    "When",
    rows([
      ["ship before", formatTime(terms.shipBy)],
      ["delivery before", formatTime(terms.deliverBy)],
      ["inspection", `${formatDuration(terms.inspection)} from delivery: the buyer confirms or disputes`],
      terms.coverage === 0n
        ? undefined
        : [
            "claims after it",
            `${formatDuration(terms.tail)} from release or refund, on the seller's bond; for goods on their way from the end of their time to arrive`,
          ],
    ]),
    "If nobody acts",
    rows(silenceOf(deal.terms, unit)),
    "If there is a dispute and nobody decides it",
    rows(undecidedOf(deal.terms, unit)),
  ].join("\n\n");
};

type Row = readonly [string, string];

/** Who gets what at each deadline that passes in silence, as `core/deal/payouts` computes it. */
const silenceOf = (terms: Terms, unit: Unit): Row[] => {
  const reading = { terms, unit };
  const tail = terms.coverage === 0n ? "" : `; claims on the bond stay open for ${formatDuration(terms.tail)}`;
  const firstOf = (state: DealState): string => {
    const [step] = silentCourse(state, terms);
    return step === undefined ? "nothing happens" : payoutText(step.payout, reading) + tailOf(step.state);
  };
  const tailOf = (state: DealState) => (state.status === "released" ? tail : "");
  const start = fundedState(terms);
  const paid = undisputed("funded", terms.price);
  const rows: Row[] = [["not funded", "nothing happens; these terms can never be funded later"]];
  if (start.status === "deposited") rows.push(["balance not paid", firstOf(start)]);
  rows.push(["not shipped", firstOf(paid)]);
  if (earnestOwed(terms) > 0n) {
    const refund: Payout = stepOf({ action: "refund", amount: terms.price }, paid, { terms, now: terms.fundBy }).payout;
    rows.push(["", `if the seller gives up before shipping, the same: ${payoutText(refund, reading)}`]);
  }
  rows.push(
    ["not delivered", firstOf(undisputed("shipped", terms.price))],
    ["not confirmed", firstOf(undisputed("delivered", terms.price, terms.deliverBy + terms.inspection))],
  );
  return rows;
};

/** What a dispute changes that nobody decides: nothing, but for the share after delivery. */
const undecidedOf = (terms: Terms, unit: Unit): Row[] => {
  const { toBuyer, toSeller } = silenceSplit(terms.price, terms.silenceBps);
  const split = payoutText({ toBuyer, toSeller, compensation: 0n, shortfall: 0n }, { terms, unit });
  const share = `${formatPercent(terms.silenceBps)} to the buyer, ${formatPercent(10_000 - terms.silenceBps)} to the seller`;
  const hasTail = terms.coverage > 0n;
  const rows: Row[] = [
    [
      "anyone ends it",
      `${formatDuration(terms.backstop)} after the time to pay, ship, deliver, inspect or claim that runs is over, or later if the arbitrators extend it`,
    ],
    ["before delivery", "nothing changes but the time: what is written above happens then"],
    ["after delivery", `the share that both sides agree to here: ${share}. Of the whole price ${split}`],
  ];
  if (hasTail) {
    rows.push([
      "afterwards",
      `claims on the bond stay open for ${formatDuration(terms.tail)}; a dispute about them that nobody decides changes nothing`,
    ]);
  }
  return rows;
};
