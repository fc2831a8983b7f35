import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { consentOf } from "../../src/core/deal/intents.ts";
import { authorizationTypedData } from "../../src/core/deal/tokenTypedData.ts";
import { dealVectors as vectors } from "../fixtures/deals.ts";
import { deployEscrow, digestWithEthers } from "../fixtures/escrow.ts";
import { tokenDomain } from "../fixtures/tokenDomain.ts";

type Message = Readonly<Record<string, string | number>>;

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const dealOfIntents = vectors.deals.find(({ name }) => name === "dealOfIntents")!;
const messageOf = (kind: string) => vectors.intents.find((intent) => intent.kind === kind)!;

const { buyer, seller, attestor } = dealOfIntents.terms;
const parties = { buyer, seller, attestor };

/** The contracts where the vectors say they are, and wallets that accept one digest where they say the parties are. */
async function deployed() {
  const f = await deployEscrow(connection);
  const wallet = await ethers.deployContract("DigestWallet");
  const code = await ethers.provider.getCode(wallet);
  for (const party of Object.values(parties)) await networkHelpers.setCode(party, code);
  await networkHelpers.setCode(
    messageOf("PostBond").message.token as Hex,
    await ethers.provider.getCode(await f.stablecoin.getAddress()),
  );
  for (const { rules: _, arbitrators, ...panel } of vectors.panels.filter(({ threshold }) => threshold !== 0)) {
    await f.tribunal.register(panel, [...arbitrators]);
  }
  const walletAt = (party: string) => wallet.attach(party) as typeof wallet;
  await f.time.increaseTo(2_000_000_000);
  return { f, walletAt };
}

const load = () => networkHelpers.loadFixture(deployed);

/** A call of each action on a consent, from an intent's own fields. */
const relayed = (kind: string, m: Message): readonly [method: string, ...args: unknown[]] => {
  const words = { words: dealOfIntents.words };
  const consent = consentOf(Number(m.deadline), "0x01");
  const calls: Readonly<Record<string, readonly [method: string, ...args: unknown[]]>> = {
    PayBalance: ["payBalance", words, consent],
    ShipGoods: ["ship", words, m.tracking, consent],
    AttestDelivery: ["deliver", words, m.proof, consent],
    ConfirmReceipt: ["confirm", words, m.amount, m.status, consent],
    RefundBuyer: ["refund", words, m.amount, m.remaining, m.status, consent],
    OpenDispute: ["dispute", words, m.by, m.statement, consent],
    Settlement: ["settle", words, m.toBuyer, m.toSeller, m.compensation, consent, consent],
    RequestBondWithdrawal: ["requestBondWithdrawal", m.seller, m.token, consent],
    WithdrawBond: ["withdrawBond", m.seller, m.token, m.amount, m.to, consent],
    WithdrawCredit: ["withdrawCredit", m.owner, m.token, m.amount, m.to, consent],
  };
  return calls[kind]!;
};

/** What the escrow answers to the intent once it is signed: the deal of the vectors has its deposit and no coverage. */
const outcomes: Readonly<Record<string, string>> = {
  PayBalance: "done",
  ShipGoods: "WrongStatus",
  AttestDelivery: "WrongStatus",
  ConfirmReceipt: "done",
  RefundBuyer: "done",
  OpenDispute: "done",
  Settlement: "CompensationExceedsCoverage",
  RequestBondWithdrawal: "done",
  WithdrawBond: "BondLocked",
  WithdrawCredit: "AmountExceedsCredit",
};

const signersOf = (kind: string): readonly ("buyer" | "seller" | "attestor")[] =>
  kind === "Settlement"
    ? ["buyer", "seller"]
    : kind === "AttestDelivery"
      ? ["attestor"]
      : ["PayBalance", "ConfirmReceipt", "OpenDispute"].includes(kind)
        ? ["buyer"]
        : ["seller"];

