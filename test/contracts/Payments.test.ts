import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { FAR, type Fixture, startingPoint } from "../fixtures/escrow.ts";
import { itTakesTheOwnersSignature } from "../fixtures/signedAccountForm.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);
const NATIVE = ethers.ZeroAddress as Hex;
const FEE = 4_000n;

/** Gives an account a credit: the fee of a deal on which it is the marketplace. */
const credit = async (f: Fixture, owner: string, token: Hex) => {
  const marketplace = owner.toLowerCase() as Hex;
  await f.reach("closed", { price: 10n * FEE, deposit: 10n * FEE, feeBps: 1_000, marketplace, token });
};

/** Withdraws from the marketplace's credit by the marketplace's own call. */
const withdraw = (f: Fixture, amount: bigint, { to = f.stranger.address, token = NATIVE } = {}) =>
  f.escrow.connect(f.marketplace).withdrawCredit(f.marketplace, token, amount, to, "0x");

const expectUnmoved = async (
  f: Fixture,
  send: () => Promise<unknown>,
  error: string,
  args: readonly unknown[] = [],
) => {
  const before = await f.account(f.marketplace.address);
  const refused = expect(send()).to.be.revertedWithCustomError(f.escrow, error);
  await (args.length === 0 ? refused : refused.withArgs(...args));
  expect(await f.account(f.marketplace.address)).to.deep.equal(before);
};

