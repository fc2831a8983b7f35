import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { consent, deployEscrow, type Fixture } from "../fixtures/escrow.ts";
import { itTakesTheOwnersSignature } from "../fixtures/signedAccountForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);
const NATIVE = ethers.ZeroAddress as Hex;
const FEE = 4_000n;

/** Gives an account a credit: the fee of a deal on which it is the marketplace. */
const credit = async (f: Fixture, owner: string, token: Hex) => {
  const marketplace = owner.toLowerCase() as Hex;
  await f.reach("closed", { price: 10n * FEE, deposit: 10n * FEE, feeBps: 1_000, marketplace, token });
};

describe("Payments", () => {
  describe("withdrawCredit", () => {
    it("sends the whole native credit wherever its owner says, once", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      await credit(f, f.marketplace.address, NATIVE);
      const withdrawing = f.escrow
        .connect(f.marketplace)
        .withdrawCredit(f.marketplace, NATIVE, await f.escrow.creditOf(f.marketplace, NATIVE), f.stranger, "0x");
      await expect(withdrawing)
        .to.emit(f.escrow, "CreditWithdrawn")
        .withArgs(f.marketplace, NATIVE, 2n * FEE, f.stranger);
      await expect(withdrawing).to.changeEtherBalances(ethers, [f.escrow, f.stranger], [-2n * FEE, 2n * FEE]);
      expect(await f.escrow.creditOf(f.marketplace, NATIVE)).to.equal(0n);
      await expect(f.escrow.connect(f.marketplace).withdrawCredit(f.marketplace, NATIVE, 1n, f.stranger, "0x"))
        .to.be.revertedWithCustomError(f.escrow, "AmountExceedsCredit")
        .withArgs(1n, 0n);
    });

    it("leaves in parts, and reverts with AmountZero for nothing", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      const withdraw = (amount: bigint) =>
        f.escrow.connect(f.marketplace).withdrawCredit(f.marketplace, NATIVE, amount, f.stranger, "0x");
      await expect(withdraw(1n)).to.changeEtherBalances(ethers, [f.stranger], [1n]);
      await expect(withdraw(0n)).to.be.revertedWithCustomError(f.escrow, "AmountZero");
      await expect(withdraw(FEE))
        .to.be.revertedWithCustomError(f.escrow, "AmountExceedsCredit")
        .withArgs(FEE, FEE - 1n);
      await expect(withdraw(FEE - 1n)).to.changeEtherBalances(ethers, [f.stranger], [FEE - 1n]);
    });

    it("sends tokens, and keeps each token apart", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      await credit(f, f.marketplace.address, f.stablecoinAddress);
      await expect(
        f.escrow
          .connect(f.marketplace)
          .withdrawCredit(
            f.marketplace,
            f.stablecoin,
            await f.escrow.creditOf(f.marketplace, f.stablecoin),
            f.stranger,
            "0x",
          ),
      ).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.stranger], [-FEE, FEE]);
      expect(await f.escrow.creditOf(f.marketplace, NATIVE)).to.equal(FEE);
    });

    it("reverts with AmountExceedsCredit and NotCaller for everybody else", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      const before = await f.account(f.marketplace.address);
      await expect(f.escrow.connect(f.stranger).withdrawCredit(f.stranger, NATIVE, 1n, f.stranger, "0x"))
        .to.be.revertedWithCustomError(f.escrow, "AmountExceedsCredit")
        .withArgs(1n, 0n);
      await expect(f.escrow.connect(f.stranger).withdrawCredit(f.marketplace, NATIVE, 1n, f.stranger, "0x"))
        .to.be.revertedWithCustomError(f.escrow, "NotCaller")
        .withArgs(f.stranger, f.marketplace);
      expect(await f.account(f.marketplace.address)).to.deep.equal(before);
    });

    it("reverts with PaymentFailed for zero, for the escrow itself and for who cannot receive, and the credit stays", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      await credit(f, f.marketplace.address, f.stablecoinAddress);
      const before = await f.account(f.marketplace.address);
      for (const to of [ethers.ZeroAddress, await f.escrow.getAddress(), await f.tribunal.getAddress()])
        await expect(
          f.escrow
            .connect(f.marketplace)
            .withdrawCredit(f.marketplace, NATIVE, await f.escrow.creditOf(f.marketplace, NATIVE), to, "0x"),
        )
          .to.be.revertedWithCustomError(f.escrow, "PaymentFailed")
          .withArgs(to, FEE);
      await expect(
        f.escrow
          .connect(f.marketplace)
          .withdrawCredit(
            f.marketplace,
            f.stablecoin,
            await f.escrow.creditOf(f.marketplace, f.stablecoin),
            f.escrow,
            "0x",
          ),
      )
        .to.be.revertedWithCustomError(f.escrow, "PaymentFailed")
        .withArgs(f.escrow, FEE);
      expect(await f.account(f.marketplace.address)).to.deep.equal(before);
    });
  });

  describe("withdrawCreditFor", () => {
    itTakesTheOwnersSignature(load, {
      arrange: (f, owner) => credit(f, owner, NATIVE),
      intent: (f, owner, signed) => ({
        kind: "WithdrawCredit",
        message: { owner, token: NATIVE, amount: FEE, to: f.stranger.address.toLowerCase() as Hex, ...signed },
      }),
      send: (f, owner, { deadline, signature }) =>
        f.escrow.connect(f.relayer).withdrawCredit(owner, NATIVE, FEE, f.stranger, consent(deadline, signature)),
      event: "CreditWithdrawn",
    });
  });

  it("takes no currency that nobody accounts for", async () => {
    const f = await load();
    await expect(f.stranger.sendTransaction({ to: f.domain.escrow, value: 1n })).to.be.revertedWithoutReason(ethers);
  });
});
