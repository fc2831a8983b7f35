import { type Hex, zeroAddress } from "viem";
import { type DealState, undisputed } from "../deal/dealTable.ts";
import type { Panel } from "../deal/panel.ts";
import { earnestOwed, feeOf, fundedState, silenceSplit, silentCourse, stepOf } from "../deal/payouts.ts";
import type { EscrowDomain, Terms } from "../deal/terms.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Row, Section } from "./sections.ts";
import { payoutText, type Reading } from "./silence.ts";
import type { Texts } from "./texts.ts";
import { formatAmount, formatDuration, formatPercent, formatTime, readableUnit, type Unit } from "./units.ts";

/** A deal with what is known about it: `unit` and `panel` are null where nothing says them. */
export type DescribedDeal = Readonly<{
  id: Hex;
  domain: EscrowDomain;
  terms: Terms;
  unit: Unit | null;
  panel: Panel | null;
}>;

type Words = Pick<Texts, "deal" | "units">;
type Summary = Readonly<{ terms: Terms; unit: Unit; texts: Words }>;

/**
 * What both sides agree on, in words: who pays what, by when, and what happens if nobody acts.
 *
 * @example dealSummary(deal, textsIn("zh")).map(({ title }) => title)
 */
export function dealSummary({ id, domain, terms, unit, panel }: DescribedDeal, texts: Words): Section[] {
  const summary = { terms, unit: readableUnit(unit, texts.units), texts };
  const { deal: say } = texts;
  return [
    { title: say.title(id), rows: [...partyRows(summary, domain), ...tribunalRows(summary, panel), orderRow(summary)] },
    { title: say.money.title, rows: moneyRows(summary) },
    { title: say.clocks.title, rows: clockRows(summary) },
    { title: say.silence.title, rows: silenceRows(summary) },
    { title: say.undecided.title, rows: undecidedRows(summary) },
  ];
}

function partyRows({ terms, unit, texts }: Summary, { escrow, chainId }: EscrowDomain): Row[] {
  const { deal: say } = texts;
  const symbol = escapeInvisible(unit.symbol);
  return [
    [say.buyer, terms.buyer],
    [say.seller, terms.seller],
    [say.attestor, terms.attestor],
    ...(terms.marketplace === zeroAddress ? [] : [[say.marketplace, terms.marketplace] as const]),
    [say.token, terms.token === zeroAddress ? say.native(symbol) : say.tokenAt(terms.token, symbol)],
    [say.escrow, say.onChain(escrow, chainId)],
  ];
}

function tribunalRows({ terms, texts }: Summary, panel: Panel | null): Row[] {
  const { deal: say, units } = texts;
  if (panel === null)
    return [
      [say.tribunal, terms.tribunal],
      [say.rules, terms.rules],
    ];
  const { threshold, arbitrators, answerWindow } = panel;
  return [
    [say.tribunal, terms.tribunal],
    [say.panel, say.panelDecides(threshold, arbitrators.length, arbitrators.join(", "))],
    ["", say.answerWindow(formatDuration(answerWindow, units))],
  ];
}

function orderRow({ terms, texts }: Summary): Row {
  return [texts.deal.order, texts.deal.orderDocument(terms.order.slice(2))];
}

function moneyRows({ terms, unit, texts }: Summary): Row[] {
  const { money: say } = texts.deal;
  const money = (amount: bigint) => formatAmount(amount, unit);
  const { price, deposit, earnest, coverage, feeBps } = terms;
  const fundBy = formatTime(terms.fundBy);
  const first = earnest ? say.earnest(money(deposit)) : money(deposit);
  const fee = feeOf(price, feeBps);
  return [
    [say.price, money(price)],
    [
      say.buyerPays,
      deposit === price
        ? say.before(money(price), fundBy)
        : say.inTwoParts(first, fundBy, money(price - deposit), formatTime(terms.balanceBy)),
    ],
    [say.sellerGets, say.withoutDispute(money(price - fee))],
    ...(fee === 0n && feeBps === 0
      ? []
      : [[say.marketplaceGets, say.fee(money(fee), formatPercent(feeBps, texts.units))] as const]),
    [say.bond, coverage === 0n ? say.noCoverage : say.coverage(money(coverage))],
  ];
}

function clockRows({ terms, texts }: Summary): Row[] {
  const { clocks: say } = texts.deal;
  const lasting = (seconds: number) => formatDuration(seconds, texts.units);
  return [
    [say.shipBefore, formatTime(terms.shipBy)],
    [say.deliverBefore, formatTime(terms.deliverBy)],
    [say.inspection, say.inspectionFor(lasting(terms.inspection))],
    ...(terms.coverage === 0n ? [] : [[say.tail, say.tailFor(lasting(terms.tail))] as const]),
  ];
}

/** Who gets what at each deadline that passes in silence, as `core/deal/payouts` computes it. */
function silenceRows(summary: Summary): Row[] {
  const { terms, texts } = summary;
  const { silence: say } = texts.deal;
  const start = fundedState(terms);
  const paid = undisputed("funded", terms.price);
  const shipped = undisputed("shipped", terms.price);
  const delivered = undisputed("delivered", terms.price, terms.deliverBy + terms.inspection);
  return [
    [say.notFunded, say.neverLater],
    ...(start.status === "deposited" ? [[say.balanceNotPaid, firstOf(start, summary)] as const] : []),
    [say.notShipped, firstOf(paid, summary)],
    ...(earnestOwed(terms) > 0n ? [["", say.sellerRefunds(refundBeforeShipping(paid, summary))] as const] : []),
    [say.notDelivered, firstOf(shipped, summary)],
    [say.notConfirmed, firstOf(delivered, summary)],
  ];
}

/** What the first deadline after a state does. */
function firstOf(state: DealState, summary: Summary): string {
  const { terms, texts } = summary;
  const { silence: say } = texts.deal;
  const [step] = silentCourse(state, terms);
  if (step === undefined) return say.nothing;
  const paid = payoutText(step.payout, summary);
  if (step.state.status !== "released" || terms.coverage === 0n) return paid;
  return paid + say.separator + say.tailFor(formatDuration(terms.tail, texts.units));
}

function refundBeforeShipping(paid: DealState, reading: Reading): string {
  const { terms } = reading;
  return payoutText(
    stepOf({ action: "refund", amount: terms.price }, paid, { terms, now: terms.fundBy }).payout,
    reading,
  );
}

/** What a dispute changes that nobody decides: nothing, but for the share after delivery. */
function undecidedRows(summary: Summary): Row[] {
  const { terms, texts } = summary;
  const { undecided: say } = texts.deal;
  const lasting = (seconds: number) => formatDuration(seconds, texts.units);
  const share = (basisPoints: number) => formatPercent(basisPoints, texts.units);
  const split = { ...silenceSplit(terms.price, terms.silenceBps), compensation: 0n, shortfall: 0n };
  return [
    [say.anyoneEnds, say.backstop(lasting(terms.backstop))],
    [say.beforeDelivery, say.changesNothing],
    [
      say.afterDelivery,
      say.share(share(terms.silenceBps), share(10_000 - terms.silenceBps), payoutText(split, summary)),
    ],
    ...(terms.coverage > 0n ? [[say.afterwards, say.tailFor(lasting(terms.tail))] as const] : []),
  ];
}
