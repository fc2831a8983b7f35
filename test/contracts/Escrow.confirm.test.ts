import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { statusNumber as placeInStatus } from "../../src/core/deals.ts";
import { COVERAGE, consent, deployEscrow, FAR, type Fixture, statusNumber } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

const withFee = (f: Fixture, feeBps: number) => ({ feeBps, marketplace: f.marketplace.address.toLowerCase() as Hex });

describe("Escrow", () => {
  describe("confirm", () => {
    it("pays the seller the native price", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const { price } = deal.terms;
      const confirmation = f.escrow.connect(f.buyer).confirm(deal.packed, "0x");

      await expect(confirmation).to.emit(f.escrow, "DealReleased").withArgs(deal.id, price, 0);
      await expect(confirmation).not.to.emit(f.escrow, "CreditAdded");
      await expect(confirmation).to.changeEtherBalances(ethers, [f.escrow, f.seller, f.buyer], [-price, price, 0n]);
    });

    it("pays the seller the token price less the fee, and credits the fee to the marketplace", async () => {
      const f = await load();
      const deal = await f.reach("delivered", {
        token: f.stablecoinAddress,
        price: 1_999n,
        deposit: 1_999n,
        ...withFee(f, 250),
      });
      const confirmation = f.escrow.connect(f.buyer).confirm(deal.packed, "0x");

      await expect(confirmation).to.emit(f.escrow, "DealReleased").withArgs(deal.id, 1_999, 0);
      await expect(confirmation).to.emit(f.escrow, "CreditAdded").withArgs(f.marketplace, f.stablecoin, 49);
      await expect(confirmation).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.escrow, f.seller, f.marketplace],
        [-1_950n, 1_950n, 0n],
      );
      expect(await f.escrow.creditOf(f.marketplace, deal.terms.token)).to.equal(49n);
    });

    it("pays nothing but the fee when the fee is everything", async () => {
      const f = await load();
      const deal = await f.reach("funded", withFee(f, 10_000));
      await expect(f.escrow.connect(f.buyer).confirm(deal.packed, "0x")).to.changeEtherBalances(
        ethers,
        [f.seller],
        [0n],
      );
      expect(await f.escrow.creditOf(f.marketplace, deal.terms.token)).to.equal(deal.terms.price);
    });

    it("is possible in every open state, and late", async () => {
      const f = await load();
      for (const status of ["deposited", "funded", "shipped", "delivered"] as const) {
        const deal = await f.reach(status);
        const { held } = await f.escrow.dealOf(deal.id);
        await f.time.increase(20 * 86_400);
        await expect(f.escrow.connect(f.buyer).confirm(deal.packed, "0x")).to.changeEtherBalances(
          ethers,
          [f.seller],
          [held],
        );
      }
    });

    it("keeps the coverage reserved until the tail ends", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { coverage: COVERAGE });
      const at = (await f.time.latest()) + 100;
      await f.time.setNextBlockTimestamp(at);
      const tailUntil = at + deal.terms.tail;
      await expect(f.escrow.connect(f.buyer).confirm(deal.packed, "0x"))
        .to.emit(f.escrow, "DealReleased")
        .withArgs(deal.id, deal.terms.price, tailUntil);
      expect(await f.escrow.dealOf(deal.id)).to.deep.equal([
        statusNumber("released"),
        0n,
        0n,
        BigInt(tailUntil),
        0n,
        0n,
      ]);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
    });

    it("frees the coverage at once when there is no tail", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { coverage: COVERAGE, tail: 0 });
      await expect(f.escrow.connect(f.buyer).confirm(deal.packed, "0x"))
        .to.emit(f.escrow, "DealReleased")
        .withArgs(deal.id, deal.terms.price, 0);
      expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("leaves a closed marker before fundBy and gives the slot back from fundBy on", async () => {
      const f = await load();
      for (const [late, status] of [
        [-1, "closed"],
        [0, "none"],
      ] as const) {
        const deal = await f.reach("delivered");
        await f.time.setNextBlockTimestamp(deal.terms.fundBy + late);
        await f.escrow.connect(f.buyer).confirm(deal.packed, "0x");
        expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber(status), 0n, 0n, 0n, 0n, 0n]);
      }
    });

    it("lets the buyer give in while disputed, and leaves the tail", async () => {
      const f = await load();
      for (const stage of ["deposited", "funded", "shipped", "delivered"] as const) {
        const deal = await f.reach(`disputed-${stage}`, { coverage: COVERAGE });
        const { held } = await f.escrow.dealOf(deal.id);
        const at = (await f.time.latest()) + 100;
        await f.time.setNextBlockTimestamp(at);
        const confirming = f.escrow.connect(f.buyer).confirm(deal.packed, "0x");
        await expect(confirming).to.changeEtherBalances(ethers, [f.seller], [held]);
        await expect(confirming)
          .to.emit(f.escrow, "DealReleased")
          .withArgs(deal.id, held, at + deal.terms.tail);
      }
    });

    it("withdraws a claim in the tail and returns to the same tail", async () => {
      const f = await load();
      const deal = await f.reach("released");
      const { until } = await f.stateOf(deal.id);
      await f.dispute(deal);
      await expect(f.escrow.connect(f.buyer).confirm(deal.packed, "0x"))
        .to.emit(f.escrow, "DealReleased")
        .withArgs(deal.id, 0, until);
      expect(await f.stateOf(deal.id)).to.deep.include({ status: "released", until, disputedFrom: "none" });
    });

    it("reverts with NotCaller for anybody but the buyer", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      await f.expectRefusal(deal, () => f.escrow.connect(f.seller).confirm(deal.packed, "0x"), {
        error: "NotCaller",
        args: [f.seller, f.buyer],
      });
    });

    it("reverts with DealNotOpen before funding, and after the end", async () => {
      const f = await load();
      for (const status of ["none", "released", "closed"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).confirm(deal.packed, "0x"), {
          error: "DealNotOpen",
          args: [deal.id, statusNumber(status)],
        });
      }
    });
  });

  describe("confirm by signature", () => {
    itTakesOneSignature(load, {
      by: "buyer",
      arrange: (f, changes) => f.reach("delivered", changes),
      intent: (deal, deadline) => ({
        kind: "ConfirmReceipt",
        message: {
          deal: deal.id,
          amount: deal.terms.price,
          status: placeInStatus("delivered"),
          disputedAt: 0,
          deadline,
        },
      }),
      send: (f, deal, { deadline, signature }) =>
        f.escrow.connect(f.relayer).confirm(deal.packed, consent(deadline, signature)),
      event: "DealReleased",
      replay: (deal) => ({ error: "DealNotOpen", args: [deal.id, statusNumber("closed")] }),
    });

    it("reverts with SignatureInvalid for another deal", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const other = await f.reach("delivered");
      const status = placeInStatus("delivered");
      const message = {
        deal: other.id,
        amount: deal.terms.price,
        status,
        disputedAt: 0,
        deadline: deal.terms.deliverBy,
      };
      const signature = await f.signIntent(f.buyer, { kind: "ConfirmReceipt", message });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).confirm(deal.packed, consent(message.deadline, signature)),
        { error: "SignatureInvalid", args: [f.buyer] },
      );
    });

    it("reverts with SignatureInvalid once other money is held than was signed for", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { deposit, price } = deal.terms;
      const message = {
        deal: deal.id,
        amount: deposit,
        status: placeInStatus("deposited"),
        disputedAt: 0,
        deadline: FAR,
      };
      const signature = await f.signIntent(f.buyer, { kind: "ConfirmReceipt", message });
      const send = () => f.escrow.connect(f.relayer).confirm(deal.packed, consent(FAR, signature));
      const snapshot = await networkHelpers.takeSnapshot();
      await expect(send()).to.changeEtherBalances(ethers, [f.seller], [deposit]);
      await snapshot.restore();
      await f.escrow.connect(f.buyer).payBalance(deal.packed, "0x", { value: price - deposit });
      await f.expectRefusal(deal, send, { error: "SignatureInvalid", args: [f.buyer] });
    });
  });
});
