import { expect } from "chai";
import { network } from "hardhat";
import { statusNumber as placeInStatus } from "../../src/core/deals.ts";
import { COVERAGE, consent, deployEscrow, FAR, type Fixture, statusNumber, type TestDeal } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

const part = ({ terms }: TestDeal) => terms.price / 4n;

/** What the seller signs to give back `amount` of `held`. */
const signedRefund = async (f: Fixture, deal: TestDeal, { amount, held }: { amount: bigint; held: bigint }) => {
  const status = placeInStatus((await f.stateOf(deal.id)).status);
  const message = { deal: deal.id, amount, remaining: held - amount, status, disputedAt: 0, deadline: FAR };
  const signature = await f.signIntent(f.seller, { kind: "RefundBuyer", message });
  return () => f.escrow.connect(f.relayer).refund(deal.packed, amount, consent(FAR, signature));
};

/** A deal with earnest money, before or after its balance was paid. */
const earnestDeal = async (f: Fixture, status: "deposited" | "funded", coverage: bigint) => {
  const deal = await f.reach("deposited", { ...(await f.inTwoParts(5n)), earnest: true, coverage });
  const { price, deposit } = deal.terms;
  if (status === "funded") await f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: price - deposit });
  return deal;
};

describe("Escrow", () => {
  describe("refund", () => {
    it("gives everything back and closes the deal before shipping", async () => {
      const f = await load();
      for (const status of ["deposited", "funded", "disputed-deposited", "disputed-funded"] as const) {
        const deal = await f.reach(status, { coverage: COVERAGE });
        const { held } = await f.escrow.dealOf(deal.id);
        const refunding = f.escrow.connect(f.seller).refund(deal.packed, held, "0x");

        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, held, 0, 0);
        await expect(refunding).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [-held, held, 0n]);
        expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber("closed"), 0n, 0n, 0n, 0n, 0n]);
        expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved).to.equal(0n);
      }
    });

    it("gives everything back after shipping and leaves the tail", async () => {
      const f = await load();
      for (const place of ["shipped", "delivered", "disputed-shipped", "disputed-delivered"] as const) {
        const deal = await f.reach(place, { coverage: COVERAGE });
        const { held } = await f.escrow.dealOf(deal.id);
        const at = (await f.time.latest()) + 100;
        await f.time.setNextBlockTimestamp(at);
        const refunding = f.escrow.connect(f.seller).refund(deal.packed, held, "0x");
        await expect(refunding)
          .to.emit(f.escrow, "DealRefunded")
          .withArgs(deal.id, held, 0, at + deal.terms.tail);
        await expect(refunding).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-held, held]);
        expect(await f.stateOf(deal.id)).to.deep.include({ status: "released", until: at + deal.terms.tail });
        // The claim on the coverage is still open, and it is the buyer's.
        await f.dispute(deal);
        expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved >= COVERAGE).to.equal(true);
      }
    });

    it("gives a part back and holds the rest, in the same state with the same clock", async () => {
      const f = await load();
      for (const status of ["funded", "shipped", "delivered"] as const) {
        const deal = await f.reach(status, { token: f.stablecoinAddress });
        const { until } = await f.escrow.dealOf(deal.id);
        const remaining = deal.terms.price - part(deal);
        const refunding = f.escrow.connect(f.seller).refund(deal.packed, part(deal), "0x");

        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, part(deal), remaining, 0);
        await expect(refunding).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.escrow, f.buyer],
          [-part(deal), part(deal)],
        );
        expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber(status), 0n, remaining, until, 0n, 0n]);
      }
    });

    it("doubles earnest money from the coverage when the seller ends the deal before shipping", async () => {
      const f = await load();
      for (const status of ["deposited", "funded"] as const) {
        const deal = await earnestDeal(f, status, COVERAGE);
        const { held } = await f.escrow.dealOf(deal.id);
        const { deposit } = deal.terms;
        const before = await f.escrow.bondOf(f.seller, deal.terms.token);
        const refunding = f.escrow.connect(f.seller).refund(deal.packed, held, "0x");
        await expect(refunding).to.emit(f.escrow, "DealRefunded").withArgs(deal.id, held, 0, 0);
        await expect(refunding).to.emit(f.escrow, "DealCompensated").withArgs(deal.id, deposit, 0);
        await expect(refunding).to.changeEtherBalances(ethers, [f.buyer], [held + deposit]);
        expect((await f.escrow.bondOf(f.seller, deal.terms.token)).balance).to.equal(before.balance - deposit);
      }
    });

    it("does not double earnest money for a part, nor once the goods were shipped", async () => {
      const f = await load();
      const deal = await earnestDeal(f, "funded", COVERAGE);
      const refund = (amount: bigint) => f.escrow.connect(f.seller).refund(deal.packed, amount, "0x");
      await expect(refund(1n)).to.changeEtherBalances(ethers, [f.buyer], [1n]);
      await f.ship(deal);
      const rest = deal.terms.price - 1n;
      await expect(refund(rest)).not.to.emit(f.escrow, "DealCompensated");
    });

    it("reverts with RefundNotWhole for a part of a deposit or of a disputed deal", async () => {
      const f = await load();
      for (const place of ["deposited", "disputed-deposited", "disputed-funded", "disputed-delivered"] as const) {
        const deal = await f.reach(place);
        const { held } = await f.stateOf(deal.id);
        await f.expectRefusal(deal, () => f.escrow.connect(f.seller).refund(deal.packed, held - 1n, "0x"), {
          error: "RefundNotWhole",
          args: [held - 1n, held],
        });
      }
    });

    it("reverts with AmountZero and with RefundExceedsHeld", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      const send = (amount: bigint) => () => f.escrow.connect(f.seller).refund(deal.packed, amount, "0x");
      await f.expectRefusal(deal, send(0n), { error: "AmountZero" });
      await f.expectRefusal(deal, send(price + 1n), { error: "RefundExceedsHeld", args: [price + 1n, price] });
    });

    it("reverts with NotCaller for anybody but the seller", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).refund(deal.packed, 1n, "0x"), {
        error: "NotCaller",
        args: [f.buyer, f.seller],
      });
    });

    it("reverts with DealNotOpen before funding and after the end", async () => {
      const f = await load();
      for (const status of ["none", "released", "closed"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(deal, () => f.escrow.connect(f.seller).refund(deal.packed, 1n, "0x"), {
          error: "DealNotOpen",
          args: [deal.id, statusNumber(status)],
        });
      }
    });
  });

  describe("refund by signature", () => {
    itTakesOneSignature(load, {
      by: "seller",
      arrange: (f, changes) => f.reach("funded", changes),
      intent: (deal, deadline) => ({
        kind: "RefundBuyer",
        message: {
          deal: deal.id,
          amount: part(deal),
          remaining: deal.terms.price - part(deal),
          status: placeInStatus("funded"),
          disputedAt: 0,
          deadline,
        },
      }),
      send: (f, deal, { deadline, signature }) =>
        f.escrow.connect(f.relayer).refund(deal.packed, part(deal), consent(deadline, signature)),
      event: "DealRefunded",
      replay: (deal) => ({ error: "SignatureInvalid", args: [deal.terms.seller] }),
    });

    it("runs a whole refund once", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const send = await signedRefund(f, deal, { amount: deal.terms.price, held: deal.terms.price });
      await expect(send()).to.changeEtherBalances(ethers, [f.buyer], [deal.terms.price]);
      await f.expectRefusal(deal, send, { error: "DealNotOpen", args: [deal.id, statusNumber("closed")] });
    });

    it("does not run a refund that was signed before other money came or went", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { deposit, price } = deal.terms;
      const send = await signedRefund(f, deal, { amount: deposit, held: deposit });
      await f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: price - deposit });
      await f.expectRefusal(deal, send, { error: "SignatureInvalid", args: [f.seller] });
    });

    it("reverts with RefundExceedsHeld", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      const send = await signedRefund(f, deal, { amount: price + 1n, held: price + 1n });
      await f.expectRefusal(deal, send, { error: "RefundExceedsHeld", args: [price + 1n, price] });
    });
  });
});
