import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { DAY, deployEscrow, type Fixture, statusNumber } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

const MAX_EXTENSION = 180 * DAY;

const disputed = async (f: Fixture) => {
  const tribunal = await f.ethers.deployContract("OpenTribunal", [f.escrow]);
  const deal = await f.reach("disputed", { tribunal: (await tribunal.getAddress()).toLowerCase() as Hex });
  const { until } = await f.escrow.dealOf(deal.id);
  return { tribunal, deal, until: Number(until) };
};

describe("Escrow", () => {
  describe("extendBackstop", () => {
    it("moves the backstop later and moves no money", async () => {
      const f = await load();
      const { tribunal, deal, until } = await disputed(f);
      const extending = tribunal.extendBackstop(deal.packed, until + DAY);

      await expect(extending)
        .to.emit(f.escrow, "BackstopExtended")
        .withArgs(deal.id, until + DAY);
      await expect(extending).to.changeEtherBalances(ethers, [f.escrow], [0n]);
      expect(await f.stateOf(deal.id)).to.deep.include({
        status: "disputed",
        disputedFrom: "funded",
        held: deal.terms.price,
        until: until + DAY,
      });
    });

    it("goes as far as 180 days from now, and reverts with BackstopTooLate one second beyond", async () => {
      const f = await load();
      const { tribunal, deal, until } = await disputed(f);
      const at = until - 50 * DAY;
      const send = (to: number) => () => tribunal.extendBackstop(deal.packed, to);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(at);
      await f.expectRefusal(deal, send(at + MAX_EXTENSION + 1), {
        error: "BackstopTooLate",
        args: [at + MAX_EXTENSION + 1, at + MAX_EXTENSION],
      });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(at);
      await expect(send(at + MAX_EXTENSION)()).to.emit(f.escrow, "BackstopExtended");
    });

    it("may be called again and again while the docket is live", async () => {
      const f = await load();
      const { tribunal, deal, until } = await disputed(f);
      let end = until;
      for (let round = 0; round < 3; round += 1) {
        await f.time.setNextBlockTimestamp(end - 1);
        end += 100 * DAY;
        await expect(tribunal.extendBackstop(deal.packed, end)).to.emit(f.escrow, "BackstopExtended");
      }
    });

    it("reverts with BackstopNotLater when it would not move it later, and with DeadlinePassed at the backstop", async () => {
      const f = await load();
      const { tribunal, deal, until } = await disputed(f);
      const send = (to: number) => () => tribunal.extendBackstop(deal.packed, to);
      await f.expectRefusal(deal, send(until), { error: "BackstopNotLater", args: [until, until] });
      await f.expectRefusal(deal, send(until - DAY), { error: "BackstopNotLater", args: [until - DAY, until] });
      await f.time.setNextBlockTimestamp(until);
      await f.expectRefusal(deal, send(until + DAY), { error: "DeadlinePassed", args: [until] });
    });

    it("goes no further than three years from the dispute", async () => {
      const f = await load();
      const { tribunal, deal, until } = await disputed(f);
      const latest = (await f.stateOf(deal.id)).disputedAt + 3 * 365 * DAY;
      let end = until;
      while (end + 170 * DAY < latest) {
        await f.time.setNextBlockTimestamp(end - 1);
        end += 170 * DAY;
        await tribunal.extendBackstop(deal.packed, end);
      }
      await f.time.setNextBlockTimestamp(end - 2);
      await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, latest + 1), {
        error: "BackstopTooLate",
        args: [latest + 1, latest],
      });
      await expect(tribunal.extendBackstop(deal.packed, latest)).to.emit(f.escrow, "BackstopExtended");
    });

    it("reverts with NotCaller for anybody but the tribunal of the terms", async () => {
      const f = await load();
      const { deal, until } = await disputed(f);
      for (const caller of [f.buyer, f.seller])
        await f.expectRefusal(deal, () => f.escrow.connect(caller).extendBackstop(deal.packed, until + DAY), {
          error: "NotCaller",
          args: [caller, deal.terms.tribunal],
        });
    });

    it("reverts with WrongStatus in every other state", async () => {
      const f = await load();
      const { tribunal, deal: before } = await disputed(f);
      for (const status of ["none", "deposited", "funded", "shipped", "delivered", "released", "closed"] as const) {
        const deal = await f.reach(status, { tribunal: before.terms.tribunal });
        await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, deal.terms.fundBy + 90 * DAY), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("disputed")],
        });
      }
    });
  });
});