describe("Vectors of deals", () => {
  it("stand where Hardhat's first account deploys", async () => {
    const { f } = await load();
    expect(f.domain).to.deep.equal(vectors.domain);
    expect(f.panelDomain.tribunal).to.equal(vectors.panelDomain.tribunal);
  });

  for (const { name, terms, words, id, termsDigest } of vectors.deals)
    it(`are what the escrow reads and names: ${name}`, async () => {
      const { f } = await load();
      const reader = await f.ethers.deployContract("TermsReader");
      expect(await f.escrow.dealIdOf({ words })).to.equal(id);
      expect(await f.escrow.termsDigestOf({ words })).to.equal(termsDigest);
      const read = (await reader.termsOf({ words })) as unknown as Record<string, unknown>;
      for (const [field, value] of Object.entries(terms))
        expect(String(read[field]).toLowerCase(), field).to.equal(String(value));
    });

  it("are what the panel hashes: determination, extension and rules", async () => {
    const { f } = await load();
    const { determination, extension } = vectors;
    const dealIn = ({ message }: { readonly message: Message }) => message.deal as Hex;
    expect(await f.tribunal.digestOf(dealIn(determination), determination.message as never)).to.equal(
      determination.digest,
    );
    expect(await f.tribunal.extensionDigestOf(dealIn(extension), extension.message as never)).to.equal(
      extension.digest,
    );
    for (const { rules, arbitrators, ...panel } of vectors.panels)
      expect(await f.tribunal.rulesOf(panel, [...arbitrators])).to.equal(rules);
  });

  it("are what the panel registers, where it can decide", async () => {
    const { f } = await load();
    for (const { rules, threshold } of vectors.panels)
      expect(await f.tribunal.isRegistered(rules)).to.equal(threshold !== 0);
  });

  for (const { kind, message, digest } of vectors.intents.filter(({ kind }) => kind !== "PostBond"))
    it(`are what the escrow asks a wallet to have signed: ${kind}`, async () => {
      const { f, walletAt } = await load();
      // Funded on the buyer's signature, over the terms, field by field.
      await walletAt(parties.buyer).accept(dealOfIntents.termsDigest);
      const value = BigInt(dealOfIntents.terms.deposit);
      await f.escrow.connect(f.relayer).fund({ words: dealOfIntents.words }, "0x01", "0x", { value });

      const [method, ...args] = relayed(kind, message);
      const data = f.escrow.interface.encodeFunctionData(method as "fund", args as never);
      const price = BigInt(dealOfIntents.terms.price);
      const send = () =>
        f.relayer.sendTransaction({ to: f.escrow, data, value: kind === "PayBalance" ? price - value : 0n }).then(
          () => "done",
          (error: { data?: Hex; message: string }) =>
            f.escrow.interface.parseError(error.data ?? "0x")?.name ?? error.message,
        );
      for (const party of signersOf(kind)) await walletAt(parties[party]).accept(`${digest.slice(0, -2)}00`);
      if (!digest.endsWith("00")) expect(await send(), "another digest").to.equal("SignatureInvalid");
      for (const party of signersOf(kind)) await walletAt(parties[party]).accept(digest);
      expect(await send(), "this digest").to.equal(outcomes[kind]);
    });

  it("are the nonce under which a bond is collected: PostBond", async () => {
    const { f, walletAt } = await load();
    const { message, digest } = messageOf("PostBond");
    const { seller, token, amount, salt, deadline } = message as { seller: Hex; token: Hex; salt: Hex } & Message;
    const stablecoin = f.stablecoin.attach(token) as typeof f.stablecoin;
    await stablecoin.mint(seller, amount!);
    const authorization = authorizationTypedData(
      { from: seller, value: BigInt(amount!), validBefore: Number(deadline), nonce: digest },
      { ...f.domain, ...tokenDomain, token },
    );
    await walletAt(seller).accept(digestWithEthers(authorization));
    await f.escrow.connect(f.relayer).postBondWithAuthorization(seller, token, amount!, salt, deadline!, "0x01");
    expect(await stablecoin.authorizationState(seller, digest)).to.equal(true);
    expect((await f.escrow.bondOf(seller, token)).balance).to.equal(BigInt(amount!));
  });
});
