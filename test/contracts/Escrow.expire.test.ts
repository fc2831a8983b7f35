import { expect } from "chai";
import { network } from "hardhat";
import { COVERAGE, DAY, deployEscrow, type Fixture, statusNumber } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

/** A funded deal whose deposit, a fifth of the price, was earnest money. */
const earnestDeal = async (f: Fixture, coverage: bigint) => {
  const deal = await f.reach("deposited", { ...(await f.inTwoParts(5n)), earnest: true, coverage });
  await f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: deal.terms.price - deal.terms.deposit });
  return deal;
};

describe("Escrow", () => {
  describe("expire", () => {
    for (const [status, clock] of [
      ["funded", "shipBy"],
      ["shipped", "deliverBy"],
    ] as const) {
      it(`refunds a ${status} deal in full for whoever calls, and keeps the tail once shipped`, async () => {
        const f = await load();
        for (const token of [ethers.ZeroAddress as `0x${string}`, f.stablecoinAddress]) {
          const deal = await f.reach(status, { coverage: COVERAGE, token });
          const { price } = deal.terms;
          const at = deal.terms[clock];
          const tailUntil = status === "shipped" ? at + deal.terms.tail : 0;
          const snapshot = await networkHelpers.takeSnapshot();
          await f.time.setNextBlockTimestamp(at);
          const expiring = f.escrow.connect(f.stranger).expire(deal.packed);

          await expect(expiring).to.emit(f.escrow, "DealExpired").withArgs(deal.id, price, tailUntil);
          await (token === ethers.ZeroAddress
            ? expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.stranger], [-price, price, 0n])
            : expect(expiring).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.buyer], [-price, price]));
          const left = statusNumber(status === "shipped" ? "released" : "none");
          expect(await f.escrow.dealOf(deal.id)).to.deep.equal([left, 0n, 0n, BigInt(tailUntil), 0n, 0n]);
          const reserved = status === "shipped" ? COVERAGE : 0n;
          expect(await f.escrow.bondOf(f.seller, token)).to.deep.equal([COVERAGE, reserved, 0n]);
          await snapshot.restore();
        }
      });

      it(`reverts with DeadlineNotReached one second before ${clock} and is possible at ${clock}`, async () => {
        const f = await load();
        const deal = await f.reach(status);
        const end = deal.terms[clock];
        const send = () => f.escrow.connect(f.stranger).expire(deal.packed);
        const snapshot = await networkHelpers.takeSnapshot();
        await f.time.setNextBlockTimestamp(end - 1);
        await f.expectRefusal(deal, send, { error: "DeadlineNotReached", args: [end] });
        await snapshot.restore();
        await f.time.setNextBlockTimestamp(end);
        await expect(send()).to.emit(f.escrow, "DealExpired");
      });
    }

    it("refunds what is still held after a partial refund", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      await f.escrow.connect(f.seller).refund(deal.packed, 1_000n, "0x");
      await f.time.increaseTo(deal.terms.deliverBy);
      await expect(f.escrow.connect(f.stranger).expire(deal.packed)).to.changeEtherBalances(
        ethers,
        [f.buyer],
        [deal.terms.price - 1_000n],
      );
    });

    it("doubles earnest money from the coverage when the goods were not shipped", async () => {
      const f = await load();
      const deal = await earnestDeal(f, COVERAGE);
      const { price, deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.shipBy);
      const expiring = f.escrow.connect(f.stranger).expire(deal.packed);
      await expect(expiring).to.emit(f.escrow, "DealExpired").withArgs(deal.id, price, 0);
      await expect(expiring).to.emit(f.escrow, "DealCompensated").withArgs(deal.id, deposit, 0);
      await expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-(price + deposit), price + deposit]);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE - deposit, 0n, 0n]);
    });

    it("does not double earnest money once the goods were shipped", async () => {
      const f = await load();
      const deal = await earnestDeal(f, COVERAGE);
      await f.ship(deal);
      await f.time.increaseTo(deal.terms.deliverBy);
      await expect(f.escrow.connect(f.stranger).expire(deal.packed)).not.to.emit(f.escrow, "DealCompensated");
    });

    it("reverts with WrongStatus in every other state", async () => {
      const f = await load();
      for (const status of ["none", "deposited", "delivered", "released", "disputed", "closed"] as const) {
        const deal = await f.reach(status);
        await f.time.increase(200 * DAY);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).expire(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("shipped")],
        });
      }
    });
  });
});
