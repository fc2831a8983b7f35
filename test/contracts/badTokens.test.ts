import { expect } from "chai";
import type { BaseContract } from "ethers";
import { network } from "hardhat";
import type { Address, Hex } from "viem";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import { intentDigest } from "../../src/core/deal/intents.ts";
import type { Terms } from "../../src/core/deal/terms.ts";
import { authorizationTypedData } from "../../src/core/deal/tokenTypedData.ts";
import {
  ANSWER_WINDOW,
  DAY,
  deployEscrow,
  type Fixture,
  PERMIT2,
  signWith,
  type TestDeal,
} from "../fixtures/escrow.ts";
import { signPermit2 } from "../fixtures/permit2.ts";
import { tokenDomain } from "../fixtures/tokenDomain.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  return deployEscrow(connection);
}

const load = () => networkHelpers.loadFixture(deployed);
const addressOf = async (contract: BaseContract) => (await contract.getAddress()).toLowerCase() as Hex;
const PRICE = 1_000_000n;

/** What every token of these tests can do. */
type Mintable = {
  mint: (to: string, amount: bigint) => Promise<unknown>;
  connect: (signer: unknown) => { approve: (spender: string, amount: bigint) => Promise<unknown> };
};

/** Deploys a token and gives the parties some, which the escrow may take. */
const tokenFor = async <T extends BaseContract>(f: Fixture, token: T): Promise<{ token: T; terms: Partial<Terms> }> => {
  const mintable = token as unknown as Mintable;
  for (const holder of [f.buyer, f.seller, f.deployer]) {
    await mintable.mint(holder.address, 100n * PRICE);
    await mintable.connect(holder).approve(await f.escrow.getAddress(), 100n * PRICE);
  }
  return { token, terms: { token: await addressOf(token), price: PRICE, deposit: PRICE } };
};

