import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import type { Terms } from "../../src/core/terms.ts";
import { COVERAGE, deployEscrow, type Fixture, statusNumber, type TestDeal } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

/** A disputed deal before a tribunal that awards what it is asked. */
const disputed = async (f: Fixture, changes: Partial<Terms> = {}) => {
  const tribunal = await f.ethers.deployContract("OpenTribunal", [f.escrow]);
  const address = (await tribunal.getAddress()).toLowerCase() as Hex;
  return { tribunal, deal: await f.reach("disputed", { tribunal: address, ...changes }) };
};

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
    it("pays both parties what the tribunal decides, the fee on the seller's part", async () => {
      const f = await load();
      const marketplace = f.marketplace.address.toLowerCase() as Hex;
      const { tribunal, deal } = await disputed(f, { feeBps: 1_000, marketplace });
      const { price } = deal.terms;
      const toSeller = price / 4n;
      const awarding = tribunal.award(deal.packed, ...decisionOf(f, deal, { toBuyer: price - toSeller, toSeller }));
      await expect(awarding)
        .to.emit(f.escrow, "DealAwarded")
        .withArgs(deal.id, price - toSeller, toSeller, f.digest("reasons"), f.digest("evidence"));
      await expect(awarding).not.to.emit(f.escrow, "DealCompensated");
      await expect(awarding).to.changeEtherBalances(
        ethers,
        [f.buyer, f.seller],
        [price - toSeller, toSeller - toSeller / 10n],
      );
      expect(await f.escrow.creditOf(marketplace, deal.terms.token)).to.equal(toSeller / 10n);
      expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber("closed"), 0n, 0n, 0n, 0n, 0n]);
    });

    it("compensates from this deal's coverage and records what goes beyond it", async () => {
      const f = await load();
      await f.postBond(f.seller.address, f.stablecoinAddress, 7n);
      for (const [compensation, paid] of [
        [COVERAGE - 1n, COVERAGE - 1n],
        [COVERAGE, COVERAGE],
        [COVERAGE + 5n, COVERAGE],
      ] as const) {
        const before = (await f.escrow.bondOf(f.seller, f.stablecoinAddress)).balance;
        const { tribunal, deal } = await disputed(f, { coverage: COVERAGE, token: f.stablecoinAddress });
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

    it("compensates a disputed tail, where nothing is held", async () => {
      const f = await load();
      const tribunal = await f.ethers.deployContract("OpenTribunal", [f.escrow]);
      const deal = await f.reach("released", { tribunal: (await tribunal.getAddress()).toLowerCase() as Hex });
      await f.dispute(deal);
      const decision = decisionOf(f, deal, { toBuyer: 0n, compensation: 5n });
      await expect(tribunal.award(deal.packed, ...decision)).to.changeEtherBalances(ethers, [f.buyer], [5n]);
    });

    it("is possible one second before the backstop and reverts with DeadlinePassed at it", async () => {
      const f = await load();
      const { tribunal, deal } = await disputed(f);
      const { until } = await f.escrow.dealOf(deal.id);
      const send = () => tribunal.award(deal.packed, ...decisionOf(f, deal));
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(until);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [until] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(until - 1n);
      await expect(send()).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with NotCaller for anybody but the tribunal of the terms", async () => {
      const f = await load();
      const { tribunal } = await disputed(f);
      const { deal } = await disputed(f);
      const decision = decisionOf(f, deal);
      for (const caller of [f.buyer, f.seller, f.marketplace])
        await f.expectRefusal(deal, () => f.escrow.connect(caller).award(deal.packed, ...decision), {
          error: "NotCaller",
          args: [caller, deal.terms.tribunal],
        });
      await f.expectRefusal(deal, () => tribunal.award(deal.packed, ...decision), {
        error: "NotCaller",
        args: [tribunal, deal.terms.tribunal],
      });
    });

    it("returns when the dispute was opened", async () => {
      const f = await load();
      const { tribunal, deal } = await disputed(f);
      const { disputedAt } = await f.stateOf(deal.id);
      expect(await tribunal.award.staticCall(deal.packed, ...decisionOf(f, deal))).to.equal(disputedAt);
    });

    it("records a debt only against a seller who signed the terms or shipped", async () => {
      const f = await load();
      for (const [place, recorded] of [
        ["disputed-funded", 0n],
        ["disputed-shipped", 7n],
        ["disputed-delivered", 7n],
      ] as const) {
        const { tribunal, deal: first } = await disputed(f);
        const deal = await f.reach(place, { tribunal: first.terms.tribunal });
        await tribunal.award(deal.packed, ...decisionOf(f, deal, { compensation: 7n }));
        expect(await f.escrow.shortfallOf(deal.id), place).to.equal(recorded);
      }
    });

    it("reverts with AmountsDoNotSum for one unit less or more", async () => {
      const f = await load();
      const { tribunal, deal } = await disputed(f);
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
      const tribunal = await f.ethers.deployContract("OpenTribunal", [f.escrow]);
      const address = (await tribunal.getAddress()).toLowerCase() as Hex;
      for (const status of ["none", "deposited", "funded", "shipped", "delivered", "released", "closed"] as const) {
        const deal = await f.reach(status, { tribunal: address });
        await f.expectRefusal(deal, () => tribunal.award(deal.packed, ...decisionOf(f, deal)), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("disputed")],
        });
      }
      const deal = await f.reach("disputed", { tribunal: address });
      await tribunal.award(deal.packed, ...decisionOf(f, deal));
      await f.expectRefusal(deal, () => tribunal.award(deal.packed, ...decisionOf(f, deal)), {
        error: "WrongStatus",
        args: [deal.id, statusNumber("closed"), statusNumber("disputed")],
      });
    });
  });
});
