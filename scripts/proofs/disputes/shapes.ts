import type { Address } from "viem";
import type { Terms } from "../../../src/core/deal/terms.ts";

export type Shape = Readonly<{ name: string; terms: Terms }>;

const DAY = 86_400;
const HOUR = 3_600;
const PRICE = 1_000_007n;
const DEPOSIT = 200_001n;
const account = (digit: number): Address => `0x${String(digit).repeat(40)}`;

/** Days from `fundBy` 10: balance 12, shipping 15, delivery 19. Small odd amounts show rounding and stay exact as numbers. */
const paidAtOnce: Terms = {
  buyer: account(1),
  seller: account(2),
  marketplace: account(3),
  attestor: account(4),
  token: account(5),
  price: PRICE,
  deposit: PRICE,
  coverage: 0n,
  feeBps: 0,
  earnest: false,
  fundBy: 10 * DAY,
  balanceBy: 0,
  shipBy: 15 * DAY,
  deliverBy: 19 * DAY,
  inspection: 3 * DAY,
  tail: 0,
  tribunal: account(6),
  rules: `0x${"7".repeat(64)}`,
  backstop: 5 * DAY,
  silenceBps: 0,
  order: `0x${"8".repeat(64)}`,
};

const covered = { coverage: 300_011n, tail: 4 * DAY } as const;
const inParts = { deposit: DEPOSIT, balanceBy: 12 * DAY } as const;
const earnest = { ...covered, ...inParts, earnest: true } as const;

/** Each with its share for silence and with none: what is zero without the share is the share and nothing else with it. */
const shape = (name: string, changes: Partial<Terms> & Pick<Terms, "silenceBps">): readonly Shape[] =>
  [0, changes.silenceBps].map((silenceBps) => ({
    name: `${name}, ${silenceBps / 100} % for silence`,
    terms: { ...paidAtOnce, ...changes, silenceBps },
  }));

/** A set of terms for each way in which the money and the clocks of a deal can lie. */
export const shapes: readonly Shape[] = [
  shape("paid at once, a fee", { silenceBps: 3_333, feeBps: 250 }),
  shape("paid at once, the shortest backstop", { silenceBps: 10_000, backstop: HOUR }),
  shape("covered, a tail", { ...covered, silenceBps: 3_333 }),
  shape("covered, tail and backstop as long as the inspection", {
    ...covered,
    tail: 3 * DAY,
    backstop: 3 * DAY,
    silenceBps: 5_000,
  }),
  shape("an advance, not covered", { ...inParts, silenceBps: 5_000 }),
  shape("an advance, covered, a long backstop", { ...covered, ...inParts, silenceBps: 3_333, backstop: 12 * DAY }),
  shape("earnest money, a long backstop", { ...earnest, silenceBps: 5_000, backstop: 12 * DAY }),
  shape("earnest money, a fee", { ...earnest, silenceBps: 3_333, feeBps: 250 }),
  shape("earnest money, windows of an hour, the longest backstop", {
    ...earnest,
    balanceBy: 10 * DAY + HOUR,
    shipBy: 10 * DAY + 2 * HOUR,
    deliverBy: 10 * DAY + 3 * HOUR,
    inspection: HOUR,
    tail: HOUR,
    backstop: 180 * DAY,
    silenceBps: 3_333,
  }),
].flat();
