import { expect } from "chai";
import { network } from "hardhat";
import { type DealPlace, type DealStatus, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { COVERAGE, DAY, startingPoint } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

describe("Escrow", () => {
  describe("close", () => {
    it("frees the coverage when the tail is over and moves no money", async () => {
      const f = await load();
      const deal = await f.reach("released");
      await f.time.increaseTo((await f.stateOf(deal.id)).until);
      const closing = f.escrow.connect(f.stranger).close(deal.packed);

      await expect(closing).to.emit(f.escrow, "DealClosed").withArgs(deal.id);
      await expect(closing).to.changeEtherBalances(ethers, [f.escrow, f.seller, f.buyer], [0n, 0n, 0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("ends the tail that a whole refund after shipping left", async () => {
      const f = await load();
      const deal = await f.reach("shipped", { coverage: COVERAGE, token: f.stablecoinAddress });
      await f.refund(deal);
      const { until } = await f.stateOf(deal.id);
      await f.expectFrom(deal, until, () => f.escrow.connect(f.stranger).close(deal.packed), "DealClosed");
      expect(await f.escrow.bondOf(f.seller, f.stablecoinAddress)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("reverts with DeadlineNotReached one second before the tail ends and is possible at its end", async () => {
      const f = await load();
      const deal = await f.reach("released");
      const { until } = await f.stateOf(deal.id);
      await f.expectFrom(deal, until, () => f.escrow.connect(f.stranger).close(deal.packed), "DealClosed");
    });

    it("reverts with WrongStatus in every other place, and the second time", async () => {
      const f = await load();
      const refuses = async (place: DealPlace, status: DealStatus) => {
        const deal = await f.reach(place);
        await f.time.increase(200 * DAY);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).close(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("released")],
        });
      };
      for (const status of ["none", "deposited", "funded", "shipped", "delivered", "closed"] as const)
        await refuses(status, status);
      for (const stage of ["deposited", "funded", "shipped", "delivered", "released"] as const)
        await refuses(`disputed-${stage}`, "disputed");

      const deal = await f.reach("released");
      await f.time.increaseTo((await f.stateOf(deal.id)).until);
      const send = () => f.escrow.connect(f.stranger).close(deal.packed);
      await send();
      await f.expectRefusal(deal, send, {
        error: "WrongStatus",
        args: [deal.id, statusNumber("none"), statusNumber("released")],
      });
    });
  });
});
