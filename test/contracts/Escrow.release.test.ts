import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { COVERAGE, deployEscrow, statusNumber } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

describe("Escrow", () => {
  describe("release", () => {
    it("pays the seller, less the fee, for whoever calls", async () => {
      const f = await load();
      const marketplace = f.marketplace.address.toLowerCase() as Hex;
      const deal = await f.reach("delivered", { feeBps: 100, marketplace });
      const { price } = deal.terms;
      await f.time.increaseTo((await f.escrow.dealOf(deal.id)).until);
      const releasing = f.escrow.connect(f.stranger).release(deal.packed);

      await expect(releasing).to.emit(f.escrow, "DealReleased").withArgs(deal.id, price, 0);
      await expect(releasing).to.changeEtherBalances(
        ethers,
        [f.escrow, f.seller, f.stranger],
        [-(price - price / 100n), price - price / 100n, 0n],
      );
      expect(await f.escrow.creditOf(marketplace, deal.terms.token)).to.equal(price / 100n);
    });

    it("starts the tail of a covered deal", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { coverage: COVERAGE });
      const at = Number((await f.escrow.dealOf(deal.id)).until);
      await f.time.setNextBlockTimestamp(at);
      await expect(f.escrow.connect(f.stranger).release(deal.packed))
        .to.emit(f.escrow, "DealReleased")
        .withArgs(deal.id, deal.terms.price, at + deal.terms.tail);
      expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved).to.equal(COVERAGE);
    });

    it("reverts with DeadlineNotReached one second before the inspection ends and is possible at its end", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const { until } = await f.escrow.dealOf(deal.id);
      const send = () => f.escrow.connect(f.stranger).release(deal.packed);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(until - 1n);
      await f.expectRefusal(deal, send, { error: "DeadlineNotReached", args: [until] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(until);
      await expect(send()).to.emit(f.escrow, "DealReleased");
    });

    it("reverts with WrongStatus in every other state", async () => {
      const f = await load();
      for (const status of ["none", "deposited", "funded", "shipped", "released", "disputed", "closed"] as const) {
        const deal = await f.reach(status);
        await f.time.increase(200 * 86_400);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).release(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("delivered")],
        });
      }
    });
  });
});
