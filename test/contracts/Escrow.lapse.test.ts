import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { clockOf, type DealStage, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import type { Terms } from "../../src/core/deal/terms.ts";
import { COVERAGE, DAY, type Fixture, startingPoint, type TestDeal } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

const HOUR = 3_600;

const withFee = (f: Fixture) => ({ feeBps: 1_000, marketplace: f.marketplace.address.toLowerCase() as Hex });

/** Terms whose deposit, a fifth of the price, is earnest money. */
const withEarnest = async (f: Fixture) => ({ ...(await f.inTwoParts(5n)), earnest: true, coverage: COVERAGE });

/** Terms under a tribunal that accepts a backstop of an hour, the shortest. */
const withShortBackstop = async (f: Fixture) => ({
  ...(await f.openTribunal()).changes,
  inspection: HOUR,
  backstop: HOUR,
});

/** A disputed deal of a tribunal that stays silent until the backstop, and the call that overtakes it. */
const silent = async (f: Fixture, stage: DealStage, changes: Partial<Terms> = {}) => {
  const deal = await f.reach(`disputed-${stage}`, changes);
  return { deal, send: () => f.escrow.connect(f.stranger).lapse(deal.packed) };
};

/** Sends at the backstop of the deal, as it stands now. */
const atBackstop = async (f: Fixture, deal: TestDeal) => {
  const { until, disputedAt } = await f.stateOf(deal.id);
  await f.time.setNextBlockTimestamp(until);
  return { at: until, disputedAt, lapsing: f.escrow.connect(f.stranger).lapse(deal.packed) };
};

describe("Escrow", () => {
  describe("lapse of an unpaid balance", () => {
    it("gives an advance whose balance was not paid back to the buyer", async () => {
      const f = await load();
      const deal = await f.reach("deposited", { coverage: COVERAGE });
      const { deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.balanceBy);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);

      await expect(lapsing).to.emit(f.escrow, "DealLapsed").withArgs(deal.id, deposit, 0, 0);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [-deposit, deposit, 0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("gives earnest money whose balance was not paid to the seller, less the fee", async () => {
      const f = await load();
      const deal = await f.reach("deposited", { ...(await withEarnest(f)), ...withFee(f) });
      const { deposit } = deal.terms;
      await f.time.increaseTo(deal.terms.balanceBy);
      const lapsing = f.escrow.connect(f.stranger).lapse(deal.packed);

      await expect(lapsing).to.emit(f.escrow, "DealLapsed").withArgs(deal.id, 0, deposit, 0);
      await expect(lapsing).not.to.emit(f.escrow, "DealCompensated");
      await expect(lapsing).to.changeEtherBalances(ethers, [f.seller, f.buyer], [deposit - deposit / 10n, 0n]);
      expect(await f.escrow.creditOf(f.marketplace, deal.terms.token)).to.equal(deposit / 10n);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("reverts with DeadlineNotReached one second before balanceBy and is possible at it", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const send = () => f.escrow.connect(f.stranger).lapse(deal.packed);
      await f.expectFrom(deal, deal.terms.balanceBy, send, "DealLapsed");
    });
  });

  describe("lapse of a silent tribunal", () => {
    for (const [stage, clock, event] of [
      ["deposited", "balanceBy", "DealLapsed"],
      ["funded", "shipBy", "DealExpired"],
      ["shipped", "deliverBy", "DealExpired"],
      ["delivered", "until", "DealLapsed"],
      ["released", "until", "DealClosed"],
    ] as const)
      it(`reverts with DeadlineNotReached one second before the backstop and is possible at it (${stage})`, async () => {
        const f = await load();
        for (const changes of [{}, await withShortBackstop(f)]) {
          const deal = await f.reach(stage, changes);
          const backstopAt = clockOf(clock, deal.terms, await f.stateOf(deal.id)) + deal.terms.backstop;
          await f.dispute(deal);
          const send = () => f.escrow.connect(f.stranger).lapse(deal.packed);
          await f.expectFrom(deal, backstopAt, send, event);
          // A closed deal is known until its terms can no longer be funded.
          const ended = backstopAt < deal.terms.fundBy ? "closed" : "none";
          expect(await f.stateOf(deal.id)).to.deep.equal(undisputed(ended));
        }
      });

    for (const [stage, clock] of [
      ["deposited", "balanceBy"],
      ["funded", "shipBy"],
      ["shipped", "deliverBy"],
    ] as const)
      it(`leaves a ${stage} deal alone at ${clock}, and refunds it at the shortest backstop after it`, async () => {
        const f = await load();
        const { deal, send } = await silent(f, stage, await withShortBackstop(f));
        const { held } = await f.stateOf(deal.id);
        const backstopAt = deal.terms[clock] + HOUR;
        for (const at of [deal.terms[clock], backstopAt - 1]) {
          await f.time.setNextBlockTimestamp(at);
          await f.expectRefusal(deal, send, { error: "DeadlineNotReached", args: [backstopAt] });
        }
        await f.time.setNextBlockTimestamp(backstopAt);
        await expect(send()).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [-held, held, 0n]);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
      });

    it("keeps the coverage at the end of a disputed tail, and frees it at the shortest backstop after it", async () => {
      const f = await load();
      const deal = await f.reach("released", await withShortBackstop(f));
      const { until: tailUntil } = await f.stateOf(deal.id);
      await f.dispute(deal);
      const backstopAt = tailUntil + HOUR;
      const send = () => f.escrow.connect(f.stranger).lapse(deal.packed);
      for (const at of [tailUntil, backstopAt - 1]) {
        await f.time.setNextBlockTimestamp(at);
        await f.expectRefusal(deal, send, { error: "DeadlineNotReached", args: [backstopAt] });
      }
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);

      await f.time.setNextBlockTimestamp(backstopAt);
      const closing = send();
      await expect(closing).to.emit(f.escrow, "DealClosed").withArgs(deal.id);
      await expect(closing).to.changeEtherBalances(ethers, [f.escrow], [0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("acts on a deposit as at balanceBy: an advance to the buyer, earnest money to the seller less the fee", async () => {
      const f = await load();
      const advance = await f.reach("disputed-deposited", { coverage: COVERAGE });
      const { deposit } = advance.terms;
      const first = (await atBackstop(f, advance)).lapsing;
      await expect(first).to.emit(f.escrow, "DealLapsed").withArgs(advance.id, deposit, 0, 0);
      await expect(first).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-deposit, deposit]);
      expect((await f.escrow.bondOf(f.seller, advance.terms.token)).reserved).to.equal(0n);

      const earnest = await f.reach("disputed-deposited", { ...(await withEarnest(f)), ...withFee(f) });
      const held = earnest.terms.deposit;
      const second = (await atBackstop(f, earnest)).lapsing;
      await expect(second).to.emit(f.escrow, "DealLapsed").withArgs(earnest.id, 0, held, 0);
      await expect(second).to.changeEtherBalances(ethers, [f.seller, f.buyer], [held - held / 10n, 0n]);
      expect((await f.escrow.bondOf(f.seller, earnest.terms.token)).reserved).to.equal(0n);
    });

    it("acts on a funded deal as at shipBy: a refund, earnest money doubled", async () => {
      const f = await load();
      const plain = await f.reach("disputed-funded", { coverage: COVERAGE });
      const { price } = plain.terms;
      const first = (await atBackstop(f, plain)).lapsing;
      await expect(first).to.emit(f.escrow, "DealExpired").withArgs(plain.id, price, 0);
      await expect(first).not.to.emit(f.escrow, "DealCompensated");
      await expect(first).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-price, price]);
      expect(await f.escrow.bondOf(f.seller, plain.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);

      const earnest = await f.reach("disputed-funded", await withEarnest(f));
      const { deposit } = earnest.terms;
      const second = (await atBackstop(f, earnest)).lapsing;
      await expect(second).to.emit(f.escrow, "DealExpired").withArgs(earnest.id, price, 0);
      await expect(second).to.emit(f.escrow, "DealCompensated").withArgs(earnest.id, deposit, 0);
      await expect(second).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-(price + deposit), price + deposit]);
      expect(await f.escrow.bondOf(f.seller, earnest.terms.token)).to.deep.equal([2n * COVERAGE - deposit, 0n, 0n]);
    });

    it("acts on a shipped deal as at deliverBy: a refund, which leaves the tail of a covered deal", async () => {
      const f = await load();
      for (const coverage of [0n, COVERAGE]) {
        const deal = await f.reach("disputed-shipped", { coverage, token: f.stablecoinAddress });
        const { price, tail } = deal.terms;
        const { at, lapsing } = await atBackstop(f, deal);
        const tailUntil = coverage === 0n ? 0 : at + tail;
        await expect(lapsing).to.emit(f.escrow, "DealExpired").withArgs(deal.id, price, tailUntil);
        await expect(lapsing).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.buyer], [-price, price]);
        expect(await f.stateOf(deal.id)).to.deep.equal(
          coverage === 0n ? undisputed("none") : undisputed("released", 0n, tailUntil),
        );
        expect(await f.escrow.bondOf(f.seller, f.stablecoinAddress)).to.deep.equal([coverage, coverage, 0n]);
      }
    });

    it("splits by silenceBps after delivery, the odd unit to the buyer", async () => {
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
        const { lapsing } = await atBackstop(f, deal);
        await expect(lapsing)
          .to.emit(f.escrow, "DealLapsed")
          .withArgs(deal.id, 1_001n - toSeller, toSeller, 0);
        await expect(lapsing).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.escrow, f.buyer, f.seller],
          [-1_001n, 1_001n - toSeller, toSeller],
        );
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
      }
    });

    it("leaves the tail of a covered deal after the split, and takes the fee of the seller's part", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered", { coverage: COVERAGE, ...withFee(f) });
      const { price, tail, token } = deal.terms;
      const toSeller = price / 2n;
      const { at, lapsing } = await atBackstop(f, deal);
      await expect(lapsing)
        .to.emit(f.escrow, "DealLapsed")
        .withArgs(deal.id, price - toSeller, toSeller, at + tail);
      await expect(lapsing).to.changeEtherBalances(
        ethers,
        [f.buyer, f.seller],
        [price - toSeller, toSeller - toSeller / 10n],
      );
      expect(await f.escrow.creditOf(f.marketplace, token)).to.equal(toSeller / 10n);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("released", 0n, at + tail));
      expect(await f.escrow.bondOf(f.seller, token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("splits what is left after a partial refund", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const held = deal.terms.price - 1_001n;
      await f.refundHeld(deal, { amount: 1_001n });
      await f.dispute(deal);
      const { lapsing } = await atBackstop(f, deal);
      await expect(lapsing)
        .to.emit(f.escrow, "DealLapsed")
        .withArgs(deal.id, held - held / 2n, held / 2n, 0);
    });

    for (const [stage, perform, clock] of [
      ["deposited", "payBalance", "shipBy"],
      ["funded", "ship", "deliverBy"],
    ] as const)
      it(`refunds at the backstop after ${clock}, when a disputed ${stage} deal went on by ${perform}`, async () => {
        const f = await load();
        for (const coverage of [0n, COVERAGE]) {
          const changes = { ...(await withShortBackstop(f)), coverage };
          const { deal, send } = await silent(f, stage, changes);
          await f[perform](deal);
          const { price, tail } = deal.terms;
          const backstopAt = deal.terms[clock] + HOUR;
          await f.time.setNextBlockTimestamp(backstopAt - 1);
          await f.expectRefusal(deal, send, { error: "DeadlineNotReached", args: [backstopAt] });

          // Only a deal that was shipped leaves a tail.
          const tailUntil = perform === "ship" && coverage !== 0n ? backstopAt + tail : 0;
          await f.time.setNextBlockTimestamp(backstopAt);
          const lapsing = send();
          await expect(lapsing).to.emit(f.escrow, "DealExpired").withArgs(deal.id, price, tailUntil);
          await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [-price, price, 0n]);
          expect(await f.stateOf(deal.id)).to.deep.equal(
            tailUntil === 0 ? undisputed("none") : undisputed("released", 0n, tailUntil),
          );
        }
      });

    it("leaves the time of the dispute with the deal, once delivered the end of the inspection", async () => {
      const f = await load();
      const deal = await f.reach("disputed-deposited", { ...(await withShortBackstop(f)), coverage: COVERAGE });
      const { disputedAt } = await f.stateOf(deal.id);
      for (const step of [f.payBalance, f.ship]) {
        await step(deal);
        expect((await f.stateOf(deal.id)).disputedAt).to.equal(disputedAt);
      }
      await f.deliver(deal);
      const inspectionUntil = (await f.time.latest()) + HOUR;
      expect((await f.stateOf(deal.id)).disputedAt).to.equal(inspectionUntil);
      const { at, lapsing } = await atBackstop(f, deal);
      await lapsing;
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("released", 0n, at + deal.terms.tail));
    });

    it("splits a deal that was delivered while disputed, at the backstop after the inspection", async () => {
      const f = await load();
      const { deal, send } = await silent(f, "shipped");
      const at = deal.terms.deliverBy - 1;
      await f.time.setNextBlockTimestamp(at);
      await f.deliver(deal);
      await f.expectFrom(deal, at + deal.terms.inspection + deal.terms.backstop, send, "DealLapsed");
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
    });

    it("splits a deal that was delivered early while disputed, at the backstop that stood before", async () => {
      const f = await load();
      const { deal, send } = await silent(f, "shipped");
      await f.deliver(deal);
      await f.expectFrom(deal, deal.terms.deliverBy + deal.terms.backstop, send, "DealLapsed");
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
    });

    it("runs from the backstop that the tribunal moved", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const { deal, send } = await silent(f, "funded", changes);
      const { until } = await f.stateOf(deal.id);
      await tribunal.extendBackstop(deal.packed, until + DAY);
      await f.expectFrom(deal, until + DAY, send, "DealExpired");
    });
  });

  describe("lapse", () => {
    it("reverts with WrongStatus in every other state, and the second time", async () => {
      const f = await load();
      for (const status of ["none", "funded", "shipped", "delivered", "released", "closed"] as const) {
        const deal = await f.reach(status);
        await f.time.increase(200 * DAY);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).lapse(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("disputed")],
        });
      }
      for (const [place, changes] of [
        ["disputed-funded", await withShortBackstop(f)],
        ["disputed-delivered", {}],
      ] as const) {
        const deal = await f.reach(place, changes);
        await (await atBackstop(f, deal)).lapsing;
        const { status } = await f.stateOf(deal.id);
        await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).lapse(deal.packed), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("disputed")],
        });
      }
    });
  });
});
