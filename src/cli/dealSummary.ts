import { zeroAddress } from "viem";
import { feeOf } from "../core/deals.ts";
import { visible } from "../core/visible.ts";
import { type DealFile, readingUnit } from "./dealFile.ts";
import { columns } from "./help.ts";
import { formatAmount, formatDuration, formatPercent, formatTime } from "./units.ts";

/** What both sides agree on, in words: who pays what, by when, and what happens if nobody acts. */
export const dealSummary = (deal: DealFile): string => {
  const { terms, panel, domain } = deal;
  const unit = readingUnit(deal);
  const symbol = visible(unit.symbol);
  const money = (amount: bigint) => formatAmount(amount, unit);
  const isPaidAtOnce = terms.deposit === terms.price;
  const fee = feeOf(terms.price, terms.feeBps);
  const silent = terms.silenceBps;
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
        : ["claims after it", `${formatDuration(terms.tail)} from release, on the seller's bond`],
    ]),
    "If nobody acts",
    rows([
      ["not funded", "nothing happens; these terms can never be funded later"],
      isPaidAtOnce
        ? undefined
        : [
            "balance not paid",
            terms.earnest ? "the seller keeps the earnest money" : "the buyer gets the deposit back",
          ],
      [
        "not shipped",
        terms.earnest
          ? "the buyer gets everything back, and the earnest money again from the bond"
          : "the buyer gets everything back",
      ],
      ["not delivered", "the buyer gets everything back"],
      ["not confirmed", "the seller is paid when the inspection ends"],
      [
        "dispute, silence",
        `${formatDuration(terms.backstop)} after the dispute: ${formatPercent(silent)} to the buyer, ${formatPercent(10_000 - silent)} to the seller`,
      ],
    ]),
  ].join("\n\n");
};
