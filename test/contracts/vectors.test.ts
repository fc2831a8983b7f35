import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { receiveWithAuthorizationTypes } from "../../src/core/intents.ts";
import { dealVectors as vectors } from "../fixtures/deals.ts";
import { consent, deployEscrow, digestWithEthers } from "../fixtures/escrow.ts";

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
  const [panel] = vectors.panels;
  await f.tribunal.register(panel!, [...panel!.arbitrators]);
  const wallet = await ethers.deployContract("DigestWallet");
  const code = await ethers.provider.getCode(wallet);
  for (const party of Object.values(parties)) await networkHelpers.setCode(party, code);
  await networkHelpers.setCode(
    messageOf("PostBond").message.token as Hex,
    await ethers.provider.getCode(await f.stablecoin.getAddress()),
  );
  const walletAt = (party: string) => wallet.attach(party) as typeof wallet;
  await f.time.increaseTo(2_000_000_000);
  return { f, walletAt };
}

const load = () => networkHelpers.loadFixture(deployed);

/** Arguments of each carried form after the terms or the account, from an intent's own fields. */
const carried = (kind: string, m: Message): readonly unknown[] => {
  const words = { words: dealOfIntents.words };
  const agreed = consent(Number(m.deadline), "0x01");
  const calls: Readonly<Record<string, readonly unknown[]>> = {
    PayBalance: ["payBalance", words, agreed],
    ShipGoods: ["ship", words, m.tracking, agreed],
    AttestDelivery: ["deliver", words, m.proof, agreed],
    ConfirmReceipt: ["confirm", words, agreed],
    RefundBuyer: ["refund", words, m.amount, agreed],
    OpenDispute: ["dispute", words, m.by, m.statement, agreed],
    Settlement: ["settle", words, m.toBuyer, m.toSeller, m.compensation, agreed, agreed],
    RequestBondWithdrawal: ["requestBondWithdrawal", m.seller, m.token, agreed],
    WithdrawBond: ["withdrawBond", m.seller, m.token, m.amount, m.to, agreed],
    WithdrawCredit: ["withdrawCredit", m.owner, m.token, m.amount, m.to, agreed],
  };
  return calls[kind]!;
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

  it("are what the panel hashes: determination and rules", async () => {
    const { f } = await load();
    const { message, digest } = vectors.determination;
    const { deal } = message as { deal: Hex };
    expect(await f.tribunal.digestOf(deal, message as never)).to.equal(digest);
    const { extension } = vectors;
    expect(await f.tribunal.extensionDigestOf(deal, extension.message as never)).to.equal(extension.digest);
    for (const { arbitrators, rules, ...panel } of vectors.panels)
      expect(await f.tribunal.rulesOf(panel, [...arbitrators])).to.equal(rules);
  });

  for (const { kind, message, digest } of vectors.intents.filter(({ kind }) => kind !== "PostBond"))
    it(`are what the escrow asks a wallet to have signed: ${kind}`, async () => {
      const { f, walletAt } = await load();
      // Funded on the buyer's signature over the terms.
      await walletAt(parties.buyer).accept(dealOfIntents.termsDigest);
      const value = BigInt(dealOfIntents.terms.deposit);
      await f.escrow.connect(f.relayer).fund({ words: dealOfIntents.words }, "0x01", "0x", { value });

      const [method, ...args] = carried(kind, message);
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
      expect(await send(), "this digest").not.to.equal("SignatureInvalid");
    });

  it("are the nonce under which a bond is collected: PostBond", async () => {
    const { f, walletAt } = await load();
    const { message, digest } = messageOf("PostBond");
    const { seller, token, amount, salt, deadline } = message as { seller: Hex; token: Hex; salt: Hex } & Message;
    const stablecoin = f.stablecoin.attach(token) as typeof f.stablecoin;
    await stablecoin.mint(seller, amount!);
    const authorization = {
      domain: { name: "Test Dollar", version: "1", chainId: f.domain.chainId, verifyingContract: token },
      types: receiveWithAuthorizationTypes,
      message: {
        from: seller,
        to: f.domain.escrow,
        value: amount!,
        validAfter: 0,
        validBefore: deadline!,
        nonce: digest,
      },
    };
    await walletAt(seller).accept(digestWithEthers(authorization));
    await f.escrow.connect(f.relayer).postBondWithAuthorization(seller, token, amount!, salt, deadline!, "0x01");
    expect(await stablecoin.authorizationState(seller, digest)).to.equal(true);
    expect((await f.escrow.bondOf(seller, token)).balance).to.equal(BigInt(amount!));
  });
});
