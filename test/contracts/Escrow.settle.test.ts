import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { consentOf, intentTypedData } from "../../src/core/deal/intents.ts";
import type { Terms } from "../../src/core/deal/terms.ts";
import {
  COVERAGE,
  compact,
  type Fixture,
  flipped,
  signWith,
  startingPoint,
  type TestDeal,
} from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

type Amounts = { readonly toBuyer: bigint; readonly toSeller: bigint; readonly compensation: bigint };

/** Splits what is held, a quarter to the buyer, unless told otherwise. */
const settlementOf = async (f: Fixture, deal: TestDeal, over: Partial<Amounts> = {}) => {
  const { held } = await f.stateOf(deal.id);
  const amounts: Amounts = { toBuyer: held / 4n, toSeller: held - held / 4n, compensation: 0n, ...over };
  const deadline = (await f.time.latest()) + 3_600;
  const intent = {
    kind: "Settlement",
    message: { deal: deal.id, ...amounts, ...(await f.seenOf(deal.id)), deadline },
  } as const;
  const byBuyer = await f.consentTo(deal.terms.buyer, intent);
  const bySeller = await f.consentTo(deal.terms.seller, intent);
  const send = (buyerConsent: Hex = byBuyer, sellerConsent: Hex = bySeller, caller = f.relayer) =>
    f.escrow
      .connect(caller)
      .settle(deal.packed, amounts.toBuyer, amounts.toSeller, amounts.compensation, buyerConsent, sellerConsent);
  return { ...amounts, deadline, intent, byBuyer, bySeller, send };
};

/** A consent with its signature in another form. */
const reformed = (consent: Hex, form: (signature: Hex) => Hex): Hex =>
  `${consent.slice(0, 12)}${form(`0x${consent.slice(12)}`).slice(2)}` as Hex;

