import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { intentTypedData } from "../../src/core/intents.ts";
import type { Terms } from "../../src/core/terms.ts";
import {
  COVERAGE,
  compact,
  consent,
  deployEscrow,
  type Fixture,
  flipped,
  signWith,
  statusNumber,
  type TestDeal,
} from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

type Amounts = { readonly toBuyer: bigint; readonly toSeller: bigint; readonly compensation: bigint };

/** Splits what is held, a quarter to the buyer, unless told otherwise. */
const settlementOf = async (f: Fixture, deal: TestDeal, over: Partial<Amounts> = {}) => {
  const { held } = await f.escrow.dealOf(deal.id);
  const amounts: Amounts = { toBuyer: held / 4n, toSeller: held - held / 4n, compensation: 0n, ...over };
  const deadline = (await f.time.latest()) + 3_600;
  const intent = { kind: "Settlement", message: { deal: deal.id, ...amounts, deadline } } as const;
  const byBuyer = await f.signIntent(f.keyOf(deal.terms.buyer), intent);
  const bySeller = await f.signIntent(f.keyOf(deal.terms.seller), intent);
  const agreed = (signature: Hex, isCaller: boolean) => (isCaller ? "0x" : consent(deadline, signature));
  const send = (buyerSignature: Hex = byBuyer, sellerSignature: Hex = bySeller, caller = f.relayer) =>
    f.escrow
      .connect(caller)
      .settle(
        deal.packed,
        amounts.toBuyer,
        amounts.toSeller,
        amounts.compensation,
        agreed(buyerSignature, caller === f.buyer),
        agreed(sellerSignature, caller === f.seller),
      );
  return { ...amounts, deadline, intent, byBuyer, bySeller, send };
};

describe("Escrow", () => {
  describe("settle", () => {
    it("pays both parties what they signed, in every state that holds money", async () => {
      const f = await load();
      for (const status of ["deposited", "funded", "shipped", "delivered", "disputed"] as const) {
        const deal = await f.reach(status);
        const { send, toBuyer, toSeller } = await settlementOf(f, deal);
        const settling = send();
        await expect(settling).to.emit(f.escrow, "DealSettled").withArgs(deal.id, toBuyer, toSeller);
        await expect(settling).to.changeEtherBalances(
          ethers,
          [f.escrow, f.buyer, f.seller],
          [-(toBuyer + toSeller), toBuyer, toSeller],
        );
        expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber("closed"), 0n, 0n, 0n, 0n, 0n]);
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

    it("settles the tail, disputed or not, for compensation alone", async () => {
      const f = await load();
      for (const place of ["released", "disputed-released"] as const) {
        const deal = await f.reach(place);
        const { send } = await settlementOf(f, deal, { compensation: COVERAGE });
        await expect(send()).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-COVERAGE, COVERAGE]);
        expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([0n, 0n, 0n]);
      }
    });

    it("does not read the signature of the party that calls", async () => {
      const f = await load();
      for (const caller of ["buyer", "seller"] as const) {
        const deal = await f.reach("funded");
        const { send, byBuyer, bySeller } = await settlementOf(f, deal);
        const signatures = caller === "buyer" ? (["0x", bySeller] as const) : ([byBuyer, "0x"] as const);
        await expect(send(signatures[0], signatures[1], f[caller])).to.emit(f.escrow, "DealSettled");
      }
    });

    it("takes 64 bytes, and what contract wallets accept (ERC-1271)", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, byBuyer, bySeller } = await settlementOf(f, deal);
      await expect(send(compact(byBuyer), compact(bySeller))).to.emit(f.escrow, "DealSettled");

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
      const { send, intent, byBuyer, bySeller } = await settlementOf(f, deal);
      const other = { ...intent, message: { ...intent.message, toBuyer: 0n } } as const;
      const abroad = intentTypedData(intent, { ...f.domain, chainId: 1 });
      for (const wrong of ["0x", await f.signIntent(f.stranger, intent), flipped(byBuyer)] as const)
        await f.expectRefusal(deal, () => send(wrong, bySeller), { error: "SignatureInvalid", args: [f.buyer] });
      await f.expectRefusal(deal, async () => send(await f.signIntent(f.buyer, other), bySeller), {
        error: "SignatureInvalid",
        args: [f.buyer],
      });
      await f.expectRefusal(deal, async () => send(byBuyer, await signWith(f.seller, abroad)), {
        error: "SignatureInvalid",
        args: [f.seller],
      });
      await f.expectRefusal(deal, () => send(byBuyer, byBuyer), { error: "SignatureInvalid", args: [f.seller] });
      await f.expectRefusal(deal, () => send("0x", bySeller, f.seller), {
        error: "SignatureInvalid",
        args: [f.buyer],
      });
    });

    it("is possible one second before its deadline and reverts with DeadlinePassed at it", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, deadline } = await settlementOf(f, deal);
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(deadline);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deadline] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(deadline - 1);
      await expect(send()).to.emit(f.escrow, "DealSettled");
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
        await f.expectRefusal(deal, send, { error: "AmountsDoNotSum", args: [toBuyer, toSeller, price] });
      }
    });

    it("does not settle what was partly refunded since it was signed", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { send, toBuyer, toSeller } = await settlementOf(f, deal);
      await f.escrow.connect(f.seller).refund(deal.packed, 1n, "0x");
      await f.expectRefusal(deal, send, {
        error: "AmountsDoNotSum",
        args: [toBuyer, toSeller, deal.terms.price - 1n],
      });
    });

    it("reverts with CompensationExceedsCoverage for compensation beyond this deal's coverage", async () => {
      const f = await load();
      await f.reach("funded", { coverage: COVERAGE });
      const deal = await f.reach("funded", { coverage: COVERAGE });
      const { send } = await settlementOf(f, deal, { compensation: COVERAGE + 1n });
      await f.expectRefusal(deal, send, { error: "CompensationExceedsCoverage", args: [COVERAGE + 1n, COVERAGE] });
    });

    it("reverts with DealNotOpen the second time and before funding", async () => {
      const f = await load();
      for (const status of ["none", "closed"] as const) {
        const deal = await f.reach(status);
        const { send } = await settlementOf(f, deal);
        await f.expectRefusal(deal, send, { error: "DealNotOpen", args: [deal.id, statusNumber(status)] });
      }
      const deal = await f.reach("funded");
      const { send } = await settlementOf(f, deal);
      await send();
      await f.expectRefusal(deal, send, { error: "DealNotOpen", args: [deal.id, statusNumber("closed")] });
    });
  });
});
