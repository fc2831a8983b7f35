import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { intentDigest } from "../../src/core/deal/intents.ts";
import { COVERAGE, DAY, FAR, type Fixture, startingPoint } from "../fixtures/escrow.ts";
import { itTakesTheOwnersSignature } from "../fixtures/signedAccountForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);

const NATIVE = ethers.ZeroAddress as Hex;
const BOND_DELAY = 180 * DAY;
const BOND_WINDOW = 30 * DAY;
const AMOUNT = 5_000n;

/** A bond whose withdrawal is open now. */
const unlocked = async (f: Fixture, amount = AMOUNT) => {
  await f.postBond(f.seller.address, NATIVE, amount);
  await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, NATIVE, "0x");
  const { unlockAt } = await f.escrow.bondOf(f.seller, NATIVE);
  return Number(unlockAt);
};

const expectUnmoved = async (
  f: Fixture,
  send: () => Promise<unknown>,
  error: string,
  args: readonly unknown[] = [],
) => {
  const before = await f.account(f.seller.address);
  const refused = expect(send()).to.be.revertedWithCustomError(f.escrow, error);
  await (args.length === 0 ? refused : refused.withArgs(...args));
  expect(await f.account(f.seller.address)).to.deep.equal(before);
};

describe("Bonds", () => {
  describe("postBond", () => {
    it("adds the caller's native currency to a seller's bond", async () => {
      const f = await load();
      const posting = f.escrow.connect(f.stranger).postBond(f.seller, NATIVE, AMOUNT, { value: AMOUNT });
      await expect(posting).to.emit(f.escrow, "BondPosted").withArgs(f.seller, NATIVE, AMOUNT);
      await expect(posting).to.changeEtherBalances(ethers, [f.stranger, f.escrow], [-AMOUNT, AMOUNT]);
      expect(await f.escrow.bondOf(f.seller, NATIVE)).to.deep.equal([AMOUNT, 0n, 0n]);
    });

    it("adds the caller's tokens, and keeps each token apart", async () => {
      const f = await load();
      await f.postBond(f.seller.address, NATIVE, 1n);
      for (const total of [AMOUNT, 2n * AMOUNT]) {
        await expect(f.escrow.connect(f.seller).postBond(f.seller, f.stablecoin, AMOUNT)).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.seller, f.escrow],
          [-AMOUNT, AMOUNT],
        );
        expect(await f.escrow.bondOf(f.seller, f.stablecoin)).to.deep.equal([total, 0n, 0n]);
      }
      expect(await f.escrow.bondOf(f.seller, NATIVE)).to.deep.equal([1n, 0n, 0n]);
    });

    it("reverts with AddressZero, AmountZero, ValueMismatch and AmountTooLarge", async () => {
      const f = await load();
      const as = f.escrow.connect(f.seller);
      await expectUnmoved(f, () => as.postBond(ethers.ZeroAddress, NATIVE, 1n, { value: 1n }), "AddressZero");
      await expectUnmoved(f, () => as.postBond(f.seller, NATIVE, 0n), "AmountZero");
      await expectUnmoved(f, () => as.postBond(f.seller, NATIVE, 2n, { value: 1n }), "ValueMismatch", [1, 2]);
      await expectUnmoved(f, () => as.postBond(f.seller, f.stablecoin, 2n, { value: 1n }), "ValueMismatch", [1, 0]);
      await expectUnmoved(f, () => as.postBond(f.seller, f.stablecoin, 2n ** 96n), "AmountTooLarge", [2n ** 96n]);
    });

    it("reverts with AmountTooLarge when the sum would not fit", async () => {
      const f = await load();
      await f.stablecoin.mint(f.seller, 2n ** 97n);
      await f.escrow.connect(f.seller).postBond(f.seller, f.stablecoin, 2n ** 96n - 1n);
      await expectUnmoved(f, () => f.escrow.connect(f.seller).postBond(f.seller, f.stablecoin, 1n), "AmountTooLarge", [
        2n ** 96n,
      ]);
    });
  });

  describe("postBondWithAuthorization", () => {
    const authorized = async (f: Fixture, { amount = AMOUNT, salt = "salt" } = {}) => {
      const deadline = (await f.time.latest()) + DAY;
      const message = {
        seller: f.seller.address.toLowerCase() as Hex,
        token: f.stablecoinAddress,
        amount,
        salt: f.digest(salt),
        deadline,
      };
      const nonce = intentDigest({ kind: "PostBond", message }, f.domain);
      const authorization = await f.authorize(f.seller, { value: amount, validBefore: deadline, nonce });
      const send = (posted = amount) =>
        f.escrow
          .connect(f.relayer)
          .postBondWithAuthorization(f.seller, f.stablecoin, posted, message.salt, deadline, authorization);
      return { send, nonce, deadline };
    };

    it("collects from the seller by their ERC-3009 signature", async () => {
      const f = await load();
      const { send } = await authorized(f);
      const posting = send();
      await expect(posting).to.emit(f.escrow, "BondPosted").withArgs(f.seller, f.stablecoin, AMOUNT);
      await expect(posting).to.changeTokenBalances(ethers, f.stablecoin, [f.seller, f.escrow], [-AMOUNT, AMOUNT]);
      expect(await f.escrow.bondOf(f.seller, f.stablecoin)).to.deep.equal([AMOUNT, 0n, 0n]);
    });

    it("is possible one second before its deadline, and refused by the token at it", async () => {
      const f = await load();
      const { send, deadline } = await authorized(f);
      const snapshot = await networkHelpers.takeSnapshot();
      const before = await f.account(f.seller.address);
      await f.time.setNextBlockTimestamp(deadline);
      await expect(send()).to.be.revertedWithCustomError(f.stablecoin, "AuthorizationNotValid").withArgs(0, deadline);
      expect(await f.account(f.seller.address)).to.deep.equal(before);
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(deadline - 1);
      await expect(send()).to.emit(f.escrow, "BondPosted");
    });

    it("reverts with AmountZero and AmountTooLarge", async () => {
      const f = await load();
      const [none, huge] = [await authorized(f, { amount: 0n }), await authorized(f, { amount: 2n ** 96n })];
      await expectUnmoved(f, () => none.send(), "AmountZero");
      await expectUnmoved(f, () => huge.send(), "AmountTooLarge", [2n ** 96n]);
    });

    it("collects once per authorization, and none for another amount", async () => {
      const f = await load();
      const { send, nonce } = await authorized(f);
      await expect(send(AMOUNT - 1n))
        .to.be.revertedWithCustomError(f.stablecoin, "SignatureInvalid")
        .withArgs(f.seller);
      await send();
      const before = await f.account(f.seller.address);
      await expect(send()).to.be.revertedWithCustomError(f.stablecoin, "AuthorizationUsed").withArgs(f.seller, nonce);
      expect(await f.account(f.seller.address)).to.deep.equal(before);
      await expect((await authorized(f, { salt: "another" })).send()).to.emit(f.escrow, "BondPosted");
    });
  });

  describe("requestBondWithdrawal", () => {
    it("opens the withdrawal 180 days later, for its caller and this token alone", async () => {
      const f = await load();
      await f.postBond(f.seller.address, NATIVE, AMOUNT);
      const at = (await f.time.latest()) + 100;
      await f.time.setNextBlockTimestamp(at);
      await expect(f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, NATIVE, "0x"))
        .to.emit(f.escrow, "BondWithdrawalRequested")
        .withArgs(f.seller, NATIVE, at + BOND_DELAY);
      expect(await f.escrow.bondOf(f.seller, NATIVE)).to.deep.equal([AMOUNT, 0n, BigInt(at + BOND_DELAY)]);
      expect((await f.escrow.bondOf(f.seller, f.stablecoin)).unlockAt).to.equal(0n);
    });

    it("reverts with BondWithdrawalRequestedAlready until the window of the first request is over", async () => {
      const f = await load();
      const first = await unlocked(f);
      const again = () => f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, NATIVE, "0x");
      for (const at of [first - 100 * DAY, first - 1, first, first + BOND_WINDOW - 1]) {
        await f.time.setNextBlockTimestamp(at);
        await expectUnmoved(f, again, "BondWithdrawalRequestedAlready", [first]);
      }
      await f.time.setNextBlockTimestamp(first + BOND_WINDOW);
      await expect(again())
        .to.emit(f.escrow, "BondWithdrawalRequested")
        .withArgs(f.seller, NATIVE, first + BOND_WINDOW + BOND_DELAY);
      expect((await f.escrow.bondOf(f.seller, NATIVE)).unlockAt).to.equal(first + BOND_WINDOW + BOND_DELAY);
    });

    it("refuses a request that was signed before the seller's own, until that one is over and after", async () => {
      const f = await load();
      const seller = f.seller.address.toLowerCase() as Hex;
      await f.postBond(seller, NATIVE, AMOUNT);
      const message = { seller, token: NATIVE, nonce: 0n, deadline: FAR };
      const consent = await f.consentTo(seller, { kind: "RequestBondWithdrawal", message });
      const first = await unlocked(f);
      const send = () => f.escrow.connect(f.relayer).requestBondWithdrawal(seller, NATIVE, consent);
      for (const at of [first - 1, first, first + BOND_WINDOW]) {
        await f.time.setNextBlockTimestamp(at);
        await expectUnmoved(f, send, "SignatureInvalid", [f.seller.address]);
      }
    });

    it("is not restarted by a request that was signed while the first one waits", async () => {
      const f = await load();
      const seller = f.seller.address.toLowerCase() as Hex;
      const first = await unlocked(f);
      const message = { seller, token: NATIVE, nonce: 1n, deadline: FAR };
      const consent = await f.consentTo(seller, { kind: "RequestBondWithdrawal", message });
      const send = () => f.escrow.connect(f.relayer).requestBondWithdrawal(seller, NATIVE, consent);
      await expectUnmoved(f, send, "BondWithdrawalRequestedAlready", [first]);
    });

    it("runs in each token on its own", async () => {
      const f = await load();
      const first = await unlocked(f);
      await f.time.increase(DAY);
      await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, f.stablecoin, "0x");
      expect((await f.escrow.bondOf(f.seller, NATIVE)).unlockAt).to.equal(first);
      expect((await f.escrow.bondOf(f.seller, f.stablecoin)).unlockAt).to.be.greaterThan(first);
    });

    it("needs no bond yet, and lets what is posted later leave when it opens", async () => {
      const f = await load();
      await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, NATIVE, "0x");
      await f.time.increase(BOND_DELAY);
      await f.postBond(f.seller.address, NATIVE, AMOUNT);
      await expect(
        f.escrow.connect(f.seller).withdrawBond(f.seller, NATIVE, AMOUNT, f.seller, "0x"),
      ).to.changeEtherBalances(ethers, [f.escrow], [-AMOUNT]);
    });
  });

  describe("requestBondWithdrawal by the seller's RequestBondWithdrawal", () => {
    itTakesTheOwnersSignature(load, {
      arrange: (f, owner) => f.postBond(owner, NATIVE, AMOUNT),
      intent: (_, seller, signed) => ({ kind: "RequestBondWithdrawal", message: { seller, token: NATIVE, ...signed } }),
      send: (f, seller, { from, consent }) => f.escrow.connect(from).requestBondWithdrawal(seller, NATIVE, consent),
      event: "BondWithdrawalRequested",
    });
  });

  describe("withdrawBond", () => {
    it("sends the free part wherever the seller says, in as many steps as they like", async () => {
      const f = await load();
      await f.time.increaseTo(await unlocked(f));
      const withdrawing = f.escrow.connect(f.seller).withdrawBond(f.seller, NATIVE, 2_000n, f.stranger, "0x");
      await expect(withdrawing).to.emit(f.escrow, "BondWithdrawn").withArgs(f.seller, NATIVE, 2_000, f.stranger);
      await expect(withdrawing).to.changeEtherBalances(ethers, [f.escrow, f.stranger], [-2_000n, 2_000n]);
      await f.escrow.connect(f.seller).withdrawBond(f.seller, NATIVE, 3_000n, f.seller, "0x");
      expect((await f.escrow.bondOf(f.seller, NATIVE)).balance).to.equal(0n);
    });

    it("sends tokens", async () => {
      const f = await load();
      await f.postBond(f.seller.address, f.stablecoinAddress, AMOUNT);
      await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, f.stablecoin, "0x");
      await f.time.increase(BOND_DELAY);
      await expect(
        f.escrow.connect(f.seller).withdrawBond(f.seller, f.stablecoin, AMOUNT, f.stranger, "0x"),
      ).to.changeTokenBalances(ethers, f.stablecoin, [f.escrow, f.stranger], [-AMOUNT, AMOUNT]);
    });

    it("reverts with BondLocked without a request, one second before it opens, and at the end of its window", async () => {
      const f = await load();
      await f.postBond(f.seller.address, f.stablecoinAddress, AMOUNT);
      await expectUnmoved(
        f,
        () => f.escrow.connect(f.seller).withdrawBond(f.seller, f.stablecoin, 1n, f.seller, "0x"),
        "BondLocked",
        [0],
      );

      const opensAt = await unlocked(f);
      const send = () => f.escrow.connect(f.seller).withdrawBond(f.seller, NATIVE, 1n, f.seller, "0x");
      for (const at of [opensAt - 1, opensAt + BOND_WINDOW]) {
        const snapshot = await networkHelpers.takeSnapshot();
        await f.time.setNextBlockTimestamp(at);
        await expectUnmoved(f, send, "BondLocked", [opensAt]);
        await snapshot.restore();
      }
      for (const at of [opensAt, opensAt + BOND_WINDOW - 1]) {
        await f.time.setNextBlockTimestamp(at);
        await expect(send()).to.emit(f.escrow, "BondWithdrawn");
      }
    });

    it("reverts with AmountExceedsFreeBond for what a deal has reserved", async () => {
      const f = await load();
      await f.postBond(f.seller.address, NATIVE, AMOUNT);
      await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, NATIVE, "0x");
      await f.time.increase(BOND_DELAY);
      await f.reach("funded", { coverage: COVERAGE });
      await expectUnmoved(
        f,
        () => f.escrow.connect(f.seller).withdrawBond(f.seller, NATIVE, AMOUNT + 1n, f.seller, "0x"),
        "AmountExceedsFreeBond",
        [AMOUNT + 1n, AMOUNT],
      );
      await expect(f.escrow.connect(f.seller).withdrawBond(f.seller, NATIVE, AMOUNT, f.seller, "0x")).to.emit(
        f.escrow,
        "BondWithdrawn",
      );
    });

    it("reverts with AmountZero, and with PaymentFailed for a payee of zero or the escrow itself", async () => {
      const f = await load();
      await f.time.increaseTo(await unlocked(f));
      const as = f.escrow.connect(f.seller);
      await expectUnmoved(f, () => as.withdrawBond(f.seller, NATIVE, 0n, f.seller, "0x"), "AmountZero");
      for (const to of [ethers.ZeroAddress, await f.escrow.getAddress()])
        await expectUnmoved(f, () => as.withdrawBond(f.seller, NATIVE, 1n, to, "0x"), "PaymentFailed", [to, 1]);
    });

    it("reverts with PaymentFailed when the payee cannot receive, and the bond stays", async () => {
      const f = await load();
      await f.time.increaseTo(await unlocked(f));
      const as = f.escrow.connect(f.seller);
      await expectUnmoved(f, () => as.withdrawBond(f.seller, NATIVE, 1n, f.tribunal, "0x"), "PaymentFailed", [
        f.tribunal,
        1,
      ]);
    });

    it("never touches another seller's bond", async () => {
      const f = await load();
      await f.time.increaseTo(await unlocked(f));
      await expectUnmoved(
        f,
        () => f.escrow.connect(f.stranger).withdrawBond(f.stranger, NATIVE, 1n, f.stranger, "0x"),
        "BondLocked",
        [0],
      );
      await expectUnmoved(
        f,
        () => f.escrow.connect(f.stranger).withdrawBond(f.seller, NATIVE, 1n, f.stranger, "0x"),
        "NotCaller",
        [f.stranger.address, f.seller.address],
      );
    });
  });

  describe("withdrawBond by the seller's WithdrawBond", () => {
    itTakesTheOwnersSignature(load, {
      arrange: async (f, owner) => {
        await f.postBond(owner, NATIVE, AMOUNT);
        if ((await f.escrow.bondOf(owner, NATIVE)).unlockAt !== 0n) return;
        const as = await ethers.getImpersonatedSigner(owner);
        await networkHelpers.setBalance(owner, 10n ** 18n);
        await f.escrow.connect(as).requestBondWithdrawal(as, NATIVE, "0x");
        await f.time.increase(BOND_DELAY);
      },
      intent: (f, seller, signed) => ({
        kind: "WithdrawBond",
        message: { seller, token: NATIVE, amount: 1_000n, to: f.stranger.address.toLowerCase() as Hex, ...signed },
      }),
      send: (f, seller, { from, consent }) =>
        f.escrow.connect(from).withdrawBond(seller, NATIVE, 1_000n, f.stranger, consent),
      event: "BondWithdrawn",
    });

    it("reverts with SignatureInvalid for another amount, payee or token", async () => {
      const f = await load();
      const seller = f.seller.address.toLowerCase() as Hex;
      const to = f.stranger.address.toLowerCase() as Hex;
      await f.time.increaseTo(await unlocked(f));
      const message = { seller, token: NATIVE, amount: 1_000n, to, nonce: 1n, deadline: FAR };
      const consent = await f.consentTo(seller, { kind: "WithdrawBond", message });
      const as = f.escrow.connect(f.relayer);
      for (const send of [
        () => as.withdrawBond(seller, NATIVE, 1_001n, to, consent),
        () => as.withdrawBond(seller, NATIVE, 1_000n, f.relayer, consent),
        () => as.withdrawBond(seller, f.stablecoin, 1_000n, to, consent),
      ])
        await expectUnmoved(f, send, "SignatureInvalid", [f.seller.address]);
      await expect(as.withdrawBond(seller, NATIVE, 1_000n, to, consent)).to.emit(f.escrow, "BondWithdrawn");
    });

    it("keeps the nonce of a withdrawal that reverted", async () => {
      const f = await load();
      const seller = f.seller.address.toLowerCase() as Hex;
      const to = f.stranger.address.toLowerCase() as Hex;
      const opensAt = await unlocked(f);
      const message = { seller, token: NATIVE, amount: 1_000n, to, nonce: 1n, deadline: FAR };
      const consent = await f.consentTo(seller, { kind: "WithdrawBond", message });
      const send = () => f.escrow.connect(f.relayer).withdrawBond(seller, NATIVE, 1_000n, to, consent);
      await f.time.setNextBlockTimestamp(opensAt - 1);
      await expectUnmoved(f, send, "BondLocked", [opensAt]);
      await f.time.setNextBlockTimestamp(opensAt);
      await expect(send()).to.changeEtherBalances(ethers, [f.escrow, f.stranger], [-1_000n, 1_000n]);
    });

    it("refuses a withdrawal that was signed before the seller's own request", async () => {
      const f = await load();
      const seller = f.seller.address.toLowerCase() as Hex;
      const to = f.stranger.address.toLowerCase() as Hex;
      const message = { seller, token: NATIVE, amount: 1_000n, to, nonce: 0n, deadline: FAR };
      const consent = await f.consentTo(seller, { kind: "WithdrawBond", message });
      await f.time.increaseTo(await unlocked(f));
      const send = () => f.escrow.connect(f.relayer).withdrawBond(seller, NATIVE, 1_000n, to, consent);
      await expectUnmoved(f, send, "SignatureInvalid", [f.seller.address]);
    });
  });
});
