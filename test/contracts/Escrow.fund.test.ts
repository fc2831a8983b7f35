import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, numberToHex } from "viem";
import { intentDigest } from "../../src/core/intents.ts";
import { dealIdOf, MAX_COVERED_EXPOSURE, MAX_EXPOSURE, type Terms, termsTypedData } from "../../src/core/terms.ts";
import { packTerms } from "../../src/core/termsCodec.ts";
import {
  COVERAGE,
  compact,
  DAY,
  deployEscrow,
  type Fixture,
  flipped,
  signWith,
  statusNumber,
} from "../fixtures/escrow.ts";
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
  await f.postBond(deal.terms.seller, deal.terms.token, COVERAGE);
  return deal;
};

describe("Escrow", () => {
  describe("fund", () => {
    it("holds the native price and carries the terms in its event", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = f.dealOf(await f.termsOf());
      const funding = f.escrow.connect(f.buyer).fund(packed, "0x", "0x", { value: terms.price });

      await expect(funding).to.emit(f.escrow, "DealFunded").withArgs(id, [packed.words]);
      await expect(funding).to.changeEtherBalances(ethers, [f.buyer, f.escrow], [-terms.price, terms.price]);
      expect(await f.escrow.dealOf(id)).to.deep.equal([statusNumber("funded"), 0n, terms.price, 0n, 0n, 0n]);
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
      expect(await f.escrow.dealOf(id)).to.deep.equal([statusNumber("funded"), 0n, terms.price, 0n, 0n, 0n]);
    });

    it("holds a deposit when the terms leave a balance", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = f.dealOf(await f.termsOf(await f.inTwoParts()));
      await f.escrow.connect(f.buyer).fund(packed, "0x", "0x", { value: terms.deposit });
      expect(await f.escrow.dealOf(id)).to.deep.equal([statusNumber("deposited"), 0n, terms.deposit, 0n, 0n, 0n]);
    });

    it("takes the terms one second before fundBy and reverts with DeadlinePassed at fundBy", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf());
      const { terms, packed } = deal;
      const send = () => f.escrow.connect(f.buyer).fund(packed, "0x", "0x", { value: terms.price });
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(terms.fundBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [terms.fundBy] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(terms.fundBy - 1);
      await expect(send()).to.emit(f.escrow, "DealFunded");
    });

    it("reverts with NotCaller for anybody but the buyer", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf());
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.seller).fund(deal.packed, "0x", "0x", { value: deal.terms.price }),
        {
          error: "NotCaller",
          args: [f.seller, f.buyer],
        },
      );
    });

    it("reverts with SellerSignatureMissing when the terms want coverage and the seller did not sign", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f);
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", { value: deal.terms.price }),
        {
          error: "SellerSignatureMissing",
          args: [f.seller],
        },
      );
    });

    it("takes a call of the seller for the seller's signature", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f, { token: f.stablecoinAddress });
      const byBuyer = await f.signTerms(f.buyer, deal.terms);
      await expect(f.escrow.connect(f.seller).fund(deal.packed, byBuyer, "0x")).to.emit(f.escrow, "DealFunded");
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
      for (const status of ["funded", "closed"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", { value: deal.terms.price }),
          {
            error: "DealExists",
            args: [deal.id, statusNumber(status)],
          },
        );
      }
    });

    it("reverts with DeadlinePassed for terms that closed and gave their slot back", async () => {
      const f = await loadFixture(deployed);
      const deal = await f.reach("delivered");
      await f.time.increaseTo(deal.terms.fundBy);
      await f.confirm(deal);
      expect((await f.escrow.dealOf(deal.id)).status).to.equal(statusNumber("none"));
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", { value: deal.terms.price }),
        {
          error: "DeadlinePassed",
          args: [deal.terms.fundBy],
        },
      );
    });

    it("reverts with TermsNotCanonical for a yes that is neither zero nor one", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf());
      for (const yes of [2n, 3n, 2n ** 31n, 2n ** 32n - 1n]) {
        const words = [...deal.packed.words] as typeof deal.packed.words;
        words[5] = numberToHex(BigInt(words[5]) | yes, { size: 32 });
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).fund({ words }, "0x", "0x", { value: deal.terms.price }),
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
          const terms = await f.termsOf(changes);
          const deal = { terms, packed: packTerms(terms), id: dealIdOf(terms, f.domain) };
          const buyer = terms.buyer === ethers.ZeroAddress ? f.buyer : f.keyOf(terms.buyer);
          await f.expectRefusal(
            deal,
            () => f.escrow.connect(buyer).fund(deal.packed, "0x", "0x", f.nativeValue(terms)),
            {
              error,
              args,
            },
          );
        });
      const zero = ethers.ZeroAddress as Hex;
      const lower = (account: { address: string }) => account.address.toLowerCase() as Hex;
      const now = () => networkHelpers.time.latest();
      const clocks = (title: string, changes: (t: number) => Partial<Terms>) =>
        refuses(`ClocksOutOfOrder: ${title}`, async () => ({
          changes: changes(await now()),
          error: "ClocksOutOfOrder",
        }));

      refuses("AddressZero: no seller", async () => ({ changes: { seller: zero }, error: "AddressZero" }));
      refuses("AddressZero: no attestor", async () => ({ changes: { attestor: zero }, error: "AddressZero" }));
      refuses("AddressZero: a fee for no marketplace", async () => ({ changes: { feeBps: 1 }, error: "AddressZero" }));
      refuses("BuyerIsSeller", async (f) => ({
        changes: { seller: lower(f.buyer) },
        error: "BuyerIsSeller",
        args: [f.buyer],
      }));
      refuses("AttestorIsSeller", async (f) => ({
        changes: { attestor: lower(f.seller) },
        error: "AttestorIsSeller",
        args: [f.seller],
      }));
      refuses("TribunalIsParty: the seller's contract wallet", async (f) => {
        const wallet = (await (await f.walletOf(f.seller)).getAddress()).toLowerCase() as Hex;
        return { changes: { seller: wallet, tribunal: wallet }, error: "TribunalIsParty", args: [wallet] };
      });
      refuses("TribunalIsParty: the buyer", async (f) => ({
        changes: { tribunal: lower(f.buyer) },
        error: "TribunalIsParty",
        args: [f.buyer],
      }));
      refuses("TribunalIsParty: the marketplace", async (f) => ({
        changes: { marketplace: lower(f.marketplace), tribunal: lower(f.marketplace) },
        error: "TribunalIsParty",
        args: [f.marketplace],
      }));
      refuses("TribunalRefuses: zero", async (f) => ({
        changes: { tribunal: zero, marketplace: lower(f.marketplace) },
        error: "TribunalRefuses",
        args: [zero],
      }));
      refuses("TribunalRefuses: an account without code", async (f) => ({
        changes: { tribunal: lower(f.stranger) },
        error: "TribunalRefuses",
        args: [f.stranger],
      }));
      refuses("TribunalRefuses: a key with code that accepts everything (EIP-7702)", async (f) => {
        const tribunal = await ethers.deployContract("OpenTribunal", [f.escrow]);
        const key = lower(f.stranger);
        await networkHelpers.setCode(key, `0xef0100${(await tribunal.getAddress()).slice(2)}`);
        return { changes: { tribunal: key }, error: "TribunalRefuses", args: [f.stranger] };
      });
      refuses("TribunalRefuses: a contract that knows no such question", async (f) => ({
        changes: { tribunal: f.stablecoinAddress },
        error: "TribunalRefuses",
        args: [f.stablecoinAddress],
      }));
      refuses("TribunalRefuses: a contract that answers anything else, short, or burns its gas", async (f) => {
        const at = "0x00000000000000000000000000000000000ac0de";
        for (const code of ["0x5f5ff3", "0x60015f5260205ff3", "0x5b5f56"]) {
          await networkHelpers.setCode(at, code);
          const deal = f.dealOf(await f.termsOf({ tribunal: at }));
          await f.expectRefusal(
            deal,
            () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms)),
            { error: "TribunalRefuses", args: [at] },
          );
        }
        return { changes: { tribunal: at }, error: "TribunalRefuses", args: [at] };
      });
      refuses("BuyerIsMarketplace", async (f) => ({
        changes: { marketplace: lower(f.buyer) },
        error: "BuyerIsMarketplace",
        args: [f.buyer],
      }));
      for (const party of ["seller", "marketplace"] as const)
        refuses(`EscrowIsParty: the ${party}`, async (f) => ({
          changes: { [party]: f.domain.escrow },
          error: "EscrowIsParty",
          args: [f.domain.escrow],
        }));
      refuses("EarnestNotCovered: by one unit", async (f) => ({
        changes: { ...(await f.inTwoParts(5n)), earnest: true, coverage: 7_999_999_999n },
        error: "EarnestNotCovered",
        args: [8_000_000_000n, 7_999_999_999n],
      }));
      refuses("InspectionTooShort: below an hour", async () => ({
        changes: { inspection: 3_599 },
        error: "InspectionTooShort",
        args: [3_599, 3_600],
      }));
      refuses("BackstopTooShort: below the inspection", async () => ({
        changes: { backstop: 10 * DAY - 1 },
        error: "BackstopTooShort",
        args: [10 * DAY - 1, 10 * DAY],
      }));
      refuses("AmountZero: nothing to pay", async () => ({ changes: { price: 0n }, error: "AmountZero" }));
      refuses("AmountZero: no deposit", async () => ({ changes: { deposit: 0n }, error: "AmountZero" }));
      refuses("DepositExceedsPrice", async () => ({
        changes: { price: 10n, deposit: 11n },
        error: "DepositExceedsPrice",
        args: [11, 10],
      }));
      refuses("EarnestTooHigh: above a fifth of the price", async (f) => ({
        changes: { ...(await f.inTwoParts()), price: 104n, deposit: 21n, earnest: true },
        error: "EarnestTooHigh",
        args: [21, 20],
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
      clocks("shipping ends with funding", (t) => ({ fundBy: t + DAY, shipBy: t + DAY }));
      clocks("delivery ends with shipping", (t) => ({ shipBy: t + 3 * DAY, deliverBy: t + 3 * DAY }));
      clocks("the balance is due with the deposit", (t) => ({ price: 10n, deposit: 1n, balanceBy: t + DAY }));
      clocks("shipping ends with the balance", (t) => ({ price: 10n, deposit: 1n, balanceBy: t + 3 * DAY }));
      clocks("shipping ends before the balance", (t) => ({ price: 10n, deposit: 1n, balanceBy: t + 4 * DAY }));
      clocks("shipping ended in the past", (t) => ({ shipBy: t - 1 }));
      clocks("a second less than an hour to ship", (t) => ({ fundBy: t + DAY, shipBy: t + DAY + 3_599 }));
      clocks("a second less than an hour to deliver", (t) => ({ shipBy: t + 3 * DAY, deliverBy: t + 3 * DAY + 3_599 }));
      clocks("a second less than an hour to pay", (t) => ({ price: 10n, deposit: 1n, balanceBy: t + DAY + 3_599 }));
      refuses("ExposureTooLong: a backstop beyond the longest", async () => ({
        changes: { backstop: MAX_EXPOSURE + 1 },
        error: "ExposureTooLong",
        args: [MAX_EXPOSURE + 1, MAX_EXPOSURE],
      }));
    });

    it("takes the longest course and reverts with ExposureTooLong one second beyond it", async () => {
      const f = await loadFixture(deployed);
      const at = (await f.time.latest()) + 10;
      const ends = (tail: number) =>
        f.termsOf({ fundBy: at + DAY, shipBy: at + 3 * DAY, deliverBy: at + 18 * DAY, inspection: 10 * DAY, tail });
      const longest = f.dealOf(await ends(MAX_EXPOSURE - 28 * DAY));
      const beyond = f.dealOf(await ends(MAX_EXPOSURE - 28 * DAY + 1));
      await f.time.setNextBlockTimestamp(at);
      await f.expectRefusal(
        beyond,
        () => f.escrow.connect(f.buyer).fund(beyond.packed, "0x", "0x", f.nativeValue(beyond.terms)),
        {
          error: "ExposureTooLong",
          args: [MAX_EXPOSURE + 1, MAX_EXPOSURE],
        },
      );
      await f.time.setNextBlockTimestamp(Math.max(at, (await f.time.latest()) + 1));
      await expect(f.escrow.connect(f.buyer).fund(longest.packed, "0x", "0x", f.nativeValue(longest.terms))).to.emit(
        f.escrow,
        "DealFunded",
      );
    });
  });

  describe("fundCovered", () => {
    it("reserves the coverage from the bond that the seller signed it away from", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed, id } = await covered(f);
      const consent = await f.signTerms(f.seller, terms);
      await expect(f.escrow.connect(f.buyer).fund(packed, "0x", consent, { value: terms.price }))
        .to.emit(f.escrow, "DealFunded")
        .withArgs(id, [packed.words]);
      expect(await f.escrow.bondOf(f.seller, terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("does not read the seller's signature when there is no coverage", async () => {
      const f = await loadFixture(deployed);
      const { terms, packed } = f.dealOf(await f.termsOf());
      await expect(f.escrow.connect(f.buyer).fund(packed, "0x", "0x", { value: terms.price })).to.emit(
        f.escrow,
        "DealFunded",
      );
    });

    it("reverts with CoverageExceedsBond when the free part of the bond is too small", async () => {
      const f = await loadFixture(deployed);
      const first = await covered(f);
      await f.fund(first);
      const second = f.dealOf(await f.termsOf({ coverage: 1n }));
      const consent = await f.signTerms(f.seller, second.terms);
      await f.expectRefusal(
        second,
        () => f.escrow.connect(f.buyer).fund(second.packed, "0x", consent, f.nativeValue(second.terms)),
        { error: "CoverageExceedsBond", args: [1, 0] },
      );
    });

    it("reserves nothing of a bond in another token", async () => {
      const f = await loadFixture(deployed);
      await f.postBond(f.seller.address, ethers.ZeroAddress, COVERAGE);
      const deal = f.dealOf(await f.termsOf({ coverage: COVERAGE, token: f.stablecoinAddress }));
      const consent = await f.signTerms(f.seller, deal.terms);
      await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", consent), {
        error: "CoverageExceedsBond",
        args: [COVERAGE, 0],
      });
    });

    it("reverts with SignatureInvalid without the seller's own signature over these very terms", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f);
      const { terms, packed } = deal;
      const consent = await f.signTerms(f.seller, terms);
      const wrong: readonly Hex[] = [
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

    it("reverts with NotCaller for anybody but the buyer", async () => {
      const f = await loadFixture(deployed);
      const deal = await covered(f);
      const consent = await f.signTerms(f.seller, deal.terms);
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.stranger).fund(deal.packed, "0x", consent, f.nativeValue(deal.terms)),
        { error: "NotCaller", args: [f.stranger, f.buyer] },
      );
    });

    it("takes the longest covered course and reverts with ExposureTooLong one second beyond it", async () => {
      const f = await loadFixture(deployed);
      const at = (await f.time.latest()) + 10;
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
        const consent = await f.signTerms(f.seller, deal.terms);
        await f.time.setNextBlockTimestamp(at);
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", consent, f.nativeValue(deal.terms)),
          { error: "ExposureTooLong", args: [MAX_COVERED_EXPOSURE + 1, MAX_COVERED_EXPOSURE] },
        );
        await snapshot.restore();
      }
      const consent = await f.signTerms(f.seller, longest.terms);
      await f.time.setNextBlockTimestamp(at);
      await expect(f.escrow.connect(f.buyer).fund(longest.packed, "0x", consent, f.nativeValue(longest.terms))).to.emit(
        f.escrow,
        "DealFunded",
      );
    });
  });

  describe("fundFor", () => {
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

    it("takes the carrier's native currency", async () => {
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
      const [buyer, seller] = (await Promise.all(wallets.map((wallet) => wallet.getAddress()))) as [Hex, Hex];
      const { terms, packed } = await covered(f, {
        buyer: buyer.toLowerCase() as Hex,
        seller: seller.toLowerCase() as Hex,
      });
      const byBuyer = await f.signTerms(f.buyer, terms);
      const bySeller = await f.signTerms(f.seller, terms);
      await expect(f.escrow.connect(f.relayer).fund(packed, byBuyer, bySeller, { value: terms.price })).to.emit(
        f.escrow,
        "DealFunded",
      );
    });

    it("reverts with SignatureInvalid without the buyer's own signature over these very terms", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf({ token: f.stablecoinAddress }));
      const { terms, packed } = deal;
      const byBuyer = await f.signTerms(f.buyer, terms);
      const wrong: readonly Hex[] = [
        await f.signTerms(f.seller, terms),
        await f.signTerms(f.buyer, { ...terms, price: terms.price + 1n }),
        await signWith(f.buyer, termsTypedData(terms, { ...f.domain, chainId: 1 })),
        await signWith(f.buyer, termsTypedData(terms, { ...f.domain, escrow: f.panelDomain.tribunal })),
        flipped(byBuyer),
      ];
      for (const signature of wrong)
        await f.expectRefusal(deal, () => f.escrow.connect(f.relayer).fund(packed, signature, "0x"), {
          error: "SignatureInvalid",
          args: [f.buyer],
        });
    });

    it("accepts no signature for a buyer of zero", async () => {
      const f = await loadFixture(deployed);
      const deal = f.dealOf(await f.termsOf({ buyer: ethers.ZeroAddress as Hex }));
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).fund(deal.packed, `0x${"00".repeat(65)}`, "0x", f.nativeValue(deal.terms)),
        { error: "SignatureInvalid", args: [ethers.ZeroAddress] },
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
      await f.postBond(terms.seller, terms.token, COVERAGE);
      await f.expectRefusal(deal, send, { error: "DealExists", args: [id, statusNumber("funded")] });
      await f.escrow.connect(f.seller).refund(packed, terms.price, "0x");
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

    it("reserves coverage on the seller's signature, and only on it", async () => {
      const f = await loadFixture(deployed);
      await f.postBond(f.seller.address, f.stablecoinAddress, COVERAGE);
      const { deal, authorization } = await authorized(f, { coverage: COVERAGE });
      const send = (consent: Hex) =>
        f.escrow.connect(f.relayer).fundWithAuthorization(deal.packed, authorization, consent);
      await f.expectRefusal(deal, () => send("0x"), { error: "SellerSignatureMissing", args: [f.seller] });
      await send(await f.signTerms(f.seller, deal.terms));
      expect((await f.escrow.bondOf(f.seller, f.stablecoinAddress)).reserved).to.equal(COVERAGE);
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
      await f.escrow.connect(f.seller).refund(deal.packed, deal.terms.price, "0x");
      await f.expectRefusal(deal, send, { error: "DealExists", args: [deal.id, statusNumber("closed")] });
      await f.time.increaseTo(deal.terms.fundBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deal.terms.fundBy] });
    });

    it("takes no authorization that was signed for a balance or a bond", async () => {
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
      await expect(send(await f.signTerms(f.seller, deal.terms))).to.emit(f.escrow, "DealFunded");
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
      await f.escrow.connect(f.seller).refund(deal.packed, deal.terms.price, "0x");
      await f.expectRefusal(deal, send, { error: "DealExists", args: [deal.id, statusNumber("closed")] });
      await f.time.increaseTo(deal.terms.fundBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deal.terms.fundBy] });
    });
  });
});
