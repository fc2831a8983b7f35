import { expect } from "chai";
import { network } from "hardhat";
import { concat, type Hex } from "viem";
import { statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { intentDigest } from "../../src/core/deal/intents.ts";
import {
  MAX_COVERED_EXPOSURE,
  MAX_EXPOSURE,
  MIN_WINDOW,
  type Terms,
  termsTypedData,
} from "../../src/core/deal/terms.ts";
import type { PackedTerms } from "../../src/core/deal/termsCodec.ts";
import { COVERAGE, compact, DAY, deployEscrow, type Fixture, flipped, signWith } from "../fixtures/escrow.ts";
import { signPermit2 } from "../fixtures/permit2.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;
const { loadFixture } = networkHelpers;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

async function deployedWithPermit2() {
  const permit2 = await ethers.deployContract("MockPermit2");
  const f = await deployEscrow(connection, await permit2.getAddress());
  await f.giveTokens();
  await f.stablecoin.connect(f.buyer).approve(permit2, 2n ** 256n - 1n);
  return { ...f, permit2 };
}

/** Terms of a deal that the bond covers. */
const covered = async (f: Fixture, changes: Partial<Terms> = {}) => {
  const deal = f.dealOf(await f.termsOf({ coverage: COVERAGE, ...changes }));
  await f.postBond(deal.terms.seller, deal.terms.token, deal.terms.coverage);
  return deal;
};

const zero = ethers.ZeroAddress as Hex;
const lower = (account: { address: string }) => account.address.toLowerCase() as Hex;
const now = () => networkHelpers.time.latest();

/** `ITribunal.accepts.selector` as a word, after PUSH32. */
const selectorWord = async (): Promise<Hex> => {
  const { interface: tribunal } = await ethers.getContractAt("OpenTribunal", zero);
  return concat(["0x7f", tribunal.getFunction("accepts").selector as Hex, `0x${"00".repeat(28)}`]);
};

/** Stores the word on the stack and returns so many bytes of it. */
const returnBytes = (count: number): Hex => concat(["0x5f52", `0x60${count.toString(16).padStart(2, "0")}`, "0x5ff3"]);

/** An account with the given code, named as the tribunal. */
const tribunalWith = async (f: Fixture, code: Hex) => {
  const tribunal = lower(ethers.Wallet.createRandom());
  await networkHelpers.setCode(tribunal, code);
  return f.dealOf(await f.termsOf({ tribunal }));
};

describe("Escrow", () => {
  describe("fund", () => {
    it("holds the native price and carries the terms in its event", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = f.dealOf(await f.termsOf());
      const funding = f.escrow.connect(f.buyer).fund(packed, "0x", "0x", { value: terms.price });

      await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(id, [packed.words]);
      await expect(funding).to.changeEtherBalances(ethers, [f.buyer, f.escrow], [-terms.price, terms.price]);
      expect(await f.stateOf(id)).to.deep.equal(undisputed("funded", terms.price));
    });

    it("holds the token price", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = f.dealOf(await f.termsOf({ token: f.stablecoinAddress }));
      const funding = f.escrow.connect(f.buyer).fund(packed, "0x", "0x");

      await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(id, [packed.words]);
      await expect(funding).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.buyer, f.escrow],
        [-terms.price, terms.price],
      );
      expect(await f.stateOf(id)).to.deep.equal(undisputed("funded", terms.price));
    });

    it("holds a deposit when the terms leave a balance", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = f.dealOf(await f.termsOf(await f.inTwoParts()));
      await f.escrow.connect(f.buyer).fund(packed, "0x", "0x", { value: terms.deposit });
      expect(await f.stateOf(id)).to.deep.equal(undisputed("deposited", terms.deposit));
    });

    it("takes the terms one second before fundBy and reverts with DeadlinePassed at fundBy", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf());
      const { terms, packed } = deal;
      const send = () => f.escrow.connect(f.buyer).fund(packed, "0x", "0x", { value: terms.price });
      await f.expectUntil(deal, terms.fundBy, send, "DealFunded");
    });

    it("reverts with NotCaller for anybody but the buyer without the buyer's signature", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf());
      for (const caller of [f.seller, f.relayer])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
          { error: "NotCaller", args: [caller, f.buyer] },
        );
    });

    it("reverts with ValueMismatch for less, for more, and for currency sent with a token", async () => {
      const f = await loadFixture(deployed);
      const native = f.dealOf(await f.termsOf());
      const token = f.dealOf(await f.termsOf({ token: f.stablecoinAddress }));
      const { price } = native.terms;
      for (const [deal, value, expected] of [
        [native, price - 1n, price],
        [native, price + 1n, price],
        [native, 0n, price],
        [token, 1n, 0n],
      ] as const)
        await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", { value }), {
          error: "ValueMismatch",
          args: [value, expected],
        });
    });

    it("reverts with DealExists while the deal is open and after it closed before fundBy", async () => {
      const f = await loadFixture(deployed);
      for (const [place, status] of [
        ["deposited", "deposited"],
        ["funded", "funded"],
        ["shipped", "shipped"],
        ["delivered", "delivered"],
        ["disputed-funded", "disputed"],
        ["closed", "closed"],
      ] as const) {
        const deal = await f.reach(place);
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
          { error: "DealExists", args: [deal.id, statusNumber(status)] },
        );
      }
    });

    it("reverts with DealExists in the tail, whose seller signed once", async () => {
      const f = await loadFixture(deployed);
      const deal = await f.reach("released");
      await f.postBond(deal.terms.seller, deal.terms.token, COVERAGE);
      const consent = await f.signTerms(f.seller, deal.terms);
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", consent, f.nativeValue(deal.terms)),
        { error: "DealExists", args: [deal.id, statusNumber("released")] },
      );
    });

    it("reverts with DeadlinePassed for terms that closed and gave their slot back", async () => {
      const f = await loadFixture(deployed);
      const deal = await f.reach("delivered");
      await f.time.increaseTo(deal.terms.fundBy);
      await f.confirm(deal);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("none"));
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", { value: deal.terms.price }),
        { error: "DeadlinePassed", args: [deal.terms.fundBy] },
      );
    });

    it("reverts with TermsNotCanonical for bits that have no meaning", async () => {
      const f = await loadFixture(deployed);
      for (const earnest of ["00000002", "80000000", "80000001", "00000100", "ffffffff"]) {
        const { terms, packed } = f.dealOf(await f.termsOf());
        const words = [...packed.words] as PackedTerms["words"];
        words[5] = `${words[5].slice(0, -8)}${earnest}` as Hex;
        const id = (await f.escrow.dealIdOf({ words })) as Hex;
        const deal = { terms, packed: { words }, id };
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", { value: terms.price }),
          { error: "TermsNotCanonical" },
        );
      }
    });

    describe("refuses terms that are unsafe", () => {
      const refuses = (
        title: string,
        build: (f: Fixture) => Promise<{ changes: Partial<Terms>; error: string; args?: readonly unknown[] }>,
      ) =>
        it(title, async () => {
          const f = await loadFixture(deployed);
          const { changes, error, args = [] } = await build(f);
          const deal = f.dealOf(await f.termsOf(changes));
          const { terms, packed } = deal;
          await f.expectRefusal(
            deal,
            () => f.escrow.connect(f.keyOf(terms.buyer)).fund(packed, "0x", "0x", f.nativeValue(terms)),
            { error, args },
          );
        });

      refuses("AddressZero: no seller", async () => ({ changes: { seller: zero }, error: "AddressZero" }));
      refuses("AddressZero: no attestor", async () => ({ changes: { attestor: zero }, error: "AddressZero" }));
      refuses("AddressZero: a fee for no marketplace", async () => ({ changes: { feeBps: 1 }, error: "AddressZero" }));
      refuses("BuyerIsSeller", async (f) => ({
        changes: { seller: lower(f.buyer) },
        error: "BuyerIsSeller",
        args: [f.buyer],
      }));
      for (const feeBps of [0, 1])
        refuses(`BuyerIsMarketplace: with a fee of ${feeBps}`, async (f) => ({
          changes: { marketplace: lower(f.buyer), feeBps },
          error: "BuyerIsMarketplace",
          args: [f.buyer],
        }));
      refuses("AttestorIsSeller", async (f) => ({
        changes: { attestor: lower(f.seller) },
        error: "AttestorIsSeller",
        args: [f.seller],
      }));
      for (const party of ["seller", "marketplace"] as const)
        refuses(`EscrowIsParty: the ${party}`, async (f) => ({
          changes: { [party]: f.domain.escrow },
          error: "EscrowIsParty",
          args: [f.domain.escrow],
        }));
      refuses("TribunalIsParty: the seller's contract", async (f) => {
        const tribunal = (await f.openTribunal()).changes.tribunal;
        return { changes: { seller: tribunal, tribunal }, error: "TribunalIsParty", args: [tribunal] };
      });
      refuses("TribunalIsParty: the marketplace's contract", async (f) => {
        const tribunal = (await f.openTribunal()).changes.tribunal;
        return { changes: { marketplace: tribunal, tribunal }, error: "TribunalIsParty", args: [tribunal] };
      });
      refuses("TribunalIsParty: the buyer", async (f) => ({
        changes: { tribunal: lower(f.buyer) },
        error: "TribunalIsParty",
        args: [f.buyer],
      }));
      refuses("AddressZero: no tribunal", async () => ({ changes: { tribunal: zero }, error: "AddressZero" }));
      refuses("AmountZero: nothing to pay", async () => ({ changes: { price: 0n }, error: "AmountZero" }));
      refuses("AmountZero: no deposit", async () => ({ changes: { deposit: 0n }, error: "AmountZero" }));
      refuses("DepositExceedsPrice", async () => ({
        changes: { price: 10n, deposit: 11n },
        error: "DepositExceedsPrice",
        args: [11, 10],
      }));
      refuses("EarnestTooHigh: above a fifth of the price", async (f) => ({
        changes: { ...(await f.inTwoParts()), price: 104n, deposit: 21n, earnest: true, coverage: 21n },
        error: "EarnestTooHigh",
        args: [21, 20],
      }));
      refuses("EarnestTooHigh: the whole price", async () => ({
        changes: { earnest: true, price: 100n, coverage: 100n },
        error: "EarnestTooHigh",
        args: [100, 20],
      }));
      for (const coverage of [0n, 19n])
        refuses(`EarnestNotCovered: a coverage of ${coverage}`, async (f) => ({
          changes: { ...(await f.inTwoParts()), price: 100n, deposit: 20n, earnest: true, coverage },
          error: "EarnestNotCovered",
          args: [20, coverage],
        }));
      refuses("BasisPointsTooHigh: fee", async (f) => ({
        changes: { feeBps: 10_001, marketplace: lower(f.marketplace) },
        error: "BasisPointsTooHigh",
        args: [10_001],
      }));
      refuses("BasisPointsTooHigh: silence", async () => ({
        changes: { silenceBps: 10_001 },
        error: "BasisPointsTooHigh",
        args: [10_001],
      }));
      refuses("DeadlinePassed: fundBy in the past", async () => {
        const fundBy = (await now()) - 1;
        return { changes: { fundBy }, error: "DeadlinePassed", args: [fundBy] };
      });
      refuses("InspectionTooShort: a second below an hour", async () => ({
        changes: { inspection: MIN_WINDOW - 1 },
        error: "InspectionTooShort",
        args: [MIN_WINDOW - 1, MIN_WINDOW],
      }));
      refuses("InspectionTooShort: none", async () => ({
        changes: { inspection: 0 },
        error: "InspectionTooShort",
        args: [0, MIN_WINDOW],
      }));
      refuses("BackstopTooShort: a second below an hour", async () => ({
        changes: { backstop: MIN_WINDOW - 1 },
        error: "BackstopTooShort",
        args: [MIN_WINDOW - 1, MIN_WINDOW],
      }));
      refuses("BackstopTooShort: none", async () => ({
        changes: { backstop: 0 },
        error: "BackstopTooShort",
        args: [0, MIN_WINDOW],
      }));
      refuses("ExposureTooLong: a backstop beyond the longest", async () => ({
        changes: { backstop: 180 * DAY + 1 },
        error: "ExposureTooLong",
        args: [180 * DAY + 1, 180 * DAY],
      }));
    });

    describe("asks for an hour between the clocks", () => {
      type Clocks = Pick<Terms, "fundBy" | "balanceBy" | "shipBy" | "deliverBy">;
      const halves = { price: 10n, deposit: 5n };
      const hourly = (fundBy: number): Clocks => ({
        fundBy,
        balanceBy: fundBy + MIN_WINDOW,
        shipBy: fundBy + 2 * MIN_WINDOW,
        deliverBy: fundBy + 3 * MIN_WINDOW,
      });
      const refuses = (title: string, { balance, move }: { balance: boolean; move: (clocks: Clocks) => Clocks }) =>
        it(`reverts with ClocksOutOfOrder: ${title}`, async () => {
          const f = await loadFixture(deployed);
          const clocks = move(hourly((await now()) + DAY));
          const deal = f.dealOf(await f.termsOf({ ...clocks, ...(balance && halves) }));
          await f.expectRefusal(
            deal,
            () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
            { error: "ClocksOutOfOrder", args: [clocks.fundBy, clocks.balanceBy, clocks.shipBy, clocks.deliverBy] },
          );
        });

      for (const balance of [true, false])
        it(`takes an hour each, ${balance ? "with" : "without"} a balance to pay`, async () => {
          const f = await loadFixture(deployed);
          const clocks = hourly((await now()) + DAY);
          const atOnce = { ...clocks, balanceBy: 0, shipBy: clocks.balanceBy, deliverBy: clocks.shipBy };
          const deal = f.dealOf(await f.termsOf(balance ? { ...clocks, ...halves } : atOnce));
          await expect(f.fund(deal)).to.emit(f.escrow, "DealFunded");
        });

      it("does not read balanceBy when everything is paid at once", async () => {
        const f = await loadFixture(deployed);
        for (const balanceBy of [1, 2 ** 32 - 1]) {
          const deal = f.dealOf(await f.termsOf({ balanceBy }));
          await expect(f.fund(deal)).to.emit(f.escrow, "DealFunded");
        }
      });

      refuses("the balance is due a second too early", {
        balance: true,
        move: (clocks) => ({ ...clocks, balanceBy: clocks.balanceBy - 1 }),
      });
      refuses("the balance is due with the deposit", {
        balance: true,
        move: (clocks) => ({ ...clocks, balanceBy: clocks.fundBy }),
      });
      refuses("the balance is due before the deposit", {
        balance: true,
        move: (clocks) => ({ ...clocks, balanceBy: clocks.fundBy - 1 }),
      });
      refuses("shipping ends a second too early after the balance", {
        balance: true,
        move: (clocks) => ({ ...clocks, shipBy: clocks.shipBy - 1 }),
      });
      refuses("shipping ends before the balance is due", {
        balance: true,
        move: (clocks) => ({ ...clocks, shipBy: clocks.fundBy }),
      });
      refuses("shipping ends a second too early after funding", {
        balance: false,
        move: (clocks) => ({ ...clocks, balanceBy: 0, shipBy: clocks.fundBy + MIN_WINDOW - 1 }),
      });
      refuses("shipping ended in the past", { balance: false, move: (clocks) => ({ ...clocks, shipBy: 1 }) });
      for (const balance of [true, false])
        refuses(`delivery ends a second too early after shipping, ${balance ? "with" : "without"} a balance`, {
          balance,
          move: (clocks) => ({ ...clocks, deliverBy: clocks.deliverBy - 1 }),
        });
    });

    it("takes the shortest inspection and the shortest backstop, also one shorter than the inspection", async () => {
      const f = await loadFixture(deployed);
      const { changes } = await f.openTribunal();
      for (const inspection of [MIN_WINDOW, 10 * DAY]) {
        const deal = f.dealOf(await f.termsOf({ ...changes, inspection, backstop: MIN_WINDOW }));
        await expect(f.fund(deal)).to.emit(f.escrow, "DealFunded");
      }
    });

    it("takes the longest course and reverts with ExposureTooLong one second beyond it", async () => {
      const f = await loadFixture(deployed);
      const at = (await f.time.latest()) + 3_600;
      const ends = async (tail: number) =>
        f.dealOf(
          await f.termsOf({
            fundBy: at + DAY,
            shipBy: at + 3 * DAY,
            deliverBy: at + 18 * DAY,
            inspection: 10 * DAY,
            tail,
          }),
        );
      const longest = await ends(MAX_EXPOSURE - 28 * DAY);
      const beyond = await ends(MAX_EXPOSURE - 28 * DAY + 1);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(at);
      await f.expectRefusal(
        beyond,
        () => f.escrow.connect(f.buyer).fund(beyond.packed, "0x", "0x", f.nativeValue(beyond.terms)),
        { error: "ExposureTooLong", args: [MAX_EXPOSURE + 1, MAX_EXPOSURE] },
      );
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(at);
      await expect(f.fund(longest)).to.emit(f.escrow, "DealFunded");
      await expect(f.fund(f.dealOf(await f.termsOf({ backstop: 180 * DAY })))).to.emit(f.escrow, "DealFunded");
    });
  });

  describe("fund under a tribunal", () => {
    /** What must refuse every funding, by its code. */
    const codes: Readonly<Record<string, () => Promise<Hex>>> = {
      "without code": async () => "0x",
      "that answers nothing": async () => "0x00",
      "that answers another selector": async () => concat(["0x7fdeadbeef", `0x${"00".repeat(28)}`, returnBytes(32)]),
      "that answers a part of its selector": async () => concat([await selectorWord(), returnBytes(31)]),
      "that reverts with its selector": async () => concat([await selectorWord(), "0x5f5260205ffd"]),
      "that writes before it answers": async () => concat(["0x60015f55", await selectorWord(), returnBytes(32)]),
      "that burns its gas": async () => "0x5b5f56",
    };
    for (const [title, codeOf] of Object.entries(codes))
      it(`reverts with TribunalRefuses for one ${title}`, async () => {
        const f = await loadFixture(deployed);
        const deal = await tribunalWith(f, await codeOf());
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
          { error: "TribunalRefuses", args: [deal.terms.tribunal] },
        );
      });

    it("asks it by a call of 100,000 gas", async () => {
      const f = await loadFixture(deployed);
      // Whether GAS, which costs 2, leaves 99,998; times the selector.
      const exactly = "0x5a6201869e14";
      const deal = await tribunalWith(f, concat([exactly, await selectorWord(), "0x02", returnBytes(32)]));
      await expect(
        f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", { ...f.nativeValue(deal.terms), gasLimit: 1_000_000 }),
      ).to.emit(f.escrow, "DealFunded");
    });

    it("takes any answer that begins with its selector", async () => {
      const f = await loadFixture(deployed);
      const deal = await tribunalWith(f, concat([await selectorWord(), returnBytes(64)]));
      await expect(f.fund(deal)).to.emit(f.escrow, "DealFunded");
    });

    it("reverts with TribunalRefuses for an account with a key that delegates to an accepting one (EIP-7702)", async () => {
      const f = await loadFixture(deployed);
      const { tribunal } = await f.openTribunal();
      const deal = await tribunalWith(f, concat(["0xef0100", (await tribunal.getAddress()) as Hex]));
      const delegated = tribunal.attach(deal.terms.tribunal) as typeof tribunal;
      expect(await delegated.accepts(deal.packed)).to.equal(tribunal.interface.getFunction("accepts").selector);
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
        { error: "TribunalRefuses", args: [deal.terms.tribunal] },
      );
    });

    it("reverts with AddressZero for none, in a deal of a marketplace", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf({ tribunal: zero, marketplace: lower(f.marketplace) }));
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
        { error: "AddressZero" },
      );
    });

    it("reverts with TribunalRefuses for rules that a panel tribunal does not know", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf({ rules: f.digest("no panel") }));
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
        { error: "TribunalRefuses", args: [deal.terms.tribunal] },
      );
    });

    it("is asked in every form of funding", async () => {
      const f = await loadFixture(deployedWithPermit2);
      const rules = f.digest("no panel");
      const deal = f.dealOf(await f.termsOf({ rules, token: f.stablecoinAddress }));
      const { terms, packed, id } = deal;
      const permit2 = (await f.permit2.getAddress()) as Hex;
      const byBuyer = await f.signTerms(f.buyer, terms);
      const authorization = await f.authorize(f.buyer, { value: terms.deposit, validBefore: terms.fundBy, nonce: id });
      const permit = await signPermit2(f.buyer, { permit2, domain: f.domain, terms, nonce: 7n });
      const as = f.escrow.connect(f.relayer);
      for (const send of [
        () => as.fund(packed, byBuyer, "0x"),
        () => as.fundWithAuthorization(packed, authorization, "0x"),
        () => as.fundWithPermit2(packed, 7n, permit, "0x"),
      ])
        await f.expectRefusal(deal, send, { error: "TribunalRefuses", args: [terms.tribunal] });
    });
  });

  describe("fund with coverage", () => {
    it("reserves it from the bond on the seller's signature over the terms", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = await covered(f);
      const consent = await f.signTerms(f.seller, terms);
      await expect(f.escrow.connect(f.buyer).fund(packed, "0x", consent, { value: terms.price }))
        .to.emit(f.escrow, "DealFunded")
        .withArgs(id, [packed.words]);
      expect(await f.escrow.bondOf(f.seller, terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("takes the call of the seller as the seller's consent, beside the buyer's signature", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = await covered(f, { token: f.stablecoinAddress });
      const byBuyer = await f.signTerms(f.buyer, terms);
      const funding = f.escrow.connect(f.seller).fund(packed, byBuyer, "0x");
      await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(id, [packed.words]);
      await expect(funding).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.buyer, f.seller, f.escrow],
        [-terms.price, 0n, terms.price],
      );
      expect(await f.escrow.bondOf(f.seller, terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("reverts with SellerSignatureMissing when the seller neither calls nor signed", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f);
      const byBuyer = await f.signTerms(f.buyer, deal.terms);
      for (const [caller, buyerConsent] of [
        [f.buyer, "0x"],
        [f.relayer, byBuyer],
      ] as const)
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).fund(deal.packed, buyerConsent, "0x", f.nativeValue(deal.terms)),
          { error: "SellerSignatureMissing", args: [f.seller] },
        );
    });

    it("does not read the seller's signature without coverage", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed } = f.dealOf(await f.termsOf());
      await expect(f.escrow.connect(f.buyer).fund(packed, "0x", "0xdead", { value: terms.price })).to.emit(
        f.escrow,
        "DealFunded",
      );
    });

    it("takes earnest money of exactly a fifth of the price and of exactly the coverage", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f, { ...(await f.inTwoParts(5n)), earnest: true, coverage: 8_000_000_000n });
      expect(deal.terms.deposit).to.equal(deal.terms.coverage);
      await expect(f.fund(deal)).to.emit(f.escrow, "DealFunded");
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("deposited", deal.terms.deposit));
    });

    it("reverts with CoverageExceedsBond when the free part of the bond is too small", async () => {
      const f = await loadFixture(deployed);
      const first = await covered(f);
      await f.fund(first);
      const second = f.dealOf(await f.termsOf({ coverage: 1n }));
      await f.expectRefusal(second, () => f.fund(second), { error: "CoverageExceedsBond", args: [1, 0] });
    });

    it("reserves nothing of a bond in another token", async () => {
      const f = await loadFixture(deployed);
      await f.postBond(f.seller.address, ethers.ZeroAddress, COVERAGE);
      const deal = f.dealOf(await f.termsOf({ coverage: COVERAGE, token: f.stablecoinAddress }));
      await f.expectRefusal(deal, () => f.fund(deal), { error: "CoverageExceedsBond", args: [COVERAGE, 0] });
    });

    it("reverts with SignatureInvalid without the seller's own signature over these very terms", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f);
      const { terms, packed } = deal;
      const consent = await f.signTerms(f.seller, terms);
      const wrong: readonly Hex[] = [
        "0x00",
        await f.signTerms(f.buyer, terms),
        await f.signTerms(f.seller, { ...terms, coverage: COVERAGE - 1n }),
        await signWith(f.seller, termsTypedData(terms, { ...f.domain, chainId: 1 })),
        await signWith(f.seller, termsTypedData(terms, { ...f.domain, escrow: f.panelDomain.tribunal })),
        flipped(consent),
      ];
      for (const signature of wrong)
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).fund(packed, "0x", signature, { value: terms.price }),
          { error: "SignatureInvalid", args: [f.seller] },
        );
    });

    it("reads what the seller presents even when the seller calls", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f);
      const byBuyer = await f.signTerms(f.buyer, deal.terms);
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.seller).fund(deal.packed, byBuyer, byBuyer, f.nativeValue(deal.terms)),
        { error: "SignatureInvalid", args: [f.seller] },
      );
    });

    it("reverts with NotCaller for anybody but the buyer without the buyer's signature", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f);
      const consent = await f.signTerms(f.seller, deal.terms);
      for (const caller of [f.stranger, f.seller])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).fund(deal.packed, "0x", consent, f.nativeValue(deal.terms)),
          { error: "NotCaller", args: [caller, f.buyer] },
        );
    });

    it("takes the longest covered course and reverts with ExposureTooLong one second beyond it", async () => {
      const f = await loadFixture(deployed);
      const at = (await f.time.latest()) + 3_600;
      const clocks = { fundBy: at + DAY, shipBy: at + 3 * DAY, deliverBy: at + 18 * DAY, inspection: 10 * DAY };
      await f.postBond(f.seller.address, ethers.ZeroAddress, COVERAGE);
      const longest = f.dealOf(
        await f.termsOf({ ...clocks, coverage: COVERAGE, tail: MAX_COVERED_EXPOSURE - 28 * DAY }),
      );
      const beyond = f.dealOf(
        await f.termsOf({ ...clocks, coverage: COVERAGE, tail: MAX_COVERED_EXPOSURE - 28 * DAY + 1 }),
      );
      const silent = f.dealOf(await f.termsOf({ coverage: COVERAGE, backstop: MAX_COVERED_EXPOSURE + 1 }));
      const snapshot = await networkHelpers.takeSnapshot();
      for (const deal of [beyond, silent]) {
        await f.time.setNextBlockTimestamp(at);
        await f.expectRefusal(deal, () => f.fund(deal), {
          error: "ExposureTooLong",
          args: [MAX_COVERED_EXPOSURE + 1, MAX_COVERED_EXPOSURE],
        });
        await snapshot.restore();
      }
      await f.time.setNextBlockTimestamp(at);
      await expect(f.fund(longest)).to.emit(f.escrow, "DealFunded");
    });
  });

  describe("fund by the buyer's signature over the terms", () => {
    it("pulls the buyer's allowance on their signature in 65 and in 64 bytes", async () => {
      const f = await loadFixture(deployed);
      for (const form of [(signature: Hex) => signature, compact]) {
        const { terms, packed, id } = await covered(f, { token: f.stablecoinAddress });
        const byBuyer = form(await f.signTerms(f.buyer, terms));
        const bySeller = form(await f.signTerms(f.seller, terms));
        const funding = f.escrow.connect(f.relayer).fund(packed, byBuyer, bySeller);
        await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(id, [packed.words]);
        await expect(funding).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.buyer, f.relayer, f.escrow],
          [-terms.price, 0n, terms.price],
        );
      }
    });

    it("takes the relayer's native currency", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed } = f.dealOf(await f.termsOf());
      const byBuyer = await f.signTerms(f.buyer, terms);
      await expect(
        f.escrow.connect(f.relayer).fund(packed, byBuyer, "0x", { value: terms.price }),
      ).to.changeEtherBalances(ethers, [f.buyer, f.relayer, f.escrow], [0n, -terms.price, terms.price]);
    });

    it("takes contract wallets (ERC-1271) as buyer and as seller", async () => {
      const f = await loadFixture(deployed);
      const wallets = [await f.walletOf(f.buyer), await f.walletOf(f.seller)] as const;
      const [buyer, seller] = (await Promise.all(
        wallets.map(async (wallet) => (await wallet.getAddress()).toLowerCase()),
      )) as [Hex, Hex];
      const deal = await covered(f, { buyer, seller });
      await expect(f.fund(deal)).to.emit(f.escrow, "DealFunded").withArgs(deal.id, [deal.packed.words]);
    });

    it("is possible one second before fundBy and reverts with DeadlinePassed at fundBy", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf());
      await f.expectUntil(deal, deal.terms.fundBy, () => f.fund(deal), "DealFunded");
    });

    it("reverts with SignatureInvalid without the buyer's own signature over these very terms", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf({ token: f.stablecoinAddress }));
      const { terms, packed } = deal;
      const byBuyer = await f.signTerms(f.buyer, terms);
      const wrong: readonly Hex[] = [
        "0x00",
        await f.signTerms(f.seller, terms),
        await f.signTerms(f.buyer, { ...terms, price: terms.price + 1n }),
        await signWith(f.buyer, termsTypedData(terms, { ...f.domain, chainId: 1 })),
        await signWith(f.buyer, termsTypedData(terms, { ...f.domain, escrow: f.panelDomain.tribunal })),
        flipped(byBuyer),
      ];
      for (const signature of wrong)
        for (const caller of [f.relayer, f.buyer])
          await f.expectRefusal(deal, () => f.escrow.connect(caller).fund(packed, signature, "0x"), {
            error: "SignatureInvalid",
            args: [f.buyer],
          });
    });

    it("accepts no signature for a buyer of zero", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf({ buyer: zero }));
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).fund(deal.packed, `0x${"00".repeat(65)}`, "0x", f.nativeValue(deal.terms)),
        { error: "SignatureInvalid", args: [zero] },
      );
    });

    it("funds once per pair of signatures: while open, after the end, and across fundBy", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f, { token: f.stablecoinAddress });
      const { terms, packed, id } = deal;
      const byBuyer = await f.signTerms(f.buyer, terms);
      const bySeller = await f.signTerms(f.seller, terms);
      const send = () => f.escrow.connect(f.relayer).fund(packed, byBuyer, bySeller);
      await send();
      await f.expectRefusal(deal, send, { error: "DealExists", args: [id, statusNumber("funded")] });
      await f.refundHeld(deal, { amount: terms.price });
      await f.expectRefusal(deal, send, { error: "DealExists", args: [id, statusNumber("closed")] });
      await f.time.increaseTo(terms.fundBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [terms.fundBy] });
    });
  });

  describe("fundWithAuthorization", () => {
    const authorized = async (f: Fixture, changes: Partial<Terms> = {}) => {
      const deal = f.dealOf(await f.termsOf({ token: f.stablecoinAddress, ...changes }));
      const authorization = await f.authorize(f.buyer, {
        value: deal.terms.deposit,
        validBefore: deal.terms.fundBy,
        nonce: deal.id,
      });
      return { deal, authorization };
    };

    it("collects on the buyer's ERC-3009 signature of 65 bytes, and through the overload in bytes of 64", async () => {
      const f = await loadFixture(deployed);
      for (const form of [(signature: Hex) => signature, compact]) {
        const { deal, authorization } = await authorized(f);
        const funding = f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, form(authorization), "0x");
        await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(deal.id, [deal.packed.words]);
        await expect(funding).to.changeTokenBalances(
          ethers,
          f.stablecoin,
          [f.buyer, f.relayer, f.escrow],
          [-deal.terms.price, 0n, deal.terms.price],
        );
      }
    });

    it("asks the token by v, r and s for 65 bytes, which tokens without the overload in bytes need", async () => {
      const f = await loadFixture(deployed);
      for (const [form, parameters] of [
        [(signature: Hex) => signature, "uint8,bytes32,bytes32"],
        [compact, "bytes"],
      ] as const) {
        const { deal, authorization } = await authorized(f);
        const { hash } = await f.escrow
          .connect(f.relayer)
          .fundWithAuthorization(deal.packed, form(authorization), "0x");
        const trace = await ethers.provider.send("debug_traceTransaction", [hash, { tracer: "callTracer" }]);
        const asked = (trace.calls as { to: string; input: string }[])
          .filter(({ to }) => to === f.stablecoinAddress)
          .map(({ input }) => input.slice(0, 10));
        const signature = `receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,${parameters})`;
        expect(asked).to.include(ethers.id(signature).slice(0, 10));
      }
    });

    it("reserves coverage on the seller's signature, and only on it", async () => {
      const f = await loadFixture(deployed);
      await f.postBond(f.seller.address, f.stablecoinAddress, COVERAGE);
      const { deal, authorization } = await authorized(f, { coverage: COVERAGE });
      const send = (consent: Hex) =>
        f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, consent);
      await f.expectRefusal(deal, () => send("0x"), { error: "SellerSignatureMissing", args: [f.seller] });
      await f.expectRefusal(deal, async () => send(await f.signTerms(f.buyer, deal.terms)), {
        error: "SignatureInvalid",
        args: [f.seller],
      });
      await send(await f.signTerms(f.seller, deal.terms));
      expect((await f.escrow.bondOf(f.seller, f.stablecoinAddress)).reserved).to.equal(COVERAGE);
    });

    it("takes the call of the seller as the seller's consent", async () => {
      const f = await loadFixture(deployed);
      await f.postBond(f.seller.address, f.stablecoinAddress, COVERAGE);
      const { deal, authorization } = await authorized(f, { coverage: COVERAGE });
      const funding = f.escrow.connect(f.seller).fundWithAuthorization(deal.packed, authorization, "0x");
      await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(deal.id, [deal.packed.words]);
      expect((await f.escrow.bondOf(f.seller, f.stablecoinAddress)).reserved).to.equal(COVERAGE);
    });

    it("collects a deposit, and leaves the balance", async () => {
      const f = await loadFixture(deployed);
      const { deal, authorization } = await authorized(f, await f.inTwoParts());
      await f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, "0x");
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("deposited", deal.terms.deposit));
    });

    it("is possible one second before fundBy and reverts with DeadlinePassed at fundBy", async () => {
      const f = await loadFixture(deployed);
      const { deal, authorization } = await authorized(f);
      const send = () => f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, "0x");
      await f.expectUntil(deal, deal.terms.fundBy, send, "DealFunded");
    });

    it("reverts with AddressZero without a buyer and with EscrowIsParty for the escrow as buyer", async () => {
      const f = await loadFixture(deployed);
      for (const [buyer, error, args] of [
        [ethers.ZeroAddress as Hex, "AddressZero", []],
        [f.domain.escrow, "EscrowIsParty", [f.domain.escrow]],
      ] as const) {
        const { deal, authorization } = await authorized(f, { buyer });
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, "0x"),
          { error, args },
        );
      }
    });

    it("refuses an authorization for other terms, another amount, or another signer, by the token's own error", async () => {
      const f = await loadFixture(deployed);
      const { deal } = await authorized(f);
      const other = f.dealOf(await f.termsOf({ token: f.stablecoinAddress }));
      const { deposit: value, fundBy: validBefore } = deal.terms;
      const wrong = [
        await f.authorize(f.buyer, { value, validBefore, nonce: other.id }),
        await f.authorize(f.buyer, { value: value - 1n, validBefore, nonce: deal.id }),
        await f.authorize(f.buyer, { value, validBefore: validBefore + 1, nonce: deal.id }),
        await f.authorize(f.stranger, { value, validBefore, nonce: deal.id }),
      ];
      for (const authorization of wrong)
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, "0x"),
          { error: "SignatureInvalid", args: [f.buyer], from: f.stablecoin },
        );
    });

    it("funds once per authorization, whatever happened since", async () => {
      const f = await loadFixture(deployed);
      const { deal, authorization } = await authorized(f);
      const send = () => f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, "0x");
      await send();
      await f.expectRefusal(deal, send, { error: "DealExists", args: [deal.id, statusNumber("funded")] });
      await f.refundHeld(deal, { amount: deal.terms.price });
      await f.expectRefusal(deal, send, { error: "DealExists", args: [deal.id, statusNumber("closed")] });
      await f.time.increaseTo(deal.terms.fundBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deal.terms.fundBy] });
    });

    it("takes no authorization that was signed for a bond", async () => {
      const f = await loadFixture(deployed);
      const { deal } = await authorized(f);
      const { deposit: value, fundBy: deadline, token } = deal.terms;
      const bond = {
        kind: "PostBond",
        message: { seller: deal.terms.buyer, token, amount: value, salt: f.digest("salt"), deadline },
      } as const;
      const nonce = intentDigest(bond, f.domain);
      const authorization = await f.authorize(f.buyer, { value, validBefore: deadline, nonce });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, "0x"),
        { error: "SignatureInvalid", args: [f.buyer], from: f.stablecoin },
      );
    });
  });

  describe("fundWithPermit2", () => {
    const permitted = async (f: Fixture & { permit2: { getAddress: () => Promise<string> } }, changes = {}) => {
      const deal = f.dealOf(await f.termsOf({ token: f.stablecoinAddress, ...changes }));
      const permit2 = (await f.permit2.getAddress()) as Hex;
      const sign = (over: Parameters<typeof signPermit2>[1]["over"] = {}, signer = f.buyer) =>
        signPermit2(signer, { permit2, domain: f.domain, terms: deal.terms, nonce: 7n, over });
      return { deal, sign };
    };

    it("collects with the deal's id as witness", async () => {
      const f = await loadFixture(deployedWithPermit2);
      const { deal, sign } = await permitted(f);
      const funding = f.escrow.connect(f.relayer).fundWithPermit2(deal.packed, 7n, await sign(), "0x");
      await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(deal.id, [deal.packed.words]);
      await expect(funding).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.buyer, f.relayer, f.escrow],
        [-deal.terms.price, 0n, deal.terms.price],
      );
    });

    it("reserves coverage on the seller's signature, and only on it", async () => {
      const f = await loadFixture(deployedWithPermit2);
      await f.postBond(f.seller.address, f.stablecoinAddress, COVERAGE);
      const { deal, sign } = await permitted(f, { coverage: COVERAGE });
      const permit = await sign();
      const send = (consent: Hex) => f.escrow.connect(f.relayer).fundWithPermit2(deal.packed, 7n, permit, consent);
      await f.expectRefusal(deal, () => send("0x"), { error: "SellerSignatureMissing", args: [f.seller] });
      await f.expectRefusal(deal, async () => send(await f.signTerms(f.buyer, deal.terms)), {
        error: "SignatureInvalid",
        args: [f.seller],
      });
      await expect(send(await f.signTerms(f.seller, deal.terms))).to.emit(f.escrow, "DealFunded");
    });

    it("takes the call of the seller as the seller's consent", async () => {
      const f = await loadFixture(deployedWithPermit2);
      await f.postBond(f.seller.address, f.stablecoinAddress, COVERAGE);
      const { deal, sign } = await permitted(f, { coverage: COVERAGE });
      const permit = await sign();
      await expect(f.escrow.connect(f.seller).fundWithPermit2(deal.packed, 7n, permit, "0x")).to.emit(
        f.escrow,
        "DealFunded",
      );
      expect((await f.escrow.bondOf(f.seller, f.stablecoinAddress)).reserved).to.equal(COVERAGE);
    });

    it("is possible one second before fundBy and reverts with DeadlinePassed at fundBy", async () => {
      const f = await loadFixture(deployedWithPermit2);
      const { deal, sign } = await permitted(f);
      const permit = await sign();
      const send = () => f.escrow.connect(f.relayer).fundWithPermit2(deal.packed, 7n, permit, "0x");
      await f.expectUntil(deal, deal.terms.fundBy, send, "DealFunded");
    });

    it("refuses another witness, amount, spender, nonce, deadline or signer, by Permit2's own check", async () => {
      const f = await loadFixture(deployedWithPermit2);
      const { deal, sign } = await permitted(f);
      const wrong = [
        await sign({ witness: { id: f.digest("another deal") } }),
        await sign({ permitted: { token: deal.terms.token, amount: deal.terms.price + 1n } }),
        await sign({ spender: f.relayer.address as Hex }),
        await sign({ nonce: 8n }),
        await sign({ deadline: BigInt(deal.terms.fundBy + 1) }),
        await sign({}, f.stranger),
      ];
      for (const permit of wrong)
        await f.expectRefusal(deal, () => f.escrow.connect(f.relayer).fundWithPermit2(deal.packed, 7n, permit, "0x"), {
          error: "SignatureInvalid",
          args: [f.buyer],
        });
    });

    it("funds once per permit, whatever happened since", async () => {
      const f = await loadFixture(deployedWithPermit2);
      const { deal, sign } = await permitted(f);
      const permit = await sign();
      const send = () => f.escrow.connect(f.relayer).fundWithPermit2(deal.packed, 7n, permit, "0x");
      await send();
      await f.expectRefusal(deal, send, { error: "DealExists", args: [deal.id, statusNumber("funded")] });
      await f.refundHeld(deal, { amount: deal.terms.price });
      await f.expectRefusal(deal, send, { error: "DealExists", args: [deal.id, statusNumber("closed")] });
      await f.time.increaseTo(deal.terms.fundBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deal.terms.fundBy] });
    });
  });
});
