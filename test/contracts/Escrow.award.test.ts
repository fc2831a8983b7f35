import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { COVERAGE, DAY, type Fixture, startingPoint, type TestDeal } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

const decisionOf = (
  f: Fixture,
  { terms }: TestDeal,
  over: { toBuyer?: bigint; toSeller?: bigint; compensation?: bigint } = {},
) => {
  const { toBuyer, toSeller, compensation } = { toBuyer: terms.price, toSeller: 0n, compensation: 0n, ...over };
  return [toBuyer, toSeller, compensation, f.digest("reasons"), f.digest("evidence")] as const;
};

describe("Escrow", () => {
  describe("award", () => {
    it("pays both parties what the tribunal decides, the fee on the seller's part, and closes the deal", async () => {
      const f = await load();
      const marketplace = f.marketplace.address.toLowerCase() as Hex;
      const { tribunal, changes } = await f.openTribunal();
      for (const place of ["disputed-funded", "disputed-shipped", "disputed-delivered"] as const) {
        const deal = await f.reach(place, { ...changes, feeBps: 1_000, marketplace });
        const { price, token } = deal.terms;
        const toSeller = price / 4n;
        const credit = await f.escrow.creditOf(marketplace, token);
        const decision = decisionOf(f, deal, { toBuyer: price - toSeller, toSeller });
        const awarding = tribunal.award(deal.packed, ...decision);
        await expect(awarding)
          .to.emit(f.escrow, "DealAwarded")
          .withArgs(deal.id, price - toSeller, toSeller, f.digest("reasons"), f.digest("evidence"));
        await expect(awarding).not.to.emit(f.escrow, "DealCompensated");
        await expect(awarding).to.changeEtherBalances(
          ethers,
          [f.buyer, f.seller],
          [price - toSeller, toSeller - toSeller / 10n],
        );
        expect(await f.escrow.creditOf(marketplace, token)).to.equal(credit + toSeller / 10n);
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
      }
    });

    it("divides a deposit, and the whole price once its balance was paid in the dispute", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const deposit = await f.reach("disputed-deposited", changes);
      const held = deposit.terms.deposit;
      await f.expectRefusal(deposit, () => tribunal.award(deposit.packed, ...decisionOf(f, deposit)), {
        error: "AmountsDoNotSum",
        args: [deposit.terms.price, 0, held],
      });
      await expect(tribunal.award(deposit.packed, ...decisionOf(f, deposit, { toBuyer: held }))).to.changeEtherBalances(
        ethers,
        [f.escrow, f.buyer],
        [-held, held],
      );

      const paid = await f.reach("disputed-deposited", changes);
      await f.payBalance(paid);
      await expect(tribunal.award(paid.packed, ...decisionOf(f, paid))).to.changeEtherBalances(
        ethers,
        [f.escrow, f.buyer],
        [-paid.terms.price, paid.terms.price],
      );
    });

    it("returns when the dispute was opened, or the end of the inspection if it was open at delivery", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const deal = await f.reach("disputed-shipped", changes);
      const { disputedAt, until } = await f.stateOf(deal.id);
      const opened = async () => tribunal.award.staticCall(deal.packed, ...decisionOf(f, deal));
      await tribunal.extendBackstop(deal.packed, until + 10 * DAY);
      expect(await opened()).to.equal(disputedAt);
      await f.time.increase(DAY);
      await f.deliver(deal);
      expect(await opened()).to.equal((await f.time.latest()) + deal.terms.inspection);
    });

    it("compensates from this deal's coverage and records what goes beyond it", async () => {
      const f = await load();
      await f.postBond(f.seller.address, f.stablecoinAddress, 7n);
      const { tribunal, changes } = await f.openTribunal();
      for (const [compensation, paid] of [
        [COVERAGE - 1n, COVERAGE - 1n],
        [COVERAGE, COVERAGE],
        [COVERAGE + 1n, COVERAGE],
        [COVERAGE + 5n, COVERAGE],
      ] as const) {
        const before = (await f.escrow.bondOf(f.seller, f.stablecoinAddress)).balance;
        const deal = await f.reach("disputed-funded", { ...changes, coverage: COVERAGE, token: f.stablecoinAddress });
        const { price } = deal.terms;
        const awarding = tribunal.award(deal.packed, ...decisionOf(f, deal, { compensation }));
        await expect(awarding)
          .to.emit(f.escrow, "DealCompensated")
          .withArgs(deal.id, paid, compensation - paid);
        await expect(awarding).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.escrow, f.buyer],
          [-(price + paid), price + paid],
        );
        expect(await f.escrow.shortfallOf(deal.id)).to.equal(compensation - paid);
        expect(await f.escrow.bondOf(f.seller, f.stablecoinAddress)).to.deep.equal([before + COVERAGE - paid, 0n, 0n]);
      }
    });

    it("leaves the bond that other deals reserved alone", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      await f.reach("funded", { coverage: COVERAGE });
      const deal = await f.reach("disputed-funded", { ...changes, coverage: COVERAGE });
      await tribunal.award(deal.packed, ...decisionOf(f, deal, { compensation: 2n * COVERAGE }));
      expect(await f.escrow.shortfallOf(deal.id)).to.equal(COVERAGE);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("records a shortfall without coverage against a seller who shipped", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const inDispute = await f.reach("disputed-funded", changes);
      await f.ship(inDispute);
      for (const deal of [
        await f.reach("disputed-shipped", changes),
        await f.reach("disputed-delivered", changes),
        inDispute,
      ]) {
        await expect(tribunal.award(deal.packed, ...decisionOf(f, deal, { compensation: 5n })))
          .to.emit(f.escrow, "DealCompensated")
          .withArgs(deal.id, 0, 5);
        expect(await f.escrow.shortfallOf(deal.id)).to.equal(5n);
      }
    });

    it("records none against a seller who neither signed the terms nor shipped", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      for (const place of ["disputed-deposited", "disputed-funded"] as const) {
        const deal = await f.reach(place, changes);
        const { held } = await f.stateOf(deal.id);
        const awarding = tribunal.award(deal.packed, ...decisionOf(f, deal, { toBuyer: held, compensation: 5n }));
        await expect(awarding).to.emit(f.escrow, "DealAwarded");
        await expect(awarding).not.to.emit(f.escrow, "DealCompensated");
        await expect(awarding).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-held, held]);
        expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
      }
    });

    it("compensates a disputed tail, where nothing is held, and records the rest", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      for (const [compensation, paid] of [
        [5n, 5n],
        [COVERAGE + 5n, COVERAGE],
      ] as const) {
        const deal = await f.reach("disputed-released", changes);
        const awarding = tribunal.award(deal.packed, ...decisionOf(f, deal, { toBuyer: 0n, compensation }));
        await expect(awarding)
          .to.emit(f.escrow, "DealCompensated")
          .withArgs(deal.id, paid, compensation - paid);
        await expect(awarding).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-paid, paid]);
        expect(await f.escrow.shortfallOf(deal.id)).to.equal(compensation - paid);
      }
    });

    it("is possible one second before the backstop and reverts with DeadlinePassed at it", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const deal = await f.reach("disputed-funded", changes);
      const { until } = await f.stateOf(deal.id);
      await f.expectUntil(deal, until, () => tribunal.award(deal.packed, ...decisionOf(f, deal)), "DealAwarded");
    });

    it("reverts with NotCaller for anybody but the tribunal of the terms", async () => {
      const f = await load();
      const other = await f.openTribunal();
      const deal = await f.reach("disputed-funded", (await f.openTribunal()).changes);
      const decision = decisionOf(f, deal);
      for (const caller of [f.buyer, f.seller, f.marketplace])
        await f.expectRefusal(deal, () => f.escrow.connect(caller).award(deal.packed, ...decision), {
          error: "NotCaller",
          args: [caller, deal.terms.tribunal],
        });
      await f.expectRefusal(deal, () => other.tribunal.award(deal.packed, ...decision), {
        error: "NotCaller",
        args: [other.tribunal, deal.terms.tribunal],
      });
    });

    it("reverts with AmountsDoNotSum for one unit less or more", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const deal = await f.reach("disputed-funded", changes);
      const { price } = deal.terms;
      for (const [toSeller, toBuyer] of [
        [0n, price - 1n],
        [1n, price],
        [2n ** 96n - 1n, 1n],
        [price - 1n, 2n ** 96n - 1n],
      ] as const)
        await f.expectRefusal(deal, () => tribunal.award(deal.packed, ...decisionOf(f, deal, { toBuyer, toSeller })), {
          error: "AmountsDoNotSum",
          args: [toBuyer, toSeller, price],
        });
    });

    it("reverts with WrongStatus in every other state, and the second time", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      for (const status of ["none", "deposited", "funded", "shipped", "delivered", "released", "closed"] as const) {
        const deal = await f.reach(status, changes);
        await f.expectRefusal(deal, () => tribunal.award(deal.packed, ...decisionOf(f, deal)), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("disputed")],
        });
      }
      const deal = await f.reach("disputed-funded", changes);
      await tribunal.award(deal.packed, ...decisionOf(f, deal));
      await f.expectRefusal(deal, () => tribunal.award(deal.packed, ...decisionOf(f, deal)), {
        error: "WrongStatus",
        args: [deal.id, statusNumber("closed"), statusNumber("disputed")],
      });
    });
  });
});