describe("Escrow with tokens that misbehave", () => {
  it("refuses a token that returns false, and takes nothing", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("FalseReturningToken"));
    await token.switchOff(true);
    const deal = f.dealOf(await f.termsOf(terms));
    await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x"), {
      error: "SafeERC20FailedOperation",
      args: [token],
    });
    await expect(f.escrow.connect(f.seller).postBond(f.seller, token, 1n))
      .to.be.revertedWithCustomError(f.escrow, "SafeERC20FailedOperation")
      .withArgs(token);
  });

  it("credits a payment whose token returns false, and pays the credit once it works again", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("FalseReturningToken"));
    const deal = await f.reach("delivered", terms);
    await token.switchOff(true);
    await expect(f.confirmHeld(deal)).to.emit(f.escrow, "CreditAdded").withArgs(f.seller, token, PRICE);
    const send = () => f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE, f.seller, "0x");
    await f.expectRefusal(deal, send, { error: "PaymentFailed", args: [f.seller, PRICE] });
    await token.switchOff(false);
    await expect(send()).to.changeTokenBalances(ethers, token, [f.escrow, f.seller], [-PRICE, PRICE]);
  });

  it("undoes a payment whose token moves the money and answers false: it is credited once and not paid", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("LyingToken"));
    const deal = await f.reach("delivered", terms);
    const other = await f.reach("delivered", terms);
    await token.lie(true);
    const confirming = f.confirmHeld(deal);
    await expect(confirming).to.emit(f.escrow, "CreditAdded").withArgs(f.seller, token, PRICE);
    await expect(confirming).to.changeTokenBalances(ethers, token, [f.escrow, f.seller], [0n, 0n]);
    const withdraw = () => f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE, f.seller, "0x");
    await f.expectRefusal(other, withdraw, { error: "PaymentFailed", args: [f.seller, PRICE] });
    await token.lie(false);
    await expect(withdraw()).to.changeTokenBalances(ethers, token, [f.escrow, f.seller], [-PRICE, PRICE]);
    expect(await token.balanceOf(f.escrow), "the other deal's money").to.equal(PRICE);
  });

  it("lets a credit leave in parts, as far as a token that lost value covers it", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("SkewedToken"));
    const deal = await f.reach("delivered", terms);
    await token.shrink(f.escrow, PRICE / 2n);
    await f.confirmHeld(deal);
    const withdraw = (amount: bigint) =>
      f.escrow.connect(f.seller).withdrawCredit(f.seller, token, amount, f.seller, "0x");
    const half = PRICE / 2n;
    await f.expectRefusal(deal, () => withdraw(half + 1n), { error: "PaymentFailed", args: [f.seller, half + 1n] });
    await expect(withdraw(half)).to.changeTokenBalances(ethers, token, [f.escrow, f.seller], [-half, half]);
    expect(await f.escrow.creditOf(f.seller, token)).to.equal(PRICE - half);
  });

  it("lets nobody but the escrow use the way that its token payments take", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("LyingToken"));
    const deal = await f.reach("delivered", terms);
    for (const caller of [f.buyer, f.seller, f.stranger])
      await f.expectRefusal(deal, () => f.escrow.connect(caller).transferErc20(token, caller, 1n), {
        error: "NotCaller",
        args: [caller, f.escrow],
      });
  });

  it("takes and pays a token whose transfers return nothing", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("NoReturnToken"));
    const deal = await f.reach("funded", terms);
    await expect(f.confirmHeld(deal)).to.changeTokenBalances(ethers, token, [f.escrow, f.seller], [-PRICE, PRICE]);
    expect(await f.escrow.creditOf(f.seller, token)).to.equal(0n);

    await f.escrow.connect(f.seller).postBond(f.seller, token, PRICE);
    await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, token, "0x");
    await f.time.increase(180 * DAY);
    await expect(
      f.escrow.connect(f.seller).withdrawBond(f.seller, token, PRICE, f.stranger, "0x"),
    ).to.changeTokenBalances(ethers, token, [f.escrow, f.stranger], [-PRICE, PRICE]);
  });

  it("refuses a token that keeps a fee, naming what arrived", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("FeeOnTransferToken"));
    const deal = f.dealOf(await f.termsOf(terms));
    await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x"), {
      error: "ValueMismatch",
      args: [PRICE - PRICE / 100n, PRICE],
    });
    await expect(f.escrow.connect(f.seller).postBond(f.seller, token, PRICE))
      .to.be.revertedWithCustomError(f.escrow, "ValueMismatch")
      .withArgs(PRICE - PRICE / 100n, PRICE);
    expect(await token.balanceOf(f.buyer)).to.equal(100n * PRICE);
  });

  it("refuses a token that delivers less or more, on every way in", async () => {
    const f = await load();
    const permit2 = await ethers.deployContract("MockPermit2");
    await networkHelpers.setCode(PERMIT2, await ethers.provider.getCode(permit2));
    const { token, terms } = await tokenFor(f, await ethers.deployContract("SkewedToken"));
    await token.connect(f.buyer).approve(PERMIT2, 2n ** 256n - 1n);
    const deal = f.dealOf(await f.termsOf(terms));
    const balanceBy = (await f.time.latest()) + 2 * DAY;
    const halves = await f.reach("deposited", { ...terms, deposit: PRICE / 2n, balanceBy });
    const authorize = async (value: bigint, validBefore: number, nonce: Hex) =>
      signWith(
        f.buyer,
        authorizationTypedData(
          { from: f.buyer.address as Address, value, validBefore, nonce },
          { ...f.domain, ...tokenDomain, token: terms.token! },
        ),
      );
    const balance = { deal: halves.id, amount: PRICE / 2n, ...(await f.seenOf(halves.id)), deadline: balanceBy };
    const balanceNonce = intentDigest({ kind: "PayBalance", message: balance }, f.domain);
    const permit = await signPermit2(f.buyer, { permit2: PERMIT2, domain: f.domain, terms: deal.terms, nonce: 1n });
    const consent = await authorize(PRICE, deal.terms.fundBy, deal.id);
    const balanceConsent = await authorize(PRICE / 2n, balanceBy, balanceNonce);
    const relayed = f.escrow.connect(f.relayer);
    const ways: readonly (readonly [TestDeal, bigint, () => Promise<unknown>])[] = [
      [deal, PRICE, () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x")],
      [deal, PRICE, () => relayed.fundWithAuthorization(deal.packed, consent, "0x")],
      [deal, PRICE, () => relayed.fundWithPermit2(deal.packed, 1n, permit, "0x")],
      [halves, PRICE / 2n, () => f.escrow.connect(f.buyer).payBalance(halves.packed, "0x")],
      [halves, PRICE / 2n, () => relayed.payBalanceWithAuthorization(halves.packed, balanceConsent)],
    ];
    for (const [surplus, missing] of [
      [1n, 0n],
      [0n, 1n],
    ] as const) {
      await token.skew(surplus, missing);
      for (const [of, amount, send] of ways)
        await f.expectRefusal(of, send, { error: "ValueMismatch", args: [amount + surplus - missing, amount] });
    }
    await token.skew(0n, 0n);
    for (const [of, , send] of ways.slice(2, 4)) {
      await send();
      expect((await f.escrow.dealOf(of.id)).status).to.equal(statusNumber("funded"));
    }
  });

  it("credits a payment that needs more gas than a relayer must bring, and its owner withdraws with more", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("SkewedToken"));
    const deal = await f.reach("delivered", terms);
    await token.makeDear(12n);
    await expect(f.confirmHeld(deal)).to.emit(f.escrow, "CreditAdded").withArgs(f.seller, token, PRICE);
    await expect(
      f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE, f.stranger, "0x", { gasLimit: 200_000n }),
    )
      .to.be.revertedWithCustomError(f.escrow, "PaymentFailed")
      .withArgs(f.stranger, PRICE);
    await expect(
      f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE, f.stranger, "0x"),
    ).to.changeTokenBalances(ethers, token, [f.escrow, f.stranger], [-PRICE, PRICE]);
  });

  it("keeps the gas that a token burns from ending a payment", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("SkewedToken"));
    const deal = await f.reach("delivered", terms);
    await token.makeDear(1_000_000n);
    const gasLimit = 1_000_000n;
    const confirming = f.escrow
      .connect(f.buyer)
      .confirm(deal.packed, PRICE, statusNumber("delivered"), "0x", { gasLimit });
    await expect(confirming).to.emit(f.escrow, "CreditAdded").withArgs(f.seller, token, PRICE);
    expect((await (await confirming).wait())!.gasUsed).to.be.lessThan(400_000n);
  });

  it("lets a token's own refusal through when it funds", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("BlocklistToken"));
    await token.setBlocked(f.buyer, true);
    const deal = f.dealOf(await f.termsOf(terms));
    await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x"), {
      error: "Blocked",
      args: [f.buyer],
      from: token,
    });
  });

  it("pays the buyer although the token blocks the seller mid-dispute, who withdraws the credit elsewhere", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("BlocklistToken"));
    const deal = await f.reach("disputed-delivered", terms);
    await token.setBlocked(f.seller, true);
    const toBuyer = PRICE / 4n;
    const signed = await f.determinationOf({
      deal: deal.id,
      disputedAt: (await f.stateOf(deal.id)).disputedAt,
      toBuyer,
      toSeller: PRICE - toBuyer,
      compensation: 0n,
      reasons: f.digest("reasons"),
      evidence: f.digest("evidence"),
      deadline: (await f.time.latest()) + 2 * ANSWER_WINDOW,
    });
    await f.time.increase(ANSWER_WINDOW);
    const determining = f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);
    await expect(determining)
      .to.emit(f.escrow, "CreditAdded")
      .withArgs(f.seller, token, PRICE - toBuyer);
    await expect(determining).to.changeTokenBalances(
      ethers,
      token,
      [f.escrow, f.buyer, f.seller],
      [-toBuyer, toBuyer, 0n],
    );
    await f.expectRefusal(
      deal,
      () => f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE - toBuyer, f.seller, "0x"),
      {
        error: "PaymentFailed",
        args: [f.seller, PRICE - toBuyer],
      },
    );
    await expect(
      f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE - toBuyer, f.stranger, "0x"),
    ).to.changeTokenBalances(ethers, token, [f.escrow, f.stranger], [-(PRICE - toBuyer), PRICE - toBuyer]);
  });

  it("ends every deal with credits when the token blocks the escrow itself, and pays them once it does not", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("BlocklistToken"));
    const expiring = await f.reach("funded", terms);
    const refunding = await f.reach("funded", terms);
    await token.setBlocked(f.escrow, true);
    await f.refundHeld(refunding, { amount: PRICE });
    await f.time.increaseTo(expiring.terms.shipBy);
    await f.escrow.connect(f.relayer).expire(expiring.packed);
    expect(await f.escrow.creditOf(f.buyer, token)).to.equal(2n * PRICE);
    await token.setBlocked(f.escrow, false);
    await expect(
      f.escrow.connect(f.buyer).withdrawCredit(f.buyer, token, 2n * PRICE, f.buyer, "0x"),
    ).to.changeTokenBalances(ethers, token, [f.escrow, f.buyer], [-2n * PRICE, 2n * PRICE]);
  });

  it("credits a payment in a token whose code is gone", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("NoReturnToken"));
    const deal = await f.reach("funded", terms);
    const code = await ethers.provider.getCode(token);
    await networkHelpers.setCode(await addressOf(token), "0x");
    await expect(f.confirmHeld(deal)).to.emit(f.escrow, "CreditAdded").withArgs(f.seller, token, PRICE);
    await networkHelpers.setCode(await addressOf(token), code);
    await expect(
      f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE, f.seller, "0x"),
    ).to.changeTokenBalances(ethers, token, [f.seller], [PRICE]);
  });

  it("funds nothing in a token that is not a contract", async () => {
    const f = await load();
    const { packed, id } = f.dealOf(await f.termsOf({ token: f.stranger.address.toLowerCase() as Hex }));
    await expect(f.escrow.connect(f.buyer).fund(packed, "0x", "0x")).to.be.revertedWithoutReason(ethers);
    await expect(f.escrow.connect(f.relayer).fundWithAuthorization(packed, "0x", "0x")).to.be.revertedWithoutReason(
      ethers,
    );
    expect((await f.escrow.dealOf(id)).status).to.equal(statusNumber("none"));
  });

  it("lets no deal in a bad token touch the money of deals in others", async () => {
    const f = await load();
    const { token, terms } = await tokenFor(f, await ethers.deployContract("FalseReturningToken"));
    await f.giveTokens();
    const good = await f.reach("delivered", { token: f.stablecoinAddress });
    const bad = await f.reach("delivered", terms);
    await token.switchOff(true);
    const before = await f.world(good);
    await f.confirmHeld(bad);
    expect(await f.world(good)).to.deep.equal(before);
  });
});
