import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type DealPlace, type DealStatus, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { COVERAGE, DAY, type Fixture, startingPoint } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

/** Terms whose deposit, a fifth of the price, is earnest money. */
const withEarnest = async (f: Fixture) => ({ ...(await f.inTwoParts(5n)), earnest: true, coverage: COVERAGE });

describe("Escrow", () => {
  describe("expire", () => {
    for (const [status, clock] of [
      ["funded", "shipBy"],
      ["shipped", "deliverBy"],
    ] as const) {
      it(`refunds a ${status} deal in full for whoever calls`, async () => {
        const f = await load();
        for (const token of [ethers.ZeroAddress as Hex, f.stablecoinAddress]) {
          const deal = await f.reach(status, { token });
          const { price } = deal.terms;
          await f.time.increaseTo(deal.terms[clock]);
          const expiring = f.escrow.connect(f.stranger).expire(deal.packed);

          await expect(expiring).to.emit(f.escrow, "DealExpired").withArgs(deal.id, price, 0);
          await expect(expiring).not.to.emit(f.escrow, "DealCompensated");
          await (token === ethers.ZeroAddress
            ? expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.stranger], [-price, price, 0n])
            : expect(expiring).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.buyer], [-price, price]));
          expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
        }
      });

      it(`reverts with DeadlineNotReached one second before ${clock} and is possible at ${clock}`, async () => {
        const f = await load();
        const deal = await f.reach(status);
        const send = () => f.escrow.connect(f.stranger).expire(deal.packed);
        await f.expectFrom(deal, deal.terms[clock], send, "DealExpired");
      });
    }

    it("frees the coverage of a deal that was not shipped", async () => {
      const f = await load();
      const deal = await f.reach("funded", { coverage: COVERAGE });
      await f.time.increaseTo(deal.terms.shipBy);
      await expect(f.escrow.connect(f.stranger).expire(deal.packed))
        .to.emit(f.escrow, "DealExpired")
        .withArgs(deal.id, deal.terms.price, 0);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("leaves the tail of a covered deal that was shipped and not delivered", async () => {
      const f = await load();
      const deal = await f.reach("shipped", { coverage: COVERAGE });
      const { price, deliverBy, tail } = deal.terms;
      await f.time.setNextBlockTimestamp(deliverBy);
      const expiring = f.escrow.connect(f.stranger).expire(deal.packed);
      await expect(expiring)
        .to.emit(f.escrow, "DealExpired")
        .withArgs(deal.id, price, deliverBy + tail);
      await expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-price, price]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("released", 0n, deliverBy + tail));
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
      await expect(f.escrow.connect(f.buyer).dispute(deal.packed, f.buyer, f.digest("lost"), "0x")).to.emit(
        f.escrow,
        "DealDisputed",
      );
    });

    it("refunds what is still held after a partial refund", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const rest = deal.terms.price - 1_000n;
      await f.refundHeld(deal, { amount: 1_000n });
      await f.time.increaseTo(deal.terms.deliverBy);
      const expiring = f.escrow.connect(f.stranger).expire(deal.packed);
      await expect(expiring).to.emit(f.escrow, "DealExpired").withArgs(deal.id, rest, 0);
      await expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-rest, rest]);
    });

    it("doubles earnest money from the coverage when the goods were not shipped", async () => {
      const f = await load();
      const deal = await f.reach("funded", await withEarnest(f));
      const { price, deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.shipBy);
      const expiring = f.escrow.connect(f.stranger).expire(deal.packed);
      await expect(expiring).to.emit(f.escrow, "DealExpired").withArgs(deal.id, price, 0);
      await expect(expiring).to.emit(f.escrow, "DealCompensated").withArgs(deal.id, deposit, 0);
      await expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-(price + deposit), price + deposit]);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE - deposit, 0n, 0n]);
      expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
    });

    it("does not double earnest money once the goods were shipped", async () => {
      const f = await load();
      const deal = await f.reach("shipped", await withEarnest(f));
      const { price } = deal.terms;
      await f.time.increaseTo(deal.terms.deliverBy);
      const expiring = f.escrow.connect(f.stranger).expire(deal.packed);
      await expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-price, price]);
      await expect(expiring).not.to.emit(f.escrow, "DealCompensated");
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("reverts with WrongStatus in every other place, and the second time", async () => {
      const f = await load();
      const refuses = async (place: DealPlace, status: DealStatus) => {
        const deal = await f.reach(place);
        await f.time.increase(200 * DAY);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).expire(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("shipped")],
        });
      };
      for (const status of ["none", "deposited", "delivered", "released", "closed"] as const)
        await refuses(status, status);
      for (const stage of ["deposited", "funded", "shipped", "delivered", "released"] as const)
        await refuses(`disputed-${stage}`, "disputed");

      const deal = await f.reach("funded");
      await f.time.increaseTo(deal.terms.shipBy);
      const send = () => f.escrow.connect(f.stranger).expire(deal.packed);
      await send();
      await f.expectRefusal(deal, send, {
        error: "WrongStatus",
        args: [deal.id, statusNumber("none"), statusNumber("shipped")],
      });
    });
  });
});
