import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { COVERAGE, DAY, deployEscrow, type Fixture, statusNumber } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

/** Late enough for a dispute to end before it. */
const FAR_DELIVERY = (await networkHelpers.time.latest()) + 100 * DAY;

const withFee = (f: Fixture) => ({ feeBps: 1_000, marketplace: f.marketplace.address.toLowerCase() as Hex });

describe("Escrow", () => {
  describe("lapse", () => {
    it("gives an advance whose balance was not paid back to the buyer", async () => {
      const f = await load();
      const deal = await f.reach("deposited", { coverage: COVERAGE });
      const { deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.balanceBy);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);

      await expect(lapsing).to.emit(f.escrow, "DealLapsed").withArgs(deal.id, deposit, 0, 0);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [-deposit, deposit, 0n]);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("gives earnest money whose balance was not paid to the seller, less the fee", async () => {
      const f = await load();
      const deal = await f.reach("deposited", {
        ...(await f.inTwoParts(5n)),
        earnest: true,
        coverage: COVERAGE,
        ...withFee(f),
      });
      const { deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.balanceBy);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);

      await expect(lapsing).to.emit(f.escrow, "DealLapsed").withArgs(deal.id, 0, deposit, 0);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.seller, f.buyer], [deposit - deposit / 10n, 0n]);
      expect(await f.escrow.creditOf(f.marketplace, deal.terms.token)).to.equal(deposit / 10n);
    });

    it("splits a dispute after delivery by silenceBps when the tribunal stays silent, the odd unit to the buyer", async () => {
      const f = await load();
      for (const [silenceBps, toSeller] of [
        [0, 1_001n],
        [2_500, 750n],
        [5_000, 500n],
        [10_000, 0n],
      ] as const) {
        const deal = await f.reach("disputed-delivered", {
          price: 1_001n,
          deposit: 1_001n,
          silenceBps,
          token: f.stablecoinAddress,
        });
        await f.time.increaseTo((await f.escrow.dealOf(deal.id)).until);
        const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);
        await expect(lapsing)
          .to.emit(f.escrow, "DealLapsed")
          .withArgs(deal.id, 1_001n - toSeller, toSeller, 0);
        await expect(lapsing).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.escrow, f.buyer, f.seller],
          [-1_001n, 1_001n - toSeller, toSeller],
        );
      }
    });

    it("leaves the whole tail after a silent split", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered", { coverage: COVERAGE });
      const { until } = await f.stateOf(deal.id);
      const { price, tail } = deal.terms;
      await f.time.setNextBlockTimestamp(until);
      await expect(f.escrow.connect(f.stranger).lapse(deal.packed))
        .to.emit(f.escrow, "DealLapsed")
        .withArgs(deal.id, price / 2n, price / 2n, until + tail);
      expect(await f.stateOf(deal.id)).to.deep.include({ status: "released", until: until + tail });
    });

    it("takes the deadline's own action when the clock that the dispute stopped has run out", async () => {
      const f = await load();
      const advance = await f.reach("disputed-deposited", { coverage: COVERAGE });
      const unshipped = await f.reach("disputed-funded", { coverage: COVERAGE });
      const undelivered = await f.reach("disputed-shipped", { coverage: COVERAGE });
      const { deposit } = advance.terms;
      const { price, tail } = unshipped.terms;
      await f.time.increaseTo((await f.stateOf(undelivered.id)).until);
      const lapse = (deal: typeof advance) => f.escrow.connect(f.stranger).lapse(deal.packed);
      await expect(lapse(advance)).to.emit(f.escrow, "DealLapsed").withArgs(advance.id, deposit, 0, 0);
      await expect(lapse(unshipped)).to.emit(f.escrow, "DealExpired").withArgs(unshipped.id, price, 0);
      const at = (await f.time.latest()) + 100;
      await f.time.setNextBlockTimestamp(at);
      const last = lapse(undelivered);
      await expect(last)
        .to.emit(f.escrow, "DealExpired")
        .withArgs(undelivered.id, price, at + tail);
      await expect(last).to.changeEtherBalances(ethers, [f.buyer, f.seller], [price, 0n]);
    });

    it("doubles earnest money that was not shipped for, whoever disputed", async () => {
      const f = await load();
      const parts = { ...(await f.inTwoParts(5n)), earnest: true, coverage: COVERAGE };
      for (const party of ["buyer", "seller"] as const) {
        const deal = await f.reach("deposited", parts);
        await f.payBalance(deal);
        await f.dispute(deal, deal.terms[party]);
        const snapshot = await networkHelpers.takeSnapshot();
        await f.time.increaseTo((await f.stateOf(deal.id)).until);
        const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);
        await expect(lapsing).to.emit(f.escrow, "DealCompensated").withArgs(deal.id, deal.terms.deposit, 0);
        const { price, deposit } = deal.terms;
        await expect(lapsing).to.changeEtherBalances(ethers, [f.buyer], [price + deposit]);
        await snapshot.restore();
      }
    });

    it("returns the deal to where it stood while its clock still runs", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped", { inspection: DAY, backstop: 10 * DAY, deliverBy: FAR_DELIVERY });
      const { until, disputedAt } = await f.stateOf(deal.id);
      await f.time.setNextBlockTimestamp(until);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);
      await expect(lapsing).to.emit(f.escrow, "DealResumed").withArgs(deal.id, statusNumber("shipped"), 0);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow], [0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal({
        status: "shipped",
        disputedFrom: "none",
        held: deal.terms.price,
        until: 0,
        resumeUntil: 0,
        disputedAt,
      });
    });

    it("returns a dispute of the tail to the same tail, and closes the deal when it is over", async () => {
      const f = await load();
      const deal = await f.reach("released", { inspection: DAY, backstop: 10 * DAY });
      const { until: tailUntil } = await f.stateOf(deal.id);
      await f.dispute(deal);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp((await f.stateOf(deal.id)).until);
      await expect(f.escrow.connect(f.stranger).lapse(deal.packed))
        .to.emit(f.escrow, "DealResumed")
        .withArgs(deal.id, statusNumber("released"), tailUntil);
      expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved).to.equal(COVERAGE);
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(tailUntil);
      await expect(f.escrow.connect(f.stranger).lapse(deal.packed)).to.emit(f.escrow, "DealClosed").withArgs(deal.id);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("reverts with DeadlineNotReached one second before its clock and is possible at it", async () => {
      const f = await load();
      for (const status of ["deposited", "disputed"] as const) {
        const deal = await f.reach(status);
        const end = status === "deposited" ? deal.terms.balanceBy : Number((await f.escrow.dealOf(deal.id)).until);
        const send = () => f.escrow.connect(f.stranger).lapse(deal.packed);
        const snapshot = await networkHelpers.takeSnapshot();
        await f.time.setNextBlockTimestamp(end - 1);
        await f.expectRefusal(deal, send, { error: "DeadlineNotReached", args: [end] });
        await snapshot.restore();
        await f.time.setNextBlockTimestamp(end);
        await expect(send()).to.emit(f.escrow, status === "deposited" ? "DealLapsed" : "DealExpired");
      }
    });

    it("reverts with WrongStatus in every other state", async () => {
      const f = await load();
      for (const status of ["none", "funded", "shipped", "delivered", "released", "closed"] as const) {
        const deal = await f.reach(status);
        await f.time.increase(200 * DAY);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).lapse(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("disputed")],
        });
      }
    });
  });
});
