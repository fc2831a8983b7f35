import { expect } from "chai";
import { network } from "hardhat";
import { intentDigest } from "../../src/core/intents.ts";
import { consent, deployEscrow, type Fixture, statusNumber, type TestDeal } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

const balanceOf = ({ terms }: TestDeal) => terms.price - terms.deposit;
const inToken = (f: Fixture) => f.reach("deposited", { token: f.stablecoinAddress });

describe("Escrow", () => {
  describe("payBalance", () => {
    it("completes the native price", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const payment = f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: balanceOf(deal) });

      await expect(payment).to.emit(f.escrow, "BalancePaid").withArgs(deal.id, balanceOf(deal));
      await expect(payment).to.changeEtherBalances(ethers, [f.buyer, f.escrow], [-balanceOf(deal), balanceOf(deal)]);
      expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber("funded"), 0n, deal.terms.price, 0n, 0n, 0n]);
    });

    it("completes the token price", async () => {
      const f = await load();
      const deal = await inToken(f);
      await expect(f.escrow.connect(f.buyer).payBalance(deal.packed, "0x")).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.buyer, f.escrow],
        [-balanceOf(deal), balanceOf(deal)],
      );
    });

    it("takes it one second before balanceBy and reverts with DeadlinePassed at balanceBy", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { balanceBy } = deal.terms;
      const send = () => f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: balanceOf(deal) });
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(balanceBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [balanceBy] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(balanceBy - 1);
      await expect(send()).to.emit(f.escrow, "BalancePaid");
    });

    it("reverts with NotCaller for anybody but the buyer", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.stranger).payBalance(deal.packed, "0x", { value: balanceOf(deal) }),
        { error: "NotCaller", args: [f.stranger, f.buyer] },
      );
    });

    it("reverts with ValueMismatch for any other amount", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      for (const value of [balanceOf(deal) - 1n, balanceOf(deal) + 1n, deal.terms.price])
        await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value }), {
          error: "ValueMismatch",
          args: [value, balanceOf(deal)],
        });
    });

    it("reverts with WrongStatus the second time, and when everything was paid at once", async () => {
      const f = await load();
      const paid = await f.reach("deposited");
      await f.escrow.connect(f.buyer).payBalance(paid.packed, "0x", { value: balanceOf(paid) });
      for (const deal of [paid, await f.reach("funded")])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: balanceOf(deal) }),
          { error: "WrongStatus", args: [deal.id, statusNumber("funded"), statusNumber("deposited")] },
        );
    });
  });

  describe("payBalanceFor", () => {
    itTakesOneSignature(load, {
      by: "buyer",
      arrange: (f, changes) => f.reach("deposited", changes),
      intent: (deal, deadline) => ({
        kind: "PayBalance",
        message: { deal: deal.id, amount: balanceOf(deal), deadline },
      }),
      send: (f, deal, { deadline, signature }) =>
        f.escrow.connect(f.relayer).payBalance(deal.packed, consent(deadline, signature), { value: balanceOf(deal) }),
      event: "BalancePaid",
      replay: (deal) => ({
        error: "WrongStatus",
        args: [deal.id, statusNumber("funded"), statusNumber("deposited")],
      }),
    });

    it("pulls the buyer's allowance, not the carrier's", async () => {
      const f = await load();
      const deal = await inToken(f);
      const deadline = deal.terms.balanceBy;
      const message = { deal: deal.id, amount: balanceOf(deal), deadline };
      const signature = await f.signIntent(f.buyer, { kind: "PayBalance", message });
      await expect(
        f.escrow.connect(f.relayer).payBalance(deal.packed, consent(deadline, signature)),
      ).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.buyer, f.relayer, f.escrow],
        [-balanceOf(deal), 0n, balanceOf(deal)],
      );
    });

    it("reverts with SignatureInvalid when another amount was signed", async () => {
      const f = await load();
      const deal = await inToken(f);
      const message = { deal: deal.id, amount: balanceOf(deal) - 1n, deadline: deal.terms.balanceBy };
      const signature = await f.signIntent(f.buyer, { kind: "PayBalance", message });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).payBalance(deal.packed, consent(message.deadline, signature)),
        { error: "SignatureInvalid", args: [f.buyer] },
      );
    });
  });

  describe("payBalanceWithAuthorization", () => {
    const authorized = async (f: Fixture) => {
      const deal = await inToken(f);
      const message = { deal: deal.id, amount: balanceOf(deal), deadline: deal.terms.balanceBy };
      const nonce = intentDigest({ kind: "PayBalance", message }, f.domain);
      const value = balanceOf(deal);
      const authorization = await f.authorize(f.buyer, { value, validBefore: deal.terms.balanceBy, nonce });
      const send = () => f.escrow.connect(f.relayer).payBalanceWithAuthorization(deal.packed, authorization);
      return { deal, send };
    };

    it("collects on the buyer's ERC-3009 signature whose nonce is the digest of PayBalance", async () => {
      const f = await load();
      const { deal, send } = await authorized(f);
      const payment = send();
      await expect(payment).to.emit(f.escrow, "BalancePaid").withArgs(deal.id, balanceOf(deal));
      await expect(payment).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.buyer, f.escrow],
        [-balanceOf(deal), balanceOf(deal)],
      );
      expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber("funded"), 0n, deal.terms.price, 0n, 0n, 0n]);
    });

    it("reverts with DeadlinePassed at balanceBy and with WrongStatus the second time", async () => {
      const f = await load();
      const { deal, send } = await authorized(f);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(deal.terms.balanceBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deal.terms.balanceBy] });
      await snapshot.restore();
      await send();
      await f.expectRefusal(deal, send, {
        error: "WrongStatus",
        args: [deal.id, statusNumber("funded"), statusNumber("deposited")],
      });
    });

    it("takes no authorization that funds a deal", async () => {
      const f = await load();
      const deal = await inToken(f);
      const authorization = await f.authorize(f.buyer, {
        value: balanceOf(deal),
        validBefore: deal.terms.balanceBy,
        nonce: deal.id,
      });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).payBalanceWithAuthorization(deal.packed, authorization),
        { error: "SignatureInvalid", args: [f.buyer], from: f.stablecoin },
      );
    });
  });
});
