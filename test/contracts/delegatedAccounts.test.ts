import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { seenIn, undisputed } from "../../src/core/deal/dealTable.ts";
import { consentOf } from "../../src/core/deal/intents.ts";
import { COVERAGE, deployEscrow, FAR, type Fixture, type TestDeal } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

/** Mnemonic of Hardhat's own accounts; the key is needed because a node signs no authorization. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** The buyer's account delegates, by a type 4 transaction, to a wallet whose owner is a stranger. */
async function delegated() {
  const f = await deployEscrow(connection);
  const key = ethers.HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0/1").connect(ethers.provider);
  const wallet = await ethers.deployContract("SmartWallet", [f.stranger]);
  const nonce = await ethers.provider.getTransactionCount(f.buyer);
  const authorization = await key.authorize({
    address: await wallet.getAddress(),
    nonce: nonce + 1,
    chainId: f.domain.chainId,
  });
  await key.sendTransaction({
    type: 4,
    to: key.address,
    authorizationList: [authorization],
    gasLimit: 200_000n,
    nonce,
  });
  return { f, key, wallet };
}

const load = () => networkHelpers.loadFixture(delegated);

type Signer = Fixture["buyer"];

/** The consent to pay everything out after delivery, by whatever key. */
const confirmationBy = async (f: Fixture, signer: Signer, { id, terms }: TestDeal) => {
  const message = { deal: id, amount: terms.price, ...seenIn(undisputed("delivered")), deadline: FAR };
  return consentOf(FAR, await f.signIntent(signer, { kind: "ConfirmReceipt", message }));
};

describe("Escrow with an account that delegates (EIP-7702)", () => {
  it("stands on an account that has code", async () => {
    const { f, key, wallet } = await load();
    expect(key.address).to.equal(f.buyer.address);
    const designator = `0xef0100${(await wallet.getAddress()).slice(2)}`.toLowerCase();
    expect(await ethers.provider.getCode(f.buyer)).to.equal(designator);
  });

  it("takes its key's signature over terms and intents", async () => {
    const { f } = await load();
    const deal = await f.reach("delivered", { coverage: COVERAGE });
    await expect(f.confirmHeld(deal, { from: f.relayer, consent: await confirmationBy(f, f.buyer, deal) })).to.emit(
      f.escrow,
      "DealReleased",
    );
  });

  it("takes what the code that it chose accepts", async () => {
    const { f } = await load();
    const deal = await f.reach("delivered");
    await expect(f.confirmHeld(deal, { from: f.relayer, consent: await confirmationBy(f, f.stranger, deal) })).to.emit(
      f.escrow,
      "DealReleased",
    );
  });

  it("is paid through its code", async () => {
    const { f } = await load();
    const deal = await f.reach("funded");
    const { price } = deal.terms;
    await expect(f.refundHeld(deal, { amount: price })).to.changeEtherBalances(
      ethers,
      [f.escrow, f.buyer],
      [-price, price],
    );
    expect(await f.escrow.creditOf(f.buyer, ethers.ZeroAddress as Hex)).to.equal(0n);
  });
});
