import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type DealState, seenIn, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { COVERAGE, FAR, type Fixture, startingPoint, type TestDeal } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

const part = ({ terms }: TestDeal) => terms.price / 4n;

/** The seller's consent to give back `amount` of what is held now, as the deal stands now. */
const consentNow = async (f: Fixture, deal: TestDeal, amount: bigint) => {
  const [{ held }, seen] = [await f.stateOf(deal.id), await f.seenOf(deal.id)];
  const message = { deal: deal.id, amount, remaining: held - amount, ...seen, deadline: FAR };
  return f.consentTo(deal.terms.seller, { kind: "RefundBuyer", message });
};

/** Terms whose deposit, a fifth of the price, is earnest money. */
const withEarnest = async (f: Fixture) => ({ ...(await f.inTwoParts(5n)), earnest: true, coverage: COVERAGE });

/** What a whole refund leaves: the tail, in which a dispute that is open goes on with the backstop that is later. */
const givenIn = async (f: Fixture, { id, terms }: TestDeal, tailUntil: number): Promise<DealState> => {
  const before = await f.stateOf(id);
  if (before.status !== "disputed") return undisputed("released", 0n, tailUntil);
  const until = Math.max(before.until, tailUntil + terms.backstop);
  return { ...before, disputedFrom: "released", held: 0n, until };
};