describe("Escrow", () => {
  describe("settle", () => {
    it("pays both parties what they signed and closes the deal, in every place that holds money", async () => {
      const f = await load();
      for (const place of [
        "deposited",
        "funded",
        "shipped",
        "delivered",
        "disputed-deposited",
        "disputed-funded",
        "disputed-shipped",
        "disputed-delivered",
      ] as const) {
        const deal = await f.reach(place);
        const { send, toBuyer, toSeller } = await settlementOf(f, deal);
        const settling = send();
        await expect(settling).to.emit(f.escrow, "DealSettled").withArgs(deal.id, toBuyer, toSeller);
        await expect(settling).not.to.emit(f.escrow, "DealCompensated");
        await expect(settling).to.changeEtherBalances(
          ethers,
          [f.escrow, f.buyer, f.seller],
          [-(toBuyer + toSeller), toBuyer, toSeller],
        );
        expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
      }
    });

    it("pays tokens, the fee on the seller's part, and compensation from the coverage", async () => {
      const f = await load();
      const marketplace = f.marketplace.address.toLowerCase() as Hex;
      const changes: Partial<Terms> = { token: f.stablecoinAddress, coverage: COVERAGE, feeBps: 500, marketplace };
      const deal = await f.reach("shipped", changes);
      const compensation = COVERAGE - 1n;
      const { send, toBuyer, toSeller } = await settlementOf(f, deal, { compensation });
      const fee = toSeller / 20n;
      const settling = send();
      await expect(settling).to.emit(f.escrow, "DealSettled").withArgs(deal.id, toBuyer, toSeller);
      await expect(settling).to.emit(f.escrow, "DealCompensated").withArgs(deal.id, compensation, 0);
      await expect(settling).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.escrow, f.buyer, f.seller],
        [-(toBuyer + toSeller + compensation - fee), toBuyer + compensation, toSeller - fee],
      );
      expect(await f.escrow.creditOf(marketplace, f.stablecoinAddress)).to.equal(fee);
      expect(await f.escrow.bondOf(f.seller, f.stablecoinAddress)).to.deep.equal([1n, 0n, 0n]);
    });

    for (const place of ["released", "disputed-released"] as const)
      it(`settles a ${place} deal for compensation alone, and for nothing`, async () => {
        const f = await load();
        for (const compensation of [COVERAGE, 0n]) {
          const deal = await f.reach(place);
          const { send } = await settlementOf(f, deal, { compensation });
          const settling = send();
          await expect(settling).to.emit(f.escrow, "DealSettled").withArgs(deal.id, 0, 0);
          await expect(settling).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-compensation, compensation]);
          expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("closed"));
          expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE - compensation, 0n, 0n]);
        }
      });

    it("frees and takes a single minor unit of the bond", async () => {
      for (const compensation of [0n, 1n]) {
        const f = await load();
        const deal = await f.reach("shipped", { coverage: 1n });
        await (await settlementOf(f, deal, { compensation })).send();
        expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([1n - compensation, 0n, 0n]);
      }
    });

    it("spares earnest money its doubling, as the parties please", async () => {
      const f = await load();
      const earnest = { ...(await f.inTwoParts(5n)), earnest: true, coverage: COVERAGE };
      const deal = await f.reach("deposited", earnest);
      const { deposit } = deal.terms;
      const { send } = await settlementOf(f, deal, { toBuyer: deposit, toSeller: 0n });
      const settling = send();
      await expect(settling).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-deposit, deposit]);
      await expect(settling).not.to.emit(f.escrow, "DealCompensated");
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("takes the call of a party as its consent", async () => {
      const f = await load();
      for (const caller of ["buyer", "seller"] as const) {
        const deal = await f.reach("funded");
        const { send, byBuyer, bySeller } = await settlementOf(f, deal);
        const [buyerConsent, sellerConsent]: [Hex, Hex] = caller === "buyer" ? ["0x", bySeller] : [byBuyer, "0x"];
        await expect(send(buyerConsent, sellerConsent, f[caller])).to.emit(f.escrow, "DealSettled");
      }
    });

    it("reverts with NotCaller when a party neither calls nor signed", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, byBuyer, bySeller } = await settlementOf(f, deal);
      for (const [buyerConsent, sellerConsent, caller, missing] of [
        ["0x", bySeller, f.relayer, f.buyer],
        ["0x", bySeller, f.seller, f.buyer],
        [byBuyer, "0x", f.relayer, f.seller],
        [byBuyer, "0x", f.buyer, f.seller],
        ["0x", "0x", f.stranger, f.buyer],
        ["0x", "0x", f.buyer, f.seller],
      ] as const)
        await f.expectRefusal(deal, () => send(buyerConsent, sellerConsent, caller), {
          error: "NotCaller",
          args: [caller, missing],
        });
    });

    it("takes 64 bytes, and what contract wallets accept (ERC-1271)", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, byBuyer, bySeller } = await settlementOf(f, deal);
      await expect(send(reformed(byBuyer, compact), reformed(bySeller, compact))).to.emit(f.escrow, "DealSettled");

      const [buyer, seller] = (await Promise.all(
        [f.buyer, f.seller].map(async (owner) => (await (await f.walletOf(owner)).getAddress()).toLowerCase()),
      )) as [Hex, Hex];
      const ofWallets = await settlementOf(f, await f.reach("funded", { buyer, seller }));
      await expect(ofWallets.send()).to.changeEtherBalances(
        ethers,
        [buyer, seller],
        [ofWallets.toBuyer, ofWallets.toSeller],
      );
    });

    it("reverts with SignatureInvalid for whichever party did not sign exactly this", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, deadline, intent, byBuyer, bySeller } = await settlementOf(f, deal);
      const signed = async (signer: typeof f.buyer, data: Parameters<typeof signWith>[1]) =>
        consentOf(deadline, await signWith(signer, data));
      const other = { ...intent, message: { ...intent.message, toBuyer: 0n } } as const;
      const wrong = (signer: typeof f.buyer, consent: Hex) =>
        Promise.all([
          signed(f.stranger, intentTypedData(intent, f.domain)),
          signed(signer, intentTypedData(other, f.domain)),
          signed(signer, intentTypedData(intent, { ...f.domain, chainId: 1 })),
          signed(signer, intentTypedData(intent, { ...f.domain, escrow: f.panelDomain.tribunal })),
          reformed(consent, flipped),
          consentOf(deadline, "0x"),
          consentOf(deadline + 1, `0x${consent.slice(12)}`),
        ]);
      for (const consent of [...(await wrong(f.buyer, byBuyer)), bySeller])
        await f.expectRefusal(deal, () => send(consent, bySeller), { error: "SignatureInvalid", args: [f.buyer] });
      for (const consent of [...(await wrong(f.seller, bySeller)), byBuyer])
        await f.expectRefusal(deal, () => send(byBuyer, consent), { error: "SignatureInvalid", args: [f.seller] });
    });

    it("is possible one second before its deadline and reverts with DeadlinePassed at it", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, deadline } = await settlementOf(f, deal);
      await f.expectUntil(deal, deadline, () => send(), "DealSettled");
    });

    it("ends with the earlier deadline where the parties signed different ones", async () => {
      const f = await load();
      for (const later of ["buyer", "seller"] as const) {
        const deal = await f.reach("funded");
        const { send, intent, byBuyer, bySeller, deadline } = await settlementOf(f, deal);
        const late = { ...intent, message: { ...intent.message, deadline: deadline + 60 } } as const;
        const consent = await f.consentTo(deal.terms[later], late);
        const consents = later === "buyer" ? ([consent, bySeller] as const) : ([byBuyer, consent] as const);
        await f.expectUntil(deal, deadline, () => send(...consents), "DealSettled");
      }
    });

    it("reverts with DeadlinePassed for a consent that is too short to state a deadline", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, byBuyer, bySeller } = await settlementOf(f, deal);
      for (const short of ["0x00", "0xffffffff"] as const)
        for (const consents of [[short, bySeller] as const, [byBuyer, short] as const])
          await f.expectRefusal(deal, () => send(...consents), { error: "DeadlinePassed", args: [0] });
    });

    it("reverts with AmountsDoNotSum for one unit less or more, and for parts that would overflow", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      const greatest = 2n ** 256n - 1n;
      for (const [toBuyer, toSeller] of [
        [price - 1n, 0n],
        [price, 1n],
        [0n, price + 1n],
        [greatest, price + 1n],
        [price + 1n, greatest],
      ] as const) {
        const { send } = await settlementOf(f, deal, { toBuyer, toSeller });
        await f.expectRefusal(deal, () => send(), { error: "AmountsDoNotSum", args: [toBuyer, toSeller, price] });
      }
    });

    it("does not settle what was partly refunded since it was signed", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, toBuyer, toSeller } = await settlementOf(f, deal);
      await f.refundHeld(deal, { amount: 1n });
      await f.expectRefusal(deal, () => send(), {
        error: "AmountsDoNotSum",
        args: [toBuyer, toSeller, deal.terms.price - 1n],
      });
    });

    it("reverts with CompensationExceedsCoverage beyond this deal's coverage, however large the bond", async () => {
      const f = await load();
      await f.reach("funded", { coverage: COVERAGE });
      for (const coverage of [COVERAGE, 0n]) {
        const deal = await f.reach("funded", { coverage });
        for (const compensation of [coverage + 1n, 2n ** 96n + coverage]) {
          const { send } = await settlementOf(f, deal, { compensation });
          await f.expectRefusal(deal, () => send(), {
            error: "CompensationExceedsCoverage",
            args: [compensation, coverage],
          });
        }
      }
    });

    it("reverts with DealNotOpen the second time, before funding, and after the end", async () => {
      const f = await load();
      for (const status of ["none", "closed"] as const) {
        const deal = await f.reach(status);
        const { send } = await settlementOf(f, deal);
        await f.expectRefusal(deal, () => send(), { error: "DealNotOpen", args: [deal.id, statusNumber(status)] });
      }
      const deal = await f.reach("funded");
      const { send } = await settlementOf(f, deal);
      await send();
      await f.expectRefusal(deal, () => send(), { error: "DealNotOpen", args: [deal.id, statusNumber("closed")] });
    });
  });
});