describe("Payments", () => {
  describe("withdrawCredit", () => {
    it("sends the whole native credit wherever its owner says, once", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      await credit(f, f.marketplace.address, NATIVE);
      const withdrawing = withdraw(f, 2n * FEE);
      await expect(withdrawing)
        .to.emit(f.escrow, "CreditWithdrawn")
        .withArgs(f.marketplace, NATIVE, 2n * FEE, f.stranger);
      await expect(withdrawing).to.changeEtherBalances(ethers, [f.escrow, f.stranger], [-2n * FEE, 2n * FEE]);
      expect(await f.escrow.creditOf(f.marketplace, NATIVE)).to.equal(0n);
      await expectUnmoved(f, () => withdraw(f, 1n), "AmountExceedsCredit", [1n, 0n]);
    });

    it("sends it in parts, to as many payees as its owner likes", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, f.stablecoinAddress);
      for (const [amount, to, left] of [
        [1n, f.stranger, FEE - 1n],
        [FEE / 2n, f.buyer, FEE / 2n - 1n],
        [FEE / 2n - 1n, f.stranger, 0n],
      ] as const) {
        const withdrawing = withdraw(f, amount, { to: to.address, token: f.stablecoinAddress });
        await expect(withdrawing)
          .to.emit(f.escrow, "CreditWithdrawn")
          .withArgs(f.marketplace, f.stablecoin, amount, to);
        await expect(withdrawing).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, to], [-amount, amount]);
        expect(await f.escrow.creditOf(f.marketplace, f.stablecoin)).to.equal(left);
      }
    });

    it("lets a part leave of a credit that a token which lost value no longer covers", async () => {
      const f = await load();
      const token = await ethers.deployContract("SkewedToken");
      await token.mint(f.buyer, 10n * FEE);
      await token.connect(f.buyer).approve(f.escrow, 10n * FEE);
      const address = (await token.getAddress()).toLowerCase() as Hex;
      await credit(f, f.marketplace.address, address);
      await token.shrink(f.escrow, FEE / 4n);
      await expectUnmoved(f, () => withdraw(f, FEE, { token: address }), "PaymentFailed", [f.stranger, FEE]);
      const left = FEE - FEE / 4n;
      await expect(withdraw(f, left, { token: address })).to.changeTokenBalances(
        ethers,
        token,
        [f.escrow, f.stranger],
        [-left, left],
      );
      expect(await f.escrow.creditOf(f.marketplace, token)).to.equal(FEE / 4n);
    });

    it("keeps each token apart", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      await credit(f, f.marketplace.address, f.stablecoinAddress);
      await expect(withdraw(f, FEE, { token: f.stablecoinAddress })).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.escrow, f.stranger],
        [-FEE, FEE],
      );
      expect(await f.escrow.creditOf(f.marketplace, NATIVE)).to.equal(FEE);
      expect(await f.escrow.creditOf(f.marketplace, f.stablecoin)).to.equal(0n);
    });

    it("reverts with AmountZero, and with AmountExceedsCredit for one unit too many", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      await expectUnmoved(f, () => withdraw(f, 0n), "AmountZero");
      await expectUnmoved(f, () => withdraw(f, FEE + 1n), "AmountExceedsCredit", [FEE + 1n, FEE]);
    });

    it("reverts with AmountExceedsCredit for an account without credit, and with NotCaller for another's", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      const as = f.escrow.connect(f.stranger);
      await expectUnmoved(f, () => as.withdrawCredit(f.stranger, NATIVE, 1n, f.stranger, "0x"), "AmountExceedsCredit", [
        1n,
        0n,
      ]);
      await expectUnmoved(f, () => as.withdrawCredit(f.marketplace, NATIVE, 1n, f.stranger, "0x"), "NotCaller", [
        f.stranger.address,
        f.marketplace.address,
      ]);
    });

    it("reverts with PaymentFailed for zero, for the escrow itself and for who cannot receive, and the credit stays", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, NATIVE);
      await credit(f, f.marketplace.address, f.stablecoinAddress);
      const escrow = await f.escrow.getAddress();
      for (const to of [ethers.ZeroAddress, escrow, await f.tribunal.getAddress()])
        await expectUnmoved(f, () => withdraw(f, FEE, { to }), "PaymentFailed", [to, FEE]);
      for (const to of [ethers.ZeroAddress, escrow])
        await expectUnmoved(f, () => withdraw(f, FEE, { to, token: f.stablecoinAddress }), "PaymentFailed", [to, FEE]);
    });
  });

  describe("withdrawCredit by the owner's WithdrawCredit", () => {
    itTakesTheOwnersSignature(load, {
      arrange: (f, owner) => credit(f, owner, NATIVE),
      intent: (f, owner, signed) => ({
        kind: "WithdrawCredit",
        message: { owner, token: NATIVE, amount: FEE, to: f.stranger.address.toLowerCase() as Hex, ...signed },
      }),
      send: (f, owner, { from, consent }) =>
        f.escrow.connect(from).withdrawCredit(owner, NATIVE, FEE, f.stranger, consent),
      event: "CreditWithdrawn",
    });

    it("reverts with SignatureInvalid for another amount, payee or token", async () => {
      const f = await load();
      const owner = f.marketplace.address.toLowerCase() as Hex;
      const to = f.stranger.address.toLowerCase() as Hex;
      await credit(f, owner, NATIVE);
      const message = { owner, token: NATIVE, amount: 1_000n, to, nonce: 0n, deadline: FAR };
      const consent = await f.consentTo(owner, { kind: "WithdrawCredit", message });
      const as = f.escrow.connect(f.relayer);
      for (const send of [
        () => as.withdrawCredit(owner, NATIVE, 1_001n, to, consent),
        () => as.withdrawCredit(owner, NATIVE, 1_000n, f.relayer, consent),
        () => as.withdrawCredit(owner, f.stablecoin, 1_000n, to, consent),
      ])
        await expectUnmoved(f, send, "SignatureInvalid", [f.marketplace.address]);
      await expect(as.withdrawCredit(owner, NATIVE, 1_000n, to, consent)).to.emit(f.escrow, "CreditWithdrawn");
    });
  });

  describe("transferErc20", () => {
    it("reverts with NotCaller for everybody but the escrow", async () => {
      const f = await load();
      await credit(f, f.marketplace.address, f.stablecoinAddress);
      for (const caller of [f.marketplace, f.stranger, f.deployer])
        await expectUnmoved(f, () => f.escrow.connect(caller).transferErc20(f.stablecoin, caller, 1n), "NotCaller", [
          caller.address,
          await f.escrow.getAddress(),
        ]);
    });
  });

  it("takes no currency that nobody accounts for", async () => {
    const f = await load();
    await expect(f.stranger.sendTransaction({ to: f.domain.escrow, value: 1n })).to.be.revertedWithoutReason(ethers);
  });
});
