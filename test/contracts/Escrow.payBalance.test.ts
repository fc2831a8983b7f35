import { expect } from "chai";
import { network } from "hardhat";
import { type DealStatus, seenIn, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { intentDigest } from "../../src/core/deal/intents.ts";
import { FAR, type Fixture, startingPoint, type TestDeal } from "../fixtures/escrow.ts";
import { itMovesTheBackstop } from "../fixtures/movedBackstop.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

const balanceOf = ({ terms }: TestDeal) => terms.price - terms.deposit;
const inToken = (f: Fixture) => f.reach("deposited", { token: f.stablecoinAddress });

describe("Escrow", () => {
  describe("payBalance", () => {
    it("completes the native price", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const payment = f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: balanceOf(deal) });

      await expect(payment).to.emit(f.escrow, "BalancePaid").withArgs(deal.id, balanceOf(deal));
      await expect(payment).not.to.emit(f.escrow, "BackstopMoved");
      await expect(payment).to.changeEtherBalances(ethers, [f.buyer, f.escrow], [-balanceOf(deal), balanceOf(deal)]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("funded", deal.terms.price));
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
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("funded", deal.terms.price));
    });

    it("is possible while disputed: the dispute goes on over the whole price, until after shipBy", async () => {
      const f = await load();
      const deal = await f.reach("disputed-deposited");
      const before = await f.stateOf(deal.id);
      const until = deal.terms.shipBy + deal.terms.backstop;
      const payment = f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: balanceOf(deal) });
      await expect(payment).to.emit(f.escrow, "BalancePaid").withArgs(deal.id, balanceOf(deal));
      await expect(payment).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, until);
      await expect(payment).to.changeEtherBalances(ethers, [f.buyer, f.escrow], [-balanceOf(deal), balanceOf(deal)]);
      expect(await f.stateOf(deal.id)).to.deep.equal({
        ...before,
        disputedFrom: "funded",
        held: deal.terms.price,
        until,
      });
    });

    itMovesTheBackstop(load, {
      from: "deposited",
      before: "balanceBy",
      windowEnd: ({ shipBy }) => shipBy,
      send: (f, deal) => f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: balanceOf(deal) }),
    });

    for (const place of ["deposited", "disputed-deposited"] as const)
      it(`takes it one second before balanceBy and reverts with DeadlinePassed at balanceBy (${place})`, async () => {
        const f = await load();
        const deal = await f.reach(place);
        const send = () => f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: balanceOf(deal) });
        await f.expectUntil(deal, deal.terms.balanceBy, send, "BalancePaid");
      });

    it("reverts with NotCaller for the seller and anybody else", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      for (const caller of [f.seller, f.stranger])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).payBalance(deal.packed, "0x", { value: balanceOf(deal) }),
          { error: "NotCaller", args: [caller, f.buyer] },
        );
    });

    it("reverts with ValueMismatch for any other amount, and for currency sent with a token", async () => {
      const f = await load();
      const native = await f.reach("deposited");
      for (const [deal, value, expected] of [
        [native, balanceOf(native) - 1n, balanceOf(native)],
        [native, balanceOf(native) + 1n, balanceOf(native)],
        [native, native.terms.price, balanceOf(native)],
        [native, 0n, balanceOf(native)],
        [await inToken(f), 1n, 0n],
      ] as const)
        await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value }), {
          error: "ValueMismatch",
          args: [value, expected],
        });
    });

    it("reverts with WrongStatus the second time, and in every other place", async () => {
      const f = await load();
      const paid = await f.reach("deposited");
      await f.payBalance(paid);
      const refuses = (deal: TestDeal, status: DealStatus) =>
        f.expectRefusal(deal, () => f.escrow.connect(f.buyer).payBalance(deal.packed, "0x"), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("deposited")],
        });
      await refuses(paid, "funded");
      for (const place of ["none", "funded", "shipped", "delivered", "released", "closed"] as const)
        await refuses(await f.reach(place), place);
      for (const place of ["disputed-funded", "disputed-shipped", "disputed-delivered", "disputed-released"] as const)
        await refuses(await f.reach(place), "disputed");
    });
  });

  describe("payBalance by the buyer's PayBalance", () => {
    itTakesOneSignature(load, {
      by: "buyer",
      arrange: (f, changes) => f.reach("deposited", changes),
      intent: (deal, deadline) => ({
        kind: "PayBalance",
        message: { deal: deal.id, amount: balanceOf(deal), ...seenIn(undisputed("deposited")), deadline },
      }),
      send: (f, deal, { from, consent }) =>
        f.escrow.connect(from).payBalance(deal.packed, consent, { value: balanceOf(deal) }),
      event: "BalancePaid",
      replay: (deal) => ({
        error: "WrongStatus",
        args: [deal.id, statusNumber("funded"), statusNumber("deposited")],
      }),
    });

    it("takes the relayer's native currency", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const message = { deal: deal.id, amount: balanceOf(deal), ...seenIn(undisputed("deposited")), deadline: FAR };
      const consent = await f.consentTo(deal.terms.buyer, { kind: "PayBalance", message });
      await expect(
        f.escrow.connect(f.relayer).payBalance(deal.packed, consent, { value: balanceOf(deal) }),
      ).to.changeEtherBalances(ethers, [f.buyer, f.relayer, f.escrow], [0n, -balanceOf(deal), balanceOf(deal)]);
    });

    it("pulls the buyer's allowance, not the relayer's", async () => {
      const f = await load();
      await f.giveTokens([f.relayer]);
      const deal = await inToken(f);
      const message = { deal: deal.id, amount: balanceOf(deal), ...seenIn(undisputed("deposited")), deadline: FAR };
      const consent = await f.consentTo(deal.terms.buyer, { kind: "PayBalance", message });
      await expect(f.escrow.connect(f.relayer).payBalance(deal.packed, consent)).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.buyer, f.relayer, f.escrow],
        [-balanceOf(deal), 0n, balanceOf(deal)],
      );
    });

    it("reverts with SignatureInvalid when another amount was signed, and for another deal", async () => {
      const f = await load();
      const deal = await inToken(f);
      const other = await inToken(f);
      for (const message of [
        { deal: deal.id, amount: balanceOf(deal) - 1n, ...seenIn(undisputed("deposited")), deadline: FAR },
        { deal: other.id, amount: balanceOf(deal), ...seenIn(undisputed("deposited")), deadline: FAR },
      ]) {
        const consent = await f.consentTo(deal.terms.buyer, { kind: "PayBalance", message });
        await f.expectRefusal(deal, () => f.escrow.connect(f.relayer).payBalance(deal.packed, consent), {
          error: "SignatureInvalid",
          args: [f.buyer],
        });
      }
    });
  });

  describe("payBalanceWithAuthorization", () => {
    /** The call with the buyer's authorization for the deal as it stands now. */
    const authorizedFor = async (f: Fixture, deal: TestDeal) => {
      const seen = await f.seenOf(deal.id);
      const message = { deal: deal.id, amount: balanceOf(deal), ...seen, deadline: deal.terms.balanceBy };
      const nonce = intentDigest({ kind: "PayBalance", message }, f.domain);
      const value = balanceOf(deal);
      const authorization = await f.authorize(f.buyer, { value, validBefore: deal.terms.balanceBy, nonce });
      return () => f.escrow.connect(f.relayer).payBalanceWithAuthorization(deal.packed, authorization);
    };

    const authorized = async (f: Fixture, place: "deposited" | "disputed-deposited" = "deposited") => {
      const deal = await f.reach(place, { token: f.stablecoinAddress });
      return { deal, send: await authorizedFor(f, deal) };
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
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("funded", deal.terms.price));
    });

    it("is possible while disputed: the dispute goes on over the whole price, until after shipBy", async () => {
      const f = await load();
      const { deal, send } = await authorized(f, "disputed-deposited");
      const before = await f.stateOf(deal.id);
      const until = deal.terms.shipBy + deal.terms.backstop;
      const payment = send();
      await expect(payment).to.emit(f.escrow, "BalancePaid").withArgs(deal.id, balanceOf(deal));
      await expect(payment).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, until);
      expect(await f.stateOf(deal.id)).to.deep.equal({
        ...before,
        disputedFrom: "funded",
        held: deal.terms.price,
        until,
      });
    });

    itMovesTheBackstop(load, {
      from: "deposited",
      before: "balanceBy",
      windowEnd: ({ shipBy }) => shipBy,
      changes: (f) => ({ token: f.stablecoinAddress }),
      send: async (f, deal) => (await authorizedFor(f, deal))(),
    });

    it("is possible one second before balanceBy and reverts with DeadlinePassed at it", async () => {
      const f = await load();
      const { deal, send } = await authorized(f);
      await f.expectUntil(deal, deal.terms.balanceBy, send, "BalancePaid");
    });

    it("reverts with WrongStatus the second time", async () => {
      const f = await load();
      const { deal, send } = await authorized(f);
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
