import { describe, it } from "node:test";
import { expect } from "chai";
import { packTerms } from "../../../src/core/deal/termsCodec.ts";
import type { StoredEvent } from "../../../src/db/events.ts";
import { toJson } from "../../../src/db/json.ts";
import { type BondProjection, type DealProjection, parseState } from "../../../src/db/projectionStates.ts";
import type { Projection } from "../../../src/db/projections.ts";
import { bondKey } from "../../../src/relayer/project/bond.ts";
import { project, type Subject, subjectsOf } from "../../../src/relayer/project/project.ts";
import { party, smallTerms as terms, word } from "../../fixtures/smallDeal.ts";

const dealId = word(1);

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

const projectAll = (events: readonly StoredEvent[]) => {
  const states = new Map<Subject, Projection>();
  for (const one of events) {
    for (const subject of subjectsOf(one, terms)) {
      states.set(subject, project(subject, states.get(subject), { ...one, terms }));
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

describe("project", () => {
  it("reserves the coverage at funding and frees it when the tail is over", () => {
    const before = projectAll([posted, funded]);
    expect(before.bond).include({ balance: 500n, reserved: 300n });
    expect(before.deal).include({ status: "funded", held: 1000n });
    expect(before.deal.next).deep.equal({ action: "expire", at: terms.shipBy });
    const released = event("DealReleased", { id: dealId, amount: "1000", tailUntil: "150" });
    const inTail = projectAll([posted, funded, released]);
    expect(inTail.bond.reserved).equal(300n);
    expect(inTail.deal.next).deep.equal({ action: "close", at: 150 });
    const closed = projectAll([posted, funded, released, event("DealClosed", { id: dealId })]);
    expect(closed.bond).include({ balance: 500n, reserved: 0n });
    expect(closed.deal).include({ status: "closed", next: null });
  });

  it("keeps what the seller got when a released deal is compensated from the coverage", () => {
    const { deal, bond } = projectAll([
      posted,
      funded,
      event("DealReleased", { id: dealId, amount: "1000", tailUntil: "150" }),
      event("DealDisputed", { id: dealId, by: terms.buyer, statement: word(9), backstopAt: "190" }),
      event("DealAwarded", { id: dealId, toBuyer: "0", toSeller: "0", reasons: word(10), evidence: word(11) }),
      event("DealCompensated", { id: dealId, compensation: "300", shortfall: "50" }),
    ]);
    expect(deal.outcome).include({
      by: "award",
      toSeller: 1000n,
      compensation: 300n,
      shortfall: 50n,
      reasons: word(10),
      evidence: word(11),
    });
    expect(deal).include({ status: "closed", next: null });
    expect(bond).include({ balance: 200n, reserved: 0n });
  });

  it("adds partial refunds up and frees the coverage with the last before shipping", () => {
    const partial = event("DealRefunded", { id: dealId, amount: "400", remaining: "600", tailUntil: "0" });
    const open = projectAll([posted, funded, partial]);
    expect(open.deal).include({ status: "funded", held: 600n, refunded: 400n });
    expect(open.bond.reserved).equal(300n);
    const whole = event("DealRefunded", { id: dealId, amount: "600", remaining: "0", tailUntil: "0" });
    const doubled = event("DealCompensated", { id: dealId, compensation: "200", shortfall: "0" });
    const ended = projectAll([posted, funded, partial, whole, doubled]);
    expect(ended.deal).include({ status: "closed", held: 0n, refunded: 1000n });
    expect(ended.deal.outcome).include({ by: "refund", toBuyer: 600n, compensation: 200n, shortfall: 0n });
    expect(ended.bond).include({ balance: 300n, reserved: 0n });
  });

  it("keeps the coverage reserved in the tail that a refund, an expiry or silence leaves", () => {
    for (const [name, args] of [
      ["DealRefunded", { amount: "1000", remaining: "0" }],
      ["DealExpired", { refunded: "1000" }],
      ["DealLapsed", { toBuyer: "400", toSeller: "600" }],
    ] as const) {
      const { deal, bond } = projectAll([posted, funded, event(name, { id: dealId, ...args, tailUntil: "500" })]);
      expect(deal, name).include({ status: "released", held: 0n, until: 500 });
      expect(deal.next, name).deep.equal({ action: "close", at: 500 });
      expect(bond.reserved, name).equal(300n);
    }
  });

  it("follows what the parties perform during a dispute, and counts it from the end of the inspection", () => {
    const disputed = event("DealDisputed", { id: dealId, by: terms.seller, statement: word(9), backstopAt: "900" });
    const shipped = event("DealShipped", { id: dealId, tracking: word(12) });
    const delivered = event("DealDelivered", { id: dealId, proof: word(13), inspectionUntil: "160" });
    const during = projectAll([posted, funded, disputed, shipped]);
    expect(during.deal).include({ status: "disputed", disputedFrom: "shipped", until: 900, tracking: word(12) });
    expect(during.deal.disputedAt).equal(disputed.timestamp);
    expect(during.deal.next).deep.equal({ action: "lapse", at: 900 });
    const later = [delivered, event("BackstopMoved", { id: dealId, backstopAt: "950" })];
    expect(projectAll([posted, funded, disputed, shipped, ...later]).deal).include({
      disputedFrom: "delivered",
      disputedAt: 160,
      until: 950,
    });
  });

  it("keeps a dispute open in which a party gave in, about the coverage, and adds up what both ends paid", () => {
    const disputed = event("DealDisputed", { id: dealId, by: terms.buyer, statement: word(9), backstopAt: "190" });
    const moved = event("BackstopMoved", { id: dealId, backstopAt: "240" });
    for (const [name, args] of [
      ["DealReleased", { amount: "1000" }],
      ["DealRefunded", { amount: "1000", remaining: "0" }],
    ] as const) {
      const gaveIn = event(name, { id: dealId, ...args, tailUntil: "150" });
      const { deal, bond } = projectAll([posted, funded, disputed, moved, gaveIn]);
      const { timestamp: disputedAt } = disputed;
      expect(deal).include({ status: "disputed", disputedFrom: "released", held: 0n, until: 240, disputedAt });
      expect(deal.next).deep.equal({ action: "lapse", at: 240 });
      expect(bond.reserved).equal(300n);
      const digests = { reasons: word(1), evidence: word(2) };
      const awarded = event("DealAwarded", { id: dealId, toBuyer: "0", toSeller: "0", ...digests });
      const { outcome } = projectAll([posted, funded, disputed, moved, gaveIn, awarded]).deal;
      expect(outcome!.toBuyer + outcome!.toSeller).equal(1000n);
    }
    expect(
      projectAll([posted, funded, disputed, event("DealReleased", { id: dealId, amount: "1000", tailUntil: "0" })])
        .deal,
    ).include({ status: "closed", disputedFrom: "none", until: 0, disputedAt: 0 });
  });

  it("lets a paid shortfall shrink", () => {
    const awarded = event("DealAwarded", {
      id: dealId,
      toBuyer: "1000",
      toSeller: "0",
      reasons: word(1),
      evidence: word(2),
    });
    const owed = event("DealCompensated", { id: dealId, compensation: "300", shortfall: "50" });
    const paid = event("ShortfallPaid", { id: dealId, payer: terms.seller, amount: "20", remaining: "30" });
    expect(projectAll([posted, funded, awarded, owed, paid]).deal.outcome).include({ shortfall: 30n });
  });

  it("reads back an anchor of as many leaves as the registry takes", () => {
    const args = { sender: party(9), root: word(10), count: (2n ** 64n - 1n).toString(), anchoredAt: "5", batch: "1" };
    const anchored = { ...event("Anchored", args), contract: "registry", dealId: null, terms: undefined };
    const [subject] = subjectsOf(anchored, undefined);
    const { state } = project(subject!, undefined, anchored);
    expect(parseState("anchor", JSON.parse(toJson(state)))).include({ count: 2n ** 64n - 1n });
    expect(parseState("anchor", { ...JSON.parse(toJson(state)), count: 3 })).include({ count: 3n });
  });
});
