import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { undisputed } from "../../src/core/deal/dealTable.ts";
import type { Terms } from "../../src/core/deal/terms.ts";
import { type Fixture, startingPoint } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);

const SHORTFALL = 1_000n;
/** `HostileReceiver.Behaviour.Revert`. */
const REVERT = 1;

/** A deal that ended by an award which the seller could not pay. */
const owed = async (f: Fixture, changes: Partial<Terms> = {}) => {
  const open = await f.openTribunal();
  const deal = await f.reach("disputed-shipped", { ...open.changes, ...changes });
  const { price } = deal.terms;
  await open.tribunal.award(deal.packed, price, 0n, SHORTFALL, f.digest("reasons"), f.digest("evidence"));
  expect(await f.escrow.shortfallOf(deal.id)).to.equal(SHORTFALL);
  return deal;
};

describe("Escrow", () => {
  describe("payShortfall", () => {
    it("pays the buyer the caller's native currency", async () => {
      const f = await load();
      const deal = await owed(f);
      const paying = f.escrow.connect(f.seller).payShortfall(deal.packed, SHORTFALL, { value: SHORTFALL });
      await expect(paying).to.emit(f.escrow, "ShortfallPaid").withArgs(deal.id, f.seller, SHORTFALL, 0);
      await expect(paying).to.changeEtherBalances(ethers, [f.seller, f.escrow, f.buyer], [-SHORTFALL, 0n, SHORTFALL]);
      expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
    });

    it("pays the buyer tokens of the caller's allowance", async () => {
      const f = await load();
      const deal = await owed(f, { token: f.stablecoinAddress });
      const paying = f.escrow.connect(f.seller).payShortfall(deal.packed, SHORTFALL);
      await expect(paying).to.emit(f.escrow, "ShortfallPaid").withArgs(deal.id, f.seller, SHORTFALL, 0);
      await expect(paying).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.seller, f.escrow, f.buyer],
        [-SHORTFALL, 0n, SHORTFALL],
      );
      expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
    });

    it("takes it in parts, from whoever pays", async () => {
      const f = await load();
      const deal = await owed(f);
      for (const [payer, amount, remaining] of [
        [f.seller, 400n, 600n],
        [f.marketplace, 599n, 1n],
        [f.stranger, 1n, 0n],
      ] as const) {
        const paying = f.escrow.connect(payer).payShortfall(deal.packed, amount, { value: amount });
        await expect(paying).to.emit(f.escrow, "ShortfallPaid").withArgs(deal.id, payer, amount, remaining);
        await expect(paying).to.changeEtherBalances(ethers, [payer, f.buyer], [-amount, amount]);
        expect(await f.escrow.shortfallOf(deal.id)).to.equal(remaining);
      }
    });

    it("is possible at any later time, after the deal's slot was given back", async () => {
      const f = await load();
      const deal = await owed(f);
      await f.time.increase(5 * 365 * 86_400);
      await expect(
        f.escrow.connect(f.seller).payShortfall(deal.packed, SHORTFALL, { value: SHORTFALL }),
      ).to.changeEtherBalances(ethers, [f.seller, f.buyer], [-SHORTFALL, SHORTFALL]);
    });

    it("touches neither the seller's bond nor another deal's shortfall", async () => {
      const f = await load();
      await f.postBond(f.seller.address, ethers.ZeroAddress, SHORTFALL);
      const [deal, other] = [await owed(f), await owed(f)];
      await f.escrow.connect(f.seller).payShortfall(deal.packed, SHORTFALL, { value: SHORTFALL });
      expect(await f.escrow.bondOf(f.seller, ethers.ZeroAddress)).to.deep.equal([SHORTFALL, 0n, 0n]);
      expect(await f.escrow.shortfallOf(other.id)).to.equal(SHORTFALL);
    });

    it("credits a buyer whose wallet refuses the native currency", async () => {
      const f = await load();
      const receiver = await ethers.deployContract("HostileReceiver");
      await receiver.behave(REVERT);
      const buyer = (await receiver.getAddress()).toLowerCase() as Hex;
      await networkHelpers.setBalance(buyer, 10n ** 18n);
      const open = await f.openTribunal();
      const native = f.dealOf(await f.termsOf({ ...open.changes, buyer }));
      const consent = `0x${"00".repeat(65)}`;
      await f.escrow.connect(f.relayer).fund(native.packed, consent, "0x", f.nativeValue(native.terms));
      await f.ship(native);
      await f.dispute(native, native.terms.seller);
      const { price } = native.terms;
      await open.tribunal.award(native.packed, price, 0n, SHORTFALL, f.digest("reasons"), f.digest("evidence"));
      expect(await f.escrow.creditOf(buyer, ethers.ZeroAddress)).to.equal(price);

      const paying = f.escrow.connect(f.seller).payShortfall(native.packed, SHORTFALL, { value: SHORTFALL });
      await expect(paying).to.emit(f.escrow, "CreditAdded").withArgs(receiver, ethers.ZeroAddress, SHORTFALL);
      await expect(paying).to.changeEtherBalances(ethers, [f.seller, f.escrow], [-SHORTFALL, SHORTFALL]);
      expect(await f.escrow.creditOf(buyer, ethers.ZeroAddress)).to.equal(price + SHORTFALL);
      expect(await f.escrow.shortfallOf(native.id)).to.equal(0n);
    });

    it("credits a buyer whom the token blocks", async () => {
      const f = await load();
      const token = await ethers.deployContract("BlocklistToken");
      for (const holder of [f.buyer, f.seller]) {
        await token.mint(holder, 10n ** 15n);
        await token.connect(holder).approve(f.escrow, 2n ** 256n - 1n);
      }
      const deal = await owed(f, { token: (await token.getAddress()).toLowerCase() as Hex });
      await token.setBlocked(f.buyer, true);
      const paid = f.escrow.connect(f.seller).payShortfall(deal.packed, SHORTFALL);
      await expect(paid).to.emit(f.escrow, "CreditAdded").withArgs(f.buyer, token, SHORTFALL);
      await expect(paid).to.changeTokenBalances(ethers, token, [f.seller, f.escrow], [-SHORTFALL, SHORTFALL]);
      expect(await f.escrow.creditOf(f.buyer, token)).to.equal(SHORTFALL);
    });

    it("reverts with AmountExceedsShortfall for more than is owed, for a paid debt, and where none was recorded", async () => {
      const f = await load();
      const deal = await owed(f);
      const send = (amount: bigint) => () =>
        f.escrow.connect(f.seller).payShortfall(deal.packed, amount, { value: amount });
      await f.expectRefusal(deal, send(SHORTFALL + 1n), {
        error: "AmountExceedsShortfall",
        args: [SHORTFALL + 1n, SHORTFALL],
      });
      await f.escrow.connect(f.seller).payShortfall(deal.packed, SHORTFALL, { value: SHORTFALL });
      await f.expectRefusal(deal, send(1n), { error: "AmountExceedsShortfall", args: [1, 0] });
      for (const place of ["none", "funded", "disputed-shipped", "closed"] as const) {
        const without = await f.reach(place);
        await f.expectRefusal(
          without,
          () => f.escrow.connect(f.seller).payShortfall(without.packed, 1n, { value: 1n }),
          { error: "AmountExceedsShortfall", args: [1, 0] },
        );
      }
    });

    it("reverts with AmountZero", async () => {
      const f = await load();
      const deal = await owed(f);
      await f.expectRefusal(deal, () => f.escrow.connect(f.seller).payShortfall(deal.packed, 0n), {
        error: "AmountZero",
      });
    });

    it("reverts with ValueMismatch for less, for more, and for currency sent with a token", async () => {
      const f = await load();
      const native = await owed(f);
      const token = await owed(f, { token: f.stablecoinAddress });
      for (const [deal, value, expected] of [
        [native, SHORTFALL - 1n, SHORTFALL],
        [native, SHORTFALL + 1n, SHORTFALL],
        [native, 0n, SHORTFALL],
        [token, 1n, 0n],
      ] as const)
        await f.expectRefusal(deal, () => f.escrow.connect(f.seller).payShortfall(deal.packed, SHORTFALL, { value }), {
          error: "ValueMismatch",
          args: [value, expected],
        });
    });

    it("reverts with the token's own error without the caller's allowance", async () => {
      const f = await load();
      const deal = await owed(f, { token: f.stablecoinAddress });
      await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).payShortfall(deal.packed, SHORTFALL), {
        error: "ERC20InsufficientAllowance",
        args: [f.escrow, 0, SHORTFALL],
        from: f.stablecoin,
      });
    });
  });
});
