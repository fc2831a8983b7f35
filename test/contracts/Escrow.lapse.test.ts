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

const withFee = (f: Fixture) => ({ feeBps: 1_000, marketplace: f.marketplace.address.toLowerCase() as Hex });

describe("Escrow", () => {
  describe("lapse", () => {
    it("gives an advance whose balance was not paid back to the buyer", async () => {
      const f = await load();
      const deal = await f.reach("deposited", { coverage: COVERAGE });
      const { deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.balanceBy);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);

      await expect(lapsing).to.emit(f.escrow, "DealLapsed").withArgs(deal.id, deposit, 0);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [-deposit, deposit, 0n]);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("gives earnest money whose balance was not paid to the seller, less the fee", async () => {
      const f = await load();
      const deal = await f.reach("deposited", { ...(await f.inTwoParts(5n)), earnest: true, ...withFee(f) });
      const { deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.balanceBy);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);

      await expect(lapsing).to.emit(f.escrow, "DealLapsed").withArgs(deal.id, 0, deposit);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.seller, f.buyer], [deposit - deposit / 10n, 0n]);
      expect(await f.escrow.creditOf(f.marketplace, deal.terms.token)).to.equal(deposit / 10n);
    });

    it("splits a dispute by silenceBps when the tribunal stays silent, the odd unit to the buyer", async () => {
      const f = await load();
      for (const [silenceBps, toSeller] of [
        [0, 1_001n],
        [2_500, 750n],
        [5_000, 500n],
        [10_000, 0n],
      ] as const) {
        const deal = await f.reach("disputed", {
          price: 1_001n,
          deposit: 1_001n,
          silenceBps,
          token: f.stablecoinAddress,
        });
        await f.time.increaseTo((await f.escrow.dealOf(deal.id)).until);
        const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);
        await expect(lapsing)
          .to.emit(f.escrow, "DealLapsed")
          .withArgs(deal.id, 1_001n - toSeller, toSeller);
        await expect(lapsing).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.escrow, f.buyer, f.seller],
          [-1_001n, 1_001n - toSeller, toSeller],
        );
      }
    });

    it("frees the coverage of a dispute after release and moves no money", async () => {
      const f = await load();
      const deal = await f.reach("released");
      await f.dispute(deal);
      await f.time.increaseTo((await f.escrow.dealOf(deal.id)).until);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);
      await expect(lapsing).to.emit(f.escrow, "DealLapsed").withArgs(deal.id, 0, 0);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow], [0n]);
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
        await expect(send()).to.emit(f.escrow, "DealLapsed");
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
