import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type DealStage, statusNumber, undisputed } from "../../src/core/deals.ts";
import type { Terms } from "../../src/core/terms.ts";
import { COVERAGE, DAY, deployEscrow, type Fixture, type TestDeal } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

const withFee = (f: Fixture) => ({ feeBps: 1_000, marketplace: f.marketplace.address.toLowerCase() as Hex });

/** Terms whose deposit, a fifth of the price, is earnest money. */
const withEarnest = async (f: Fixture) => ({ ...(await f.inTwoParts(5n)), earnest: true, coverage: COVERAGE });

/** Terms under a tribunal that accepts a backstop of an hour. */
const withShortBackstop = async (f: Fixture) => ({
  ...(await f.openTribunal()).changes,
  inspection: 3_600,
  backstop: 3_600,
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
    for (const stage of ["deposited", "funded", "shipped", "delivered", "released"] as const)
      it(`reverts with DeadlineNotReached one second before the backstop and is possible at it (${stage})`, async () => {
        const f = await load();
        const { deal, send } = await silent(f, stage);
        const { until } = await f.stateOf(deal.id);
        const events = {
          deposited: "DealLapsed",
          funded: "DealExpired",
          shipped: "DealExpired",
          delivered: "DealLapsed",
          released: "DealClosed",
        } as const;
        await f.expectFrom(deal, until, send, events[stage]);
      });

    for (const [stage, clock] of [
      ["deposited", "balanceBy"],
      ["funded", "shipBy"],
      ["shipped", "deliverBy"],
    ] as const)
      it(`resumes a ${stage} deal one second before ${clock}, and not at ${clock}`, async () => {
        const f = await load();
        const { deal, send } = await silent(f, stage, await withShortBackstop(f));
        const { held, disputedAt } = await f.stateOf(deal.id);
        const snapshot = await networkHelpers.takeSnapshot();
        await f.time.setNextBlockTimestamp(deal.terms[clock] - 1);
        const lapsing = send();
        await expect(lapsing).to.emit(f.escrow, "DealResumed").withArgs(deal.id, statusNumber(stage), 0);
        await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [0n, 0n, 0n]);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed(stage, held, 0, disputedAt));

        await snapshot.restore();
        await f.time.setNextBlockTimestamp(deal.terms[clock]);
        const overtaking = send();
        await expect(overtaking).not.to.emit(f.escrow, "DealResumed");
        await expect(overtaking).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-held, held]);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
      });

    it("resumes a tail one second before its end, and frees the coverage at its end", async () => {
      const f = await load();
      const { deal, send } = await silent(f, "released", await withShortBackstop(f));
      const { resumeUntil, disputedAt } = await f.stateOf(deal.id);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(resumeUntil - 1);
      const lapsing = send();
      await expect(lapsing).to.emit(f.escrow, "DealResumed").withArgs(deal.id, statusNumber("released"), resumeUntil);
      await expect(lapsing).to.changeEtherBalances(ethers, [f.escrow], [0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("released", 0n, resumeUntil, disputedAt));
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);

      await snapshot.restore();
      await f.time.setNextBlockTimestamp(resumeUntil);
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
        const { at, disputedAt, lapsing } = await atBackstop(f, deal);
        const tailUntil = coverage === 0n ? 0 : at + tail;
        await expect(lapsing).to.emit(f.escrow, "DealExpired").withArgs(deal.id, price, tailUntil);
        await expect(lapsing).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.buyer], [-price, price]);
        expect(await f.stateOf(deal.id)).to.deep.equal(
          coverage === 0n ? undisputed("none") : undisputed("released", 0n, tailUntil, disputedAt),
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
      const { at, disputedAt, lapsing } = await atBackstop(f, deal);
      await expect(lapsing)
        .to.emit(f.escrow, "DealLapsed")
        .withArgs(deal.id, price - toSeller, toSeller, at + tail);
      await expect(lapsing).to.changeEtherBalances(
        ethers,
        [f.buyer, f.seller],
        [price - toSeller, toSeller - toSeller / 10n],
      );
      expect(await f.escrow.creditOf(f.marketplace, token)).to.equal(toSeller / 10n);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("released", 0n, at + tail, disputedAt));
      expect(await f.escrow.bondOf(f.seller, token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("splits what is left after a partial refund", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const held = deal.terms.price - 1_001n;
      await f.escrow.connect(f.seller).refund(deal.packed, 1_001n, "0x");
      await f.dispute(deal);
      const { lapsing } = await atBackstop(f, deal);
      await expect(lapsing)
        .to.emit(f.escrow, "DealLapsed")
        .withArgs(deal.id, held - held / 2n, held / 2n, 0);
    });

    it("returns to where the parties got to while it was disputed", async () => {
      const f = await load();
      const changes = await withShortBackstop(f);

      const paid = await f.reach("disputed-deposited", changes);
      await f.payBalance(paid);
      const first = await atBackstop(f, paid);
      await expect(first.lapsing).to.emit(f.escrow, "DealResumed").withArgs(paid.id, statusNumber("funded"), 0);
      expect(await f.stateOf(paid.id)).to.deep.equal(undisputed("funded", paid.terms.price, 0, first.disputedAt));

      const shipped = await f.reach("disputed-funded", changes);
      await f.ship(shipped);
      const second = await atBackstop(f, shipped);
      await expect(second.lapsing).to.emit(f.escrow, "DealResumed").withArgs(shipped.id, statusNumber("shipped"), 0);
      expect(await f.stateOf(shipped.id)).to.deep.equal(
        undisputed("shipped", shipped.terms.price, 0, second.disputedAt),
      );
    });

    it("leaves the time of the dispute with the deal, through every later stage", async () => {
      const f = await load();
      const changes = { ...(await withShortBackstop(f)), coverage: COVERAGE };
      const deal = await f.reach("disputed-deposited", changes);
      const { disputedAt, lapsing } = await atBackstop(f, deal);
      await lapsing;
      for (const step of [f.payBalance, f.ship, f.deliver, f.confirm]) {
        await step(deal);
        expect((await f.stateOf(deal.id)).disputedAt).to.equal(disputedAt);
      }
      expect((await f.stateOf(deal.id)).status).to.equal("released");
    });

    it("splits a deal that was delivered while disputed, at the backstop that counts from delivery", async () => {
      const f = await load();
      const { deal, send } = await silent(f, "shipped");
      const { disputedAt } = await f.stateOf(deal.id);
      await f.time.setNextBlockTimestamp(disputedAt + DAY);
      await f.deliver(deal);
      await f.expectFrom(deal, disputedAt + DAY + deal.terms.backstop, send, "DealLapsed");
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
    });

    it("does not let a deal whose window is over be disputed again", async () => {
      const f = await load();
      const { deal, send } = await silent(f, "released", await withShortBackstop(f));
      const { resumeUntil } = await f.stateOf(deal.id);
      await f.time.setNextBlockTimestamp(resumeUntil - 1);
      await send();
      await f.time.setNextBlockTimestamp(resumeUntil);
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).dispute(deal.packed, f.buyer, f.digest("again"), "0x"),
        { error: "DeadlinePassed", args: [resumeUntil] },
      );
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
