import { anyUint } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs";
import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { consentOf } from "../../src/core/deal/intents.ts";
import { FAR, type Fixture, startingPoint } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);
const NATIVE = ethers.ZeroAddress as Hex;
/** In the order of `HostileReceiver.Behaviour`. */
const behaviours = ["accepts", "reverts", "reverts with a bomb of 100 KB", "burns all gas"] as const;
const NEEDED_FOR_NATIVE = 60_000 + Math.floor(60_000 / 63) + 40_000;
const NEEDED_FOR_TOKEN = 200_000 + Math.floor(200_000 / 63) + 40_000;

/** What a party that accepts every signature has agreed to. */
const ANY_CONSENT = consentOf(FAR, `0x${"00".repeat(65)}`);

const receiverThat = async (behaviour: (typeof behaviours)[number]) => {
  const receiver = await ethers.deployContract("HostileReceiver");
  await receiver.behave(behaviours.indexOf(behaviour));
  const address = (await receiver.getAddress()).toLowerCase() as Hex;
  return { receiver, address };
};

/** A deal of two contract parties, whose signatures are always accepted. */
const dealOf = async (f: Fixture, parties: { buyer?: Hex; seller?: Hex }) => {
  const deal = f.dealOf(await f.termsOf(parties));
  const signature = await f.signTerms(f.buyer, deal.terms);
  await f.escrow.connect(f.relayer).fund(deal.packed, signature, "0x", f.nativeValue(deal.terms));
  return deal;
};

describe("Escrow with receivers that misbehave", () => {
  for (const behaviour of behaviours.slice(1))
    it(`credits a seller that ${behaviour}, pays the buyer, and lets the credit leave elsewhere`, async () => {
      const f = await load();
      const { receiver, address } = await receiverThat(behaviour);
      const deal = await dealOf(f, { seller: address });
      const { price } = deal.terms;
      const toBuyer = price / 4n;
      const settling = f.escrow.connect(f.buyer).settle(deal.packed, toBuyer, price - toBuyer, 0n, "0x", ANY_CONSENT);
      await expect(settling)
        .to.emit(f.escrow, "CreditAdded")
        .withArgs(receiver, NATIVE, price - toBuyer);
      await expect(settling).to.changeEtherBalances(ethers, [f.escrow, f.buyer, receiver], [-toBuyer, toBuyer, 0n]);
      expect((await (await settling).wait())!.gasUsed, "bounded whatever the receiver does").to.be.lessThan(250_000n);

      const call = f.escrow.interface.encodeFunctionData("withdrawCredit", [
        address,
        NATIVE,
        price - toBuyer,
        f.stranger.address,
        "0x",
      ]);
      await expect(receiver.execute(f.escrow, 0n, call)).to.changeEtherBalances(
        ethers,
        [f.escrow, f.stranger],
        [-(price - toBuyer), price - toBuyer],
      );
    });

  it("settles although neither party can be paid", async () => {
    const f = await load();
    const buyer = await receiverThat("burns all gas");
    const seller = await receiverThat("reverts with a bomb of 100 KB");
    const deal = await dealOf(f, { buyer: buyer.address, seller: seller.address });
    const { price } = deal.terms;
    await f.escrow.connect(f.relayer).settle(deal.packed, 1n, price - 1n, 0n, ANY_CONSENT, ANY_CONSENT);
    expect(await f.escrow.creditOf(buyer.address, NATIVE)).to.equal(1n);
    expect(await f.escrow.creditOf(seller.address, NATIVE)).to.equal(price - 1n);
  });

  it("pays a wallet whose receive hook needs more than 2,300 gas", async () => {
    const f = await load();
    const wallet = await f.walletOf(f.seller);
    const deal = await f.reach("funded", { seller: ((await wallet.getAddress()) as Hex).toLowerCase() as Hex });
    const confirming = f.confirmHeld(deal);
    await expect(confirming).to.changeEtherBalances(ethers, [wallet], [deal.terms.price]);
    await expect(confirming).to.emit(wallet, "Received").withArgs(f.escrow, deal.terms.price);
    expect(await f.escrow.creditOf(wallet, NATIVE)).to.equal(0n);
  });

  it("reverts with GasTooLow when a relayer leaves too little gas for the payment", async () => {
    const f = await load();
    for (const [token, needed] of [
      [NATIVE, NEEDED_FOR_NATIVE],
      [f.stablecoinAddress, NEEDED_FOR_TOKEN],
    ] as const) {
      const deal = await f.reach("funded", { token });
      await f.time.increaseTo(deal.terms.shipBy);
      await f.expectRefusal(deal, () => f.escrow.connect(f.relayer).expire(deal.packed, { gasLimit: needed + 5_000 }), {
        error: "GasTooLow",
        args: [anyUint, needed],
      });
      await expect(f.escrow.connect(f.relayer).expire(deal.packed, { gasLimit: needed + 60_000 })).to.emit(
        f.escrow,
        "DealExpired",
      );
    }
  });

  it("never turns a payment into a credit, whatever gas the relayer gives", async () => {
    const f = await load();
    const wallet = await f.walletOf(f.buyer);
    const deal = await f.reach("funded", { buyer: ((await wallet.getAddress()) as Hex).toLowerCase() as Hex });
    await f.time.increaseTo(deal.terms.shipBy);
    const outcomes = { refused: 0, paid: 0 };
    for (let gasLimit = 40_000; gasLimit <= 200_000; gasLimit += 4_000) {
      const snapshot = await networkHelpers.takeSnapshot();
      const isPaid = await f.escrow
        .connect(f.relayer)
        .expire(deal.packed, { gasLimit })
        .then(
          () => true,
          () => false,
        );
      expect(await f.escrow.creditOf(wallet, NATIVE)).to.equal(0n);
      expect(await ethers.provider.getBalance(wallet)).to.equal(isPaid ? deal.terms.price : 0n);
      outcomes[isPaid ? "paid" : "refused"] += 1;
      await snapshot.restore();
    }
    expect(outcomes.refused).to.be.greaterThan(5);
    expect(outcomes.paid).to.be.greaterThan(5);
  });
});
