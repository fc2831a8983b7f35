import { expect } from "chai";
import { network } from "hardhat";
import { COVERAGE, DAY, deployEscrow, statusNumber } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

describe("Escrow", () => {
  describe("close", () => {
    it("frees the coverage when the tail is over and moves no money", async () => {
      const f = await load();
      const deal = await f.reach("released");
      await f.time.increaseTo((await f.escrow.dealOf(deal.id)).until);
      const closing = f.escrow.connect(f.stranger).close(deal.packed);

      await expect(closing).to.emit(f.escrow, "DealClosed").withArgs(deal.id);
      await expect(closing).to.changeEtherBalances(ethers, [f.escrow, f.seller, f.buyer], [0n, 0n, 0n]);
      expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber("none"), 0n, 0n, 0n, 0n, 0n]);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("reverts with DeadlineNotReached one second before the tail ends and is possible at its end", async () => {
      const f = await load();
      const deal = await f.reach("released");
      const { until } = await f.escrow.dealOf(deal.id);
      const send = () => f.escrow.connect(f.stranger).close(deal.packed);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(until - 1n);
      await f.expectRefusal(deal, send, { error: "DeadlineNotReached", args: [until] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(until);
      await expect(send()).to.emit(f.escrow, "DealClosed");
    });

    it("reverts with WrongStatus in every other state, and the second time", async () => {
      const f = await load();
      for (const status of ["none", "deposited", "funded", "shipped", "delivered", "disputed", "closed"] as const) {
        const deal = await f.reach(status);
        await f.time.increase(200 * DAY);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).close(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("released")],
        });
      }
    });
  });
});
