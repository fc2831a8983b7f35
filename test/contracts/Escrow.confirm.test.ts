import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { COVERAGE, DAY, FAR, type Fixture, startingPoint, type TestDeal } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);

const withFee = (f: Fixture, feeBps: number) => ({ feeBps, marketplace: f.marketplace.address.toLowerCase() as Hex });

/** The buyer's consent to what is held, where the deal stands and when it was last disputed, now. */
const consentNow = async (f: Fixture, deal: TestDeal) => {
  const [{ held: amount }, seen] = [await f.stateOf(deal.id), await f.seenOf(deal.id)];
  const message = { deal: deal.id, amount, ...seen, deadline: FAR };
  return f.consentTo(deal.terms.buyer, { kind: "ConfirmReceipt", message });
};

describe("Escrow", () => {
  describe("confirm", () => {
    it("pays the seller the native price", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const { price } = deal.terms;
      const confirmation = f.confirmHeld(deal);

      await expect(confirmation).to.emit(f.escrow, "DealReleased").withArgs(deal.id, price, 0);
      await expect(confirmation).not.to.emit(f.escrow, "CreditAdded");
      await expect(confirmation).to.changeEtherBalances(ethers, [f.escrow, f.seller, f.buyer], [-price, price, 0n]);
    });

    it("pays the seller the token price less the fee, and credits the fee to the marketplace", async () => {
      const f = await load();
      const deal = await f.reach("delivered", {
        token: f.stablecoinAddress,
        price: 1_999n,
        deposit: 1_999n,
        ...withFee(f, 250),
      });
      const confirmation = f.confirmHeld(deal);

      await expect(confirmation).to.emit(f.escrow, "DealReleased").withArgs(deal.id, 1_999, 0);
      await expect(confirmation).to.emit(f.escrow, "CreditAdded").withArgs(f.marketplace, f.stablecoin, 49);
      await expect(confirmation).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.escrow, f.seller, f.marketplace],
        [-1_950n, 1_950n, 0n],
      );
      expect(await f.escrow.creditOf(f.marketplace, deal.terms.token)).to.equal(49n);
    });

    it("pays nothing but the fee when the fee is everything", async () => {
      const f = await load();
      const deal = await f.reach("funded", withFee(f, 10_000));
      await expect(f.confirmHeld(deal)).to.changeEtherBalances(ethers, [f.seller], [0n]);
      expect(await f.escrow.creditOf(f.marketplace, deal.terms.token)).to.equal(deal.terms.price);
    });

    it("is possible in every state in which money is held, also while disputed", async () => {
      const f = await load();
      for (const place of [
        "deposited",
        "funded",
        "shipped",
        "delivered",
        "disputed-deposited",
        "disputed-funded",
        "disputed-shipped",
        "disputed-delivered",
      ] as const) {
        const deal = await f.reach(place);
        const { held } = await f.stateOf(deal.id);
        const confirmation = f.confirmHeld(deal);
        await expect(confirmation).to.emit(f.escrow, "DealReleased").withArgs(deal.id, held, 0);
        await expect(confirmation).to.changeEtherBalances(ethers, [f.escrow, f.seller], [-held, held]);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
      }
    });

    it("reverts with WrongStatus where the buyer has seen another status", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const { price } = deal.terms;
      for (const status of ["none", "funded", "shipped", "disputed", "closed"] as const) {
        const args = [deal.packed, price, statusNumber(status), "0x"] as const;
        await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).confirm(...args), {
          error: "WrongStatus",
          args: [deal.id, statusNumber("delivered"), statusNumber(status)],
        });
      }
    });

    it("reverts with AmountsDoNotSum for another amount than is held", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const { price } = deal.terms;
      for (const amount of [0n, price - 1n, price + 1n])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).confirm(deal.packed, amount, statusNumber("delivered"), "0x"),
          {
            error: "AmountsDoNotSum",
            args: [0n, amount, price],
          },
        );
    });

    for (const place of ["funded", "shipped", "delivered"] as const)
      it(`keeps the coverage of a ${place} deal reserved until the tail ends`, async () => {
        const f = await load();
        const deal = await f.reach(place, { coverage: COVERAGE });
        const at = (await f.time.latest()) + 100;
        await f.time.setNextBlockTimestamp(at);
        const tailUntil = at + deal.terms.tail;
        await expect(f.confirmHeld(deal))
          .to.emit(f.escrow, "DealReleased")
          .withArgs(deal.id, deal.terms.price, tailUntil);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("released", 0n, tailUntil));
        expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
      });

    for (const stage of ["funded", "shipped", "delivered"] as const)
      it(`leaves a dispute open about the coverage, a backstop longer than the tail (${stage})`, async () => {
        const f = await load();
        const deal = await f.reach(`disputed-${stage}`, { coverage: COVERAGE, tail: 100 * DAY });
        const { disputedAt } = await f.stateOf(deal.id);
        const at = (await f.time.latest()) + 100;
        await f.time.setNextBlockTimestamp(at);
        const until = at + deal.terms.tail + deal.terms.backstop;
        const confirming = f.confirmHeld(deal);
        await expect(confirming)
          .to.emit(f.escrow, "DealReleased")
          .withArgs(deal.id, deal.terms.price, at + 100 * DAY);
        await expect(confirming).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, until);
        const left = { status: "disputed", disputedFrom: "released", held: 0n, until, disputedAt };
        expect(await f.stateOf(deal.id)).to.deep.equal(left);
        expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
      });

    for (const place of ["deposited", "disputed-deposited"] as const)
      it(`ends a covered deal in ${place}: who gives a deposit away has no claim beyond it`, async () => {
        const f = await load();
        const deal = await f.reach(place, { coverage: COVERAGE });
        const { deposit } = deal.terms;
        const confirming = f.confirmHeld(deal);
        await expect(confirming).to.emit(f.escrow, "DealReleased").withArgs(deal.id, deposit, 0);
        await expect(confirming).to.changeEtherBalances(ethers, [f.escrow, f.seller], [-deposit, deposit]);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
        expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
      });

    it("reverts with DealNotOpen in a dispute of the tail, where nothing is held", async () => {
      const f = await load();
      const deal = await f.reach("disputed-released");
      await f.expectRefusal(deal, () => f.confirmHeld(deal), {
        error: "DealNotOpen",
        args: [deal.id, statusNumber("disputed")],
      });
    });

    it("leaves a closed marker before fundBy and gives the slot back from fundBy on", async () => {
      const f = await load();
      for (const [late, status] of [
        [-1, "closed"],
        [0, "none"],
      ] as const) {
        const deal = await f.reach("delivered");
        await f.time.setNextBlockTimestamp(deal.terms.fundBy + late);
        await f.confirmHeld(deal);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed(status));
      }
    });

    it("reverts with NotCaller for the seller, the attestor and anybody else", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      for (const caller of [f.seller, f.attestor, f.stranger])
        await f.expectRefusal(deal, () => f.confirmHeld(deal, { from: caller }), {
          error: "NotCaller",
          args: [caller, f.buyer],
        });
    });

    it("reverts with DealNotOpen before funding, in the tail and after the end", async () => {
      const f = await load();
      for (const status of ["none", "released", "closed"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(deal, () => f.confirmHeld(deal), {
          error: "DealNotOpen",
          args: [deal.id, statusNumber(status)],
        });
      }
    });
  });

  describe("confirm by the buyer's ConfirmReceipt", () => {
    for (const place of ["delivered", "disputed-shipped"] as const)
      describe(`of a ${place} deal`, () => {
        itTakesOneSignature(load, {
          by: "buyer",
          arrange: (f, changes) => f.reach(place, changes),
          intent: async (deal, deadline, f) => {
            const [{ held: amount }, seen] = [await f.stateOf(deal.id), await f.seenOf(deal.id)];
            return { kind: "ConfirmReceipt", message: { deal: deal.id, amount, ...seen, deadline } };
          },
          send: (f, deal, { from, consent }) => f.confirmHeld(deal, { from, consent }),
          event: "DealReleased",
          replay: (deal) => ({ error: "DealNotOpen", args: [deal.id, statusNumber("closed")] }),
        });
      });

    it("reverts with SignatureInvalid for another deal", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const consent = await consentNow(f, await f.reach("delivered"));
      await f.expectRefusal(deal, () => f.confirmHeld(deal, { from: f.relayer, consent }), {
        error: "SignatureInvalid",
        args: [f.buyer],
      });
    });

    it("reverts with SignatureInvalid once other money is held than was signed for", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { deposit } = deal.terms;
      const consent = await consentNow(f, deal);
      const send = () => f.confirmHeld(deal, { from: f.relayer, consent });
      const snapshot = await networkHelpers.takeSnapshot();
      await expect(send()).to.changeEtherBalances(ethers, [f.seller], [deposit]);
      await snapshot.restore();
      await f.payBalance(deal);
      await f.expectRefusal(deal, send, { error: "SignatureInvalid", args: [f.buyer] });
    });

    it("reverts with SignatureInvalid in every status but the one that was signed", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const early = await consentNow(f, deal);
      const send = (consent: `0x${string}`) => () => f.confirmHeld(deal, { from: f.relayer, consent });
      const refusal = { error: "SignatureInvalid", args: [f.buyer] };
      await f.deliver(deal);
      await f.expectRefusal(deal, send(early), refusal);
      const late = await consentNow(f, deal);
      await f.dispute(deal);
      await f.expectRefusal(deal, send(late), refusal);
      await expect(send(await consentNow(f, deal))()).to.emit(f.escrow, "DealReleased");
    });
  });
});