describe("Escrow", () => {
  describe("refund", () => {
    it("gives everything back before shipping, closes the deal and frees the coverage", async () => {
      const f = await load();
      for (const place of ["deposited", "funded"] as const) {
        const deal = await f.reach(place, { coverage: COVERAGE });
        const { held } = await f.stateOf(deal.id);
        const refunding = f.refundHeld(deal, { amount: held });

        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, held, 0, 0);
        await expect(refunding).not.to.emit(f.escrow, "DealCompensated");
        await expect(refunding).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [-held, held, 0n]);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
        expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved).to.equal(0n);
      }
    });

    it("gives everything back after shipping, and in any dispute, and leaves the tail to a covered deal", async () => {
      const f = await load();
      await f.postBond(f.seller.address, f.stablecoinAddress, 7n);
      for (const [place, startsAtDeliverBy] of [
        ["shipped", true],
        ["delivered", false],
        ["disputed-deposited", false],
        ["disputed-funded", false],
        ["disputed-shipped", true],
        ["disputed-delivered", false],
      ] as const) {
        const deal = await f.reach(place, { coverage: COVERAGE, token: f.stablecoinAddress });
        const { held } = await f.stateOf(deal.id);
        const before = await f.escrow.bondOf(f.seller, f.stablecoinAddress);
        const at = (await f.time.latest()) + 100;
        const tailUntil = (startsAtDeliverBy ? deal.terms.deliverBy : at) + deal.terms.tail;
        const left = await givenIn(f, deal, tailUntil);
        await f.time.setNextBlockTimestamp(at);
        const refunding = f.refundHeld(deal, { amount: held });

        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, held, 0, tailUntil);
        await expect(refunding).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.buyer], [-held, held]);
        expect(await f.stateOf(deal.id)).to.deep.equal(left);
        expect(await f.escrow.bondOf(f.seller, f.stablecoinAddress)).to.deep.equal(before);
      }
    });

    it("starts the tail of goods on their way at deliverBy, or at a later refund in a dispute", async () => {
      const f = await load();
      for (const [place, seconds] of [
        ["shipped", -1],
        ["disputed-shipped", -1],
        ["disputed-shipped", 1],
      ] as const) {
        const deal = await f.reach(place, { coverage: COVERAGE });
        const { price, deliverBy, tail } = deal.terms;
        const tailUntil = deliverBy + Math.max(seconds, 0) + tail;
        const left = await givenIn(f, deal, tailUntil);
        await f.time.setNextBlockTimestamp(deliverBy + seconds);
        const refunding = f.refundHeld(deal, { amount: price });
        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, price, 0, tailUntil);
        await expect(refunding).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-price, price]);
        expect(await f.stateOf(deal.id)).to.deep.equal(left);
      }
    });

    it("leaves no tail after shipping to a deal without coverage", async () => {
      const f = await load();
      for (const place of ["shipped", "delivered", "disputed-shipped", "disputed-delivered"] as const) {
        const deal = await f.reach(place);
        const { price } = deal.terms;
        await expect(f.refundHeld(deal, { amount: price }))
          .to.emit(f.escrow, "DealRefunded")
          .withArgs(deal.id, price, 0, 0);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
      }
    });

    it("gives a part back and holds the rest, in the same state with the same clock", async () => {
      const f = await load();
      for (const status of ["funded", "shipped", "delivered"] as const) {
        const deal = await f.reach(status, { token: f.stablecoinAddress });
        const { until } = await f.stateOf(deal.id);
        const remaining = deal.terms.price - part(deal);
        const refunding = f.refundHeld(deal, { amount: part(deal) });

        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, part(deal), remaining, 0);
        await expect(refunding).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.escrow, f.buyer],
          [-part(deal), part(deal)],
        );
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed(status, remaining, until));
      }
    });

    it("doubles earnest money from the coverage when the seller ends the deal before shipping, while disputed too", async () => {
      const f = await load();
      for (const place of ["deposited", "funded", "disputed-deposited", "disputed-funded"] as const) {
        const deal = await f.reach(place, await withEarnest(f));
        const { held } = await f.stateOf(deal.id);
        const { deposit, token } = deal.terms;
        const before = await f.escrow.bondOf(f.seller, token);
        const refunding = f.refundHeld(deal, { amount: held });
        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, held, 0, 0);
        await expect(refunding).to.emit(f.escrow, "DealCompensated").withArgs(deal.id, deposit, 0);
        await expect(refunding).to.changeEtherBalances(
          ethers,
          [f.escrow, f.buyer],
          [-(held + deposit), held + deposit],
        );
        expect(await f.escrow.bondOf(f.seller, token)).to.deep.equal([
          before.balance - deposit,
          before.reserved - COVERAGE,
          0n,
        ]);
        expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
      }
    });

    it("does not double earnest money for a part, nor once the goods were shipped", async () => {
      const f = await load();
      const deal = await f.reach("funded", await withEarnest(f));
      const refund = (amount: bigint) => f.refundHeld(deal, { amount });
      await expect(refund(1n)).to.changeEtherBalances(ethers, [f.buyer], [1n]);
      await f.ship(deal);
      const rest = deal.terms.price - 1n;
      const refunding = refund(rest);
      await expect(refunding).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-rest, rest]);
      await expect(refunding).not.to.emit(f.escrow, "DealCompensated");
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("reverts with RefundNotWhole for a part of a deposit, and while disputed", async () => {
      const f = await load();
      for (const place of [
        "deposited",
        "disputed-deposited",
        "disputed-funded",
        "disputed-shipped",
        "disputed-delivered",
      ] as const) {
        const deal = await f.reach(place);
        const { held } = await f.stateOf(deal.id);
        const send = () => f.refundHeld(deal, { amount: held - 1n });
        await f.expectRefusal(deal, send, { error: "RefundNotWhole", args: [held - 1n, held] });
      }
    });

    it("reverts with WrongStatus where the seller has seen another status", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      for (const status of ["none", "deposited", "shipped", "disputed", "closed"] as const) {
        const args = [deal.packed, price, 0n, statusNumber(status), "0x"] as const;
        await f.expectRefusal(deal, () => f.escrow.connect(f.seller).refund(...args), {
          error: "WrongStatus",
          args: [deal.id, statusNumber("funded"), statusNumber(status)],
        });
      }
    });

    it("reverts with AmountZero, and with AmountsDoNotSum for more than is held", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      const send = (amount: bigint) => () => f.refundHeld(deal, { amount });
      await f.expectRefusal(deal, send(0n), { error: "AmountZero" });
      await f.expectRefusal(deal, send(price + 1n), { error: "AmountsDoNotSum", args: [price + 1n, 0n, price] });
    });

    it("has nothing to give back in a dispute of the tail", async () => {
      const f = await load();
      const deal = await f.reach("disputed-released");
      const send = (amount: bigint) => () => f.refundHeld(deal, { amount });
      for (const amount of [0n, 1n])
        await f.expectRefusal(deal, send(amount), { error: "DealNotOpen", args: [deal.id, statusNumber("disputed")] });
    });

    it("reverts with NotCaller for the buyer and anybody else", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      for (const caller of [f.buyer, f.stranger])
        await f.expectRefusal(deal, () => f.refundHeld(deal, { amount: 1n, from: caller }), {
          error: "NotCaller",
          args: [caller, f.seller],
        });
    });

    it("reverts with DealNotOpen before funding, in the tail and after the end", async () => {
      const f = await load();
      for (const status of ["none", "released", "closed"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(deal, () => f.refundHeld(deal, { amount: 1n }), {
          error: "DealNotOpen",
          args: [deal.id, statusNumber(status)],
        });
      }
    });
  });

  describe("refund by the seller's RefundBuyer", () => {
    itTakesOneSignature(load, {
      by: "seller",
      arrange: (f, changes) => f.reach("funded", changes),
      intent: (deal, deadline) => ({
        kind: "RefundBuyer",
        message: {
          deal: deal.id,
          amount: part(deal),
          remaining: deal.terms.price - part(deal),
          ...seenIn(undisputed("funded")),
          deadline,
        },
      }),
      send: (f, deal, { from, consent }) => f.refundHeld(deal, { amount: part(deal), from, consent }),
      event: "DealRefunded",
      // What remains is another amount now, so it is another intent.
      replay: (_, f) => ({ error: "SignatureInvalid", args: [f.seller] }),
    });

    it("runs a whole refund once", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      const consent = await consentNow(f, deal, price);
      const send = () => f.refundHeld(deal, { amount: price, from: f.relayer, consent });
      await expect(send()).to.changeEtherBalances(ethers, [f.buyer], [price]);
      await f.expectRefusal(deal, send, { error: "DealNotOpen", args: [deal.id, statusNumber("closed")] });
    });

    it("reverts with SignatureInvalid once other money is held than was signed for", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { deposit } = deal.terms;
      const consent = await consentNow(f, deal, deposit);
      await f.payBalance(deal);
      await f.expectRefusal(deal, () => f.refundHeld(deal, { amount: deposit, from: f.relayer, consent }), {
        error: "SignatureInvalid",
        args: [f.seller],
      });
    });

    it("reverts with SignatureInvalid in every status but the one that was signed", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      const send = (consent: Hex) => () => f.refundHeld(deal, { amount: price, from: f.relayer, consent });
      const refusal = { error: "SignatureInvalid", args: [f.seller] };
      const beforeShipping = await consentNow(f, deal, price);
      await f.ship(deal);
      await f.expectRefusal(deal, send(beforeShipping), refusal);
      const beforeDispute = await consentNow(f, deal, price);
      await f.dispute(deal);
      await f.expectRefusal(deal, send(beforeDispute), refusal);
      await expect(send(await consentNow(f, deal, price))()).to.emit(f.escrow, "DealRefunded");
    });

    it("reverts with SignatureInvalid for another deal and another amount", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const other = await f.reach("funded");
      const consent = await consentNow(f, deal, part(deal));
      const refusal = { error: "SignatureInvalid", args: [f.seller] };
      await f.expectRefusal(
        other,
        () => f.refundHeld(other, { amount: part(deal), from: f.relayer, consent }),
        refusal,
      );
      await f.expectRefusal(
        deal,
        () => f.refundHeld(deal, { amount: part(deal) + 1n, from: f.relayer, consent }),
        refusal,
      );
    });

    it("reverts with SignatureInvalid once a disputed deal was paid, shipped or delivered since", async () => {
      const f = await load();
      const deal = await f.reach("disputed-deposited");
      for (const step of [f.payBalance, f.ship, f.deliver]) {
        const { held } = await f.stateOf(deal.id);
        const consent = await consentNow(f, deal, held);
        await step(deal);
        await f.expectRefusal(deal, () => f.refundHeld(deal, { amount: held, from: f.relayer, consent }), {
          error: "SignatureInvalid",
          args: [f.seller],
        });
      }
      const { price } = deal.terms;
      const consent = await consentNow(f, deal, price);
      await expect(f.refundHeld(deal, { amount: price, from: f.relayer, consent })).to.emit(f.escrow, "DealRefunded");
    });
  });
});
