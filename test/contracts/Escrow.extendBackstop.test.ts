import { expect } from "chai";
import { network } from "hardhat";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import { DAY, type Fixture, startingPoint } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);

const MAX_EXTENSION = 180 * DAY;
const MAX_DISPUTE = 1_095 * DAY;

const disputed = async (f: Fixture) => {
  const { tribunal, changes } = await f.openTribunal();
  const deal = await f.reach("disputed-funded", changes);
  const { until, disputedAt } = await f.stateOf(deal.id);
  const send = (to: number) => () => tribunal.extendBackstop(deal.packed, to);
  return { tribunal, changes, deal, until, disputedAt, send };
};

describe("Escrow", () => {
  describe("extendBackstop", () => {
    it("moves the backstop later, and neither money nor the stage of the dispute", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      for (const place of [
        "disputed-deposited",
        "disputed-funded",
        "disputed-shipped",
        "disputed-delivered",
        "disputed-released",
      ] as const) {
        const deal = await f.reach(place, changes);
        const before = await f.stateOf(deal.id);
        const until = before.until + 1;
        const extending = tribunal.extendBackstop(deal.packed, until);

        await expect(extending).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, until);
        await expect(extending).to.changeEtherBalances(ethers, [f.escrow], [0n]);
        expect(await f.stateOf(deal.id)).to.deep.equal({ ...before, until });
      }
    });

    it("reaches 180 days from now, and reverts with BackstopTooLate one second beyond", async () => {
      const f = await load();
      const { deal, until, send } = await disputed(f);
      const at = until - 50 * DAY;
      const latest = at + MAX_EXTENSION;
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(at);
      await f.expectRefusal(deal, send(latest + 1), { error: "BackstopTooLate", args: [latest + 1, latest] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(at);
      await expect(send(latest)()).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, latest);
    });

    it("reaches 1,095 days from the dispute in all, and reverts with BackstopTooLate one second beyond", async () => {
      const f = await load();
      const { deal, until, disputedAt, send } = await disputed(f);
      const latest = disputedAt + MAX_DISPUTE;
      let end = until;
      while (end + MAX_EXTENSION - 1 < latest) {
        await f.time.setNextBlockTimestamp(end - 1);
        end += MAX_EXTENSION - 1;
        await expect(send(end)()).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, end);
      }
      await f.time.setNextBlockTimestamp(end - 2);
      await f.expectRefusal(deal, send(latest + 1), { error: "BackstopTooLate", args: [latest + 1, latest] });
      await f.time.setNextBlockTimestamp(end - 1);
      await expect(send(latest)()).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, latest);
      await f.expectRefusal(deal, send(latest), { error: "BackstopNotLater", args: [latest, latest] });
      await f.expectRefusal(deal, send(latest + 1), { error: "BackstopTooLate", args: [latest + 1, latest] });
    });

    it("reaches 1,095 days from the end of the inspection, in a dispute that was open at delivery", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const deal = await f.reach("disputed-shipped", changes);
      const { disputedAt: openedAt } = await f.stateOf(deal.id);
      await f.deliver(deal);
      const { disputedAt, until } = await f.stateOf(deal.id);
      expect(disputedAt).to.be.greaterThan(openedAt);
      const latest = disputedAt + MAX_DISPUTE;
      let end = until;
      while (end + MAX_EXTENSION - 1 < latest) {
        await f.time.setNextBlockTimestamp(end - 1);
        end += MAX_EXTENSION - 1;
        await tribunal.extendBackstop(deal.packed, end);
      }
      await f.time.setNextBlockTimestamp(end - 2);
      await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, latest + 1), {
        error: "BackstopTooLate",
        args: [latest + 1, latest],
      });
      await expect(tribunal.extendBackstop(deal.packed, latest))
        .to.emit(f.escrow, "BackstopMoved")
        .withArgs(deal.id, latest);
    });

    it("moves no backstop that lies 180 days or more away, until it is nearer", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const shipBy = (await f.time.latest()) + 300 * DAY;
      const deal = await f.reach("disputed-funded", { ...changes, shipBy, deliverBy: shipBy + DAY });
      const { until } = await f.stateOf(deal.id);
      expect(until).to.equal(shipBy + deal.terms.backstop);
      const at = until - MAX_EXTENSION;
      await f.time.setNextBlockTimestamp(at);
      await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, until + 1), {
        error: "BackstopTooLate",
        args: [until + 1, until],
      });
      await f.time.setNextBlockTimestamp(at + 1);
      await expect(tribunal.extendBackstop(deal.packed, until + 1))
        .to.emit(f.escrow, "BackstopMoved")
        .withArgs(deal.id, until + 1);
    });

    it("reverts with BackstopNotLater for the same second and for an earlier one", async () => {
      const f = await load();
      const { deal, until, send } = await disputed(f);
      for (const to of [until, until - DAY, 0])
        await f.expectRefusal(deal, send(to), { error: "BackstopNotLater", args: [to, until] });
      await expect(send(until + 1)()).to.emit(f.escrow, "BackstopMoved");
    });

    it("is possible one second before the backstop and reverts with DeadlinePassed at it", async () => {
      const f = await load();
      const { deal, until, send } = await disputed(f);
      await f.expectUntil(deal, until, send(until + DAY), "BackstopMoved");
    });

    it("reverts with BackstopTooLate for a second that would not fit the deal's slot", async () => {
      const f = await load();
      const { tribunal, deal, until } = await disputed(f);
      const at = until - DAY;
      await f.time.setNextBlockTimestamp(at);
      await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, 2n ** 256n - 1n), {
        error: "BackstopTooLate",
        args: [2n ** 256n - 1n, at + MAX_EXTENSION],
      });
    });

    it("reverts with NotCaller for anybody but the tribunal of the terms", async () => {
      const f = await load();
      const { deal, until } = await disputed(f);
      const other = await f.openTribunal();
      for (const caller of [f.buyer, f.seller])
        await f.expectRefusal(deal, () => f.escrow.connect(caller).extendBackstop(deal.packed, until + DAY), {
          error: "NotCaller",
          args: [caller, deal.terms.tribunal],
        });
      await f.expectRefusal(deal, () => other.tribunal.extendBackstop(deal.packed, until + DAY), {
        error: "NotCaller",
        args: [other.tribunal, deal.terms.tribunal],
      });
    });

    it("reverts with WrongStatus in every other state", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      for (const status of ["none", "deposited", "funded", "shipped", "delivered", "released", "closed"] as const) {
        const deal = await f.reach(status, changes);
        await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, deal.terms.fundBy + 90 * DAY), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("disputed")],
        });
      }
    });
  });
});
