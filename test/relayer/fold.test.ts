import { describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, numberToHex } from "viem";
import type { Terms } from "../../src/core/terms.ts";
import { packTerms } from "../../src/core/termsCodec.ts";
import {
  type BondProjection,
  bondKey,
  type DealProjection,
  fold,
  fundedTerms,
  type Projection,
  type Subject,
  subjectsOf,
} from "../../src/relayer/fold.ts";
import type { StoredEvent } from "../../src/store/events.ts";

const word = (number: number) => numberToHex(number, { size: 32 });
const party = (number: number) => numberToHex(number, { size: 20 });
const dealId = word(1);

const terms: Terms = {
  buyer: party(1),
  seller: party(2),
  marketplace: party(3),
  attestor: party(4),
  token: party(5),
  price: 1_000n,
  deposit: 1_000n,
  coverage: 300n,
  feeBps: 100,
  earnest: false,
  fundBy: 10,
  balanceBy: 0,
  shipBy: 20,
  deliverBy: 30,
  inspection: 5,
  tail: 50,
  tribunal: party(6),
  rules: word(7),
  backstop: 40,
  silenceBps: 5_000,
  order: word(8),
};

let block = 0;
const event = (name: string, args: Record<string, unknown>): StoredEvent => ({
  contract: "escrow",
  name,
  args,
  dealId: name.startsWith("Bond") ? null : dealId,
  blockNumber: ++block,
  blockHash: word(block),
  timestamp: 100 + block,
  txHash: word(1_000 + block),
  logIndex: 0,
});

const foldAll = (events: readonly StoredEvent[]) => {
  const states = new Map<Subject, Projection>();
  for (const one of events) {
    for (const subject of subjectsOf(one, terms)) {
      states.set(subject, fold(subject, states.get(subject), { ...one, terms })!);
    }
  }
  const of = (subject: Subject) => states.get(subject)?.state;
  return {
    deal: of(`deal:${dealId}`) as DealProjection,
    bond: of(`bond:${bondKey(terms.seller, terms.token)}`) as BondProjection,
  };
};

const posted = event("BondPosted", { seller: terms.seller, token: terms.token, amount: "500" });
const funded = event("DealFunded", { id: dealId, terms: { words: packTerms(terms).words } });

describe("fold", () => {
  it("reserves the coverage at funding and frees it when the tail is over", () => {
    const before = foldAll([posted, funded]);
    expect(before.bond).include({ balance: "500", reserved: "300" });
    expect(before.deal).include({ status: "funded", held: "1000" });
    expect(before.deal.next).deep.equal({ action: "expire", at: terms.shipBy });
    const released = event("DealReleased", { id: dealId, amount: "1000", tailUntil: "150" });
    const inTail = foldAll([posted, funded, released]);
    expect(inTail.bond.reserved).equal("300");
    expect(inTail.deal.next).deep.equal({ action: "close", at: 150 });
    const closed = foldAll([posted, funded, released, event("DealClosed", { id: dealId })]);
    expect(closed.bond).include({ balance: "500", reserved: "0" });
    expect(closed.deal).include({ status: "closed", next: null });
  });

  it("keeps what the seller got when a released deal is compensated from the coverage", () => {
    const { deal, bond } = foldAll([
      posted,
      funded,
      event("DealReleased", { id: dealId, amount: "1000", tailUntil: "150" }),
      event("DealDisputed", { id: dealId, by: terms.buyer, statement: word(9), backstopAt: "190" }),
      event("DealAwarded", {
        id: dealId,
        toBuyer: "0",
        toSeller: "0",
        compensation: "300",
        shortfall: "50",
        reasons: word(10),
      }),
    ]);
    expect(deal.outcome).include({
      by: "award",
      toSeller: "1000",
      compensation: "300",
      shortfall: "50",
      reasons: word(10),
    });
    expect(bond).include({ balance: "200", reserved: "0" });
  });

  it("adds partial refunds up and frees the coverage with the last", () => {
    const partial = event("DealRefunded", {
      id: dealId,
      amount: "400",
      remaining: "600",
      compensation: "0",
      shortfall: "0",
    });
    const open = foldAll([posted, funded, partial]);
    expect(open.deal).include({ status: "funded", held: "600", refunded: "400" });
    expect(open.bond.reserved).equal("300");
    const whole = { id: dealId, amount: "600", remaining: "0", compensation: "200", shortfall: "50" };
    const ended = foldAll([posted, funded, partial, event("DealRefunded", whole)]);
    expect(ended.deal).include({ status: "closed", held: "0", refunded: "1000" });
    expect(ended.deal.outcome).include({ by: "refund", toBuyer: "600", compensation: "200", shortfall: "50" });
    expect(ended.bond).include({ balance: "300", reserved: "0" });
  });

  it("reads terms whose unread bits somebody filled", () => {
    const dirty = packTerms(terms).words.map((text, i) => {
      const noise: Record<number, bigint> = { 3: (1n << 56n) - 1n, 4: 0xffffn, 5: 0xffn, 6: 1n << 95n };
      return numberToHex(BigInt(text) | (noise[i] ?? 0n), { size: 32 });
    });
    expect(fundedTerms({ args: { terms: { words: dirty } } })).deep.equal(terms);
    const earnest = [...packTerms({ ...terms, earnest: true }).words] as Hex[];
    earnest[3] = numberToHex(BigInt(earnest[3]!) | (0xfen << 56n), { size: 32 });
    expect(fundedTerms({ args: { terms: { words: earnest } } }).earnest).equal(true);
  });
});
