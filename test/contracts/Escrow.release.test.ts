import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type DealPlace, type DealStatus, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { COVERAGE, DAY, startingPoint } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

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
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
    });

    it("starts the tail of a covered deal", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { coverage: COVERAGE });
      const at = Number((await f.escrow.dealOf(deal.id)).until);
      await f.time.setNextBlockTimestamp(at);
      await expect(f.escrow.connect(f.stranger).release(deal.packed))
        .to.emit(f.escrow, "DealReleased")
        .withArgs(deal.id, deal.terms.price, at + deal.terms.tail);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("released", 0n, at + deal.terms.tail));
      expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved).to.equal(COVERAGE);
    });

    it("reverts with DeadlineNotReached one second before the inspection ends and is possible at its end", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const { until } = await f.stateOf(deal.id);
      await f.expectFrom(deal, until, () => f.escrow.connect(f.stranger).release(deal.packed), "DealReleased");
    });

    it("releases what is left after a partial refund", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { token: f.stablecoinAddress });
      const rest = deal.terms.price - 1_000n;
      await f.refundHeld(deal, { amount: 1_000n });
      await f.time.increaseTo((await f.stateOf(deal.id)).until);
      const releasing = f.escrow.connect(f.stranger).release(deal.packed);
      await expect(releasing).to.emit(f.escrow, "DealReleased").withArgs(deal.id, rest, 0);
      await expect(releasing).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.seller], [-rest, rest]);
    });

    it("reverts with WrongStatus in every other place, and the second time", async () => {
      const f = await load();
      const refuses = async (place: DealPlace, status: DealStatus) => {
        const deal = await f.reach(place);
        await f.time.increase(200 * DAY);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).release(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("delivered")],
        });
      };
      for (const status of ["none", "deposited", "funded", "shipped", "released", "closed"] as const)
        await refuses(status, status);
      for (const stage of ["deposited", "funded", "shipped", "delivered", "released"] as const)
        await refuses(`disputed-${stage}`, "disputed");

      const deal = await f.reach("delivered", { coverage: COVERAGE });
      await f.time.increaseTo((await f.stateOf(deal.id)).until);
      const send = () => f.escrow.connect(f.stranger).release(deal.packed);
      await send();
      await f.expectRefusal(deal, send, {
        error: "WrongStatus",
        args: [deal.id, statusNumber("released"), statusNumber("delivered")],
      });
    });
  });
});
