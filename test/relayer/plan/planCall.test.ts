import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { encodeFunctionData, type Hex, parseAbi, zeroAddress } from "viem";
import { type Chain, createChain } from "../../../src/chain/client.ts";
import { type DealStatus, seenIn, undisputed } from "../../../src/core/deal/dealTable.ts";
import type { Intent } from "../../../src/core/deal/intents.ts";
import { extensionTypedData, intentTypedData } from "../../../src/core/deal/intents.ts";
import { dealIdOf, type Terms, termsTypedData } from "../../../src/core/deal/terms.ts";
import { fundingPermit2 } from "../../../src/core/deal/tokenTypedData.ts";
import { createDatabase, type Database } from "../../../src/db/database.ts";
import { saveDeal } from "../../../src/db/deals.ts";
import { readIntent } from "../../../src/db/intents.ts";
import { readProjection } from "../../../src/db/projections.ts";
import { type Acceptance, createAcceptance } from "../../../src/relayer/accept.ts";
import { createIndexer, type Indexer } from "../../../src/relayer/indexer.ts";
import { silentLog } from "../../../src/relayer/log.ts";
import { submitOnce } from "../../../src/relayer/submit.ts";
import { createTracker } from "../../../src/relayer/track.ts";
import { type RelayRequest, requestSchema } from "../../../src/wire/relayRequests.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../../fixtures/anvil.ts";
import { actors, DAY, type Deployment, deploy, panel } from "../../fixtures/deployment.ts";
import { rejection } from "../../fixtures/rejection.ts";
import { createSender, RELAYER, until } from "../../fixtures/sender.ts";

const digest: Hex = `0x${"33".repeat(32)}`;
const FAR = 4_000_000_000;
const lower = (address: string) => address.toLowerCase() as Hex;

describe("relaying each kind of request", () => {
  let root: string;
  let anvil: Anvil;
  let deployment: Deployment;
  let database: Database;
  let chain: Chain;
  let acceptance: Acceptance;
  let indexer: Indexer;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "holdfast-relay-"));
    anvil = await startAnvil();
    deployment = await deploy(anvil);
    database = await createDatabase({ dataDir: root });
    chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    const { contracts } = deployment;
    acceptance = createAcceptance({ database, chain, contracts, relayer: RELAYER.address, now: () => 0 });
    indexer = createIndexer({ database, chain, contracts, finality: { safe: 0, final: 0 }, log: silentLog });
  });
  after(async () => {
    await database.close();
    await anvil.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const catchUp = async () => {
    while (await indexer.indexOnce());
  };
  /** Relays a request to its end and returns what became of it. */
  const relay = async (request: RelayRequest) => {
    await catchUp();
    const { id } = await acceptance.accept(request);
    const sender = createSender(database, [anvil.url]);
    const { trackOnce } = createTracker(sender);
    await until(
      async () => ["final", "reverted", "rejected"].includes((await readIntent(database.db, id))!.state),
      async () => {
        await submitOnce(sender);
        await trackOnce();
      },
    );
    await catchUp();
    return (await readIntent(database.db, id))!;
  };
  const signed = async (account: typeof actors.buyer, intent: Intent) => {
    const signature = await account.signTypedData(intentTypedData(intent, deployment.domain) as never);
    return { ...intent, signature } as RelayRequest;
  };
  const status = async (dealId: Hex) => (await readProjection(database.db, "deal", dealId))?.state.status;
  const register = async (changes: Partial<Terms>) => {
    await catchUp();
    const terms = await deployment.termsOf({ token: deployment.stablecoin, ...changes });
    const { dealId } = await acceptance.registerDeal({ terms });
    return { terms, dealId };
  };
  const allow = (amount: bigint) => deployment.giveStablecoin(actors.buyer, amount);

  it("funds from an allowance on the buyer's signature, and pays the balance so", async () => {
    await allow(1_000_000n);
    const now = Number((await deployment.client.getBlock()).timestamp);
    const { terms, dealId } = await register({ deposit: 300_000n, balanceBy: now + 2 * DAY });
    const buyerSignature = await actors.buyer.signTypedData(termsTypedData(terms, deployment.domain));
    expect((await relay({ kind: "FundDeal", deal: dealId, buyerSignature })).succeeded).equal(true);
    expect(await status(dealId)).equal("deposited");
    const message = { deal: dealId, amount: 700_000n, ...seenIn(undisputed("deposited")), deadline: FAR };
    expect((await relay(await signed(actors.buyer, { kind: "PayBalance", message }))).succeeded).equal(true);
    expect(await status(dealId)).equal("funded");
    const other = { kind: "FundDealWithAuthorization", deal: dealId, authorization: "0x12" } as const;
    const refused = await rejection(acceptance.accept(other), "action-refused");
    expect(refused.details).deep.equal({ action: "fund", status: "funded", why: "status" });
  });

  it("funds by Permit2, with the deal as witness", async () => {
    await deployment.enablePermit2(actors.buyer);
    await allow(1_000_000n);
    const { terms, dealId } = await register({});
    const domain = { chainId: CHAIN_ID, escrow: deployment.contracts.escrow };
    const permitSignature = await actors.buyer.signTypedData(fundingPermit2(terms, domain, 7n));
    const request = { kind: "FundDealWithPermit2", deal: dealId, nonce: "7", permitSignature } as const;
    expect((await relay(request)).succeeded).equal(true);
    expect(await status(dealId)).equal("funded");
  });

  it("refunds a part, confirms the rest, and withdraws the marketplace's credit", async () => {
    const { dealId } = await deployment.funded({ feeBps: 1_000 });
    const seen = seenIn(undisputed("funded"));
    const refund = { deal: dealId, amount: 400_000n, remaining: 600_000n, ...seen, deadline: FAR };
    expect((await relay(await signed(actors.seller, { kind: "RefundBuyer", message: refund }))).succeeded).equal(true);
    const confirm = { deal: dealId, amount: 600_000n, ...seen, deadline: FAR };
    expect((await relay(await signed(actors.buyer, { kind: "ConfirmReceipt", message: confirm }))).succeeded).equal(
      true,
    );
    expect(await status(dealId)).equal("closed");
    const owner = lower(actors.marketplace.address);
    const to = "0x00000000000000000000000000000000000000cc";
    const message = { owner, token: zeroAddress, amount: 60_000n, to, nonce: 0n, deadline: FAR } as const;
    expect((await relay(await signed(actors.marketplace, { kind: "WithdrawCredit", message }))).succeeded).equal(true);
    expect(await deployment.client.getBalance({ address: to })).equal(60_000n);
  });

  it("withdraws a bond after its delay", async () => {
    const seller = lower(actors.seller.address);
    await deployment.act(actors.seller, "postBond", { args: [seller, zeroAddress, 900n], value: 900n });
    const request = { seller, token: zeroAddress, nonce: 0n, deadline: FAR } as const;
    const requested = await relay(await signed(actors.seller, { kind: "RequestBondWithdrawal", message: request }));
    expect(requested.succeeded).equal(true);
    await anvil.ask("evm_increaseTime", [181 * DAY]);
    await anvil.ask("evm_mine");
    const to = "0x00000000000000000000000000000000000000dd";
    const message = { seller, token: zeroAddress, amount: 900n, to, nonce: 1n, deadline: FAR } as const;
    expect((await relay(await signed(actors.seller, { kind: "WithdrawBond", message }))).succeeded).equal(true);
    expect(await deployment.client.getBalance({ address: to })).equal(900n);
  });

  it("tries a request again that was rejected on the way", async () => {
    const { terms, dealId } = await register({});
    const buyerSignature = await actors.buyer.signTypedData(termsTypedData(terms, deployment.domain));
    const request = { kind: "FundDeal", deal: dealId, buyerSignature } as const;
    await rejection(acceptance.accept(request), "call-reverted");
    await allow(1_000_000n);
    const { id } = await acceptance.accept(request);
    // The allowance goes away between acceptance and submission.
    const approve = encodeFunctionData({
      abi: parseAbi(["function approve(address spender, uint256 amount) returns (bool)"]),
      functionName: "approve",
      args: [deployment.contracts.escrow, 0n],
    });
    const transaction = { from: actors.buyer.address, to: deployment.stablecoin, data: approve };
    await anvil.ask("eth_sendTransaction", [transaction]);
    await submitOnce(createSender(database, [anvil.url]));
    const rejected = (await readIntent(database.db, id))!;
    expect([rejected.state, rejected.code]).deep.equal(["rejected", "call-reverted"]);
    await allow(1_000_000n);
    expect((await relay(request)).succeeded).equal(true);
    expect(await status(dealId)).equal("funded");
  });

  it("asks the chain before it says no to what it has not indexed yet", async () => {
    await catchUp();
    const { dealId, terms } = await deployment.funded();
    await acceptance.registerDeal({ terms });
    const message = { deal: dealId, tracking: digest, deadline: FAR };
    const request = await signed(actors.seller, { kind: "ShipGoods", message });
    expect((await acceptance.accept(request)).state).equal("queued");
    const delivery = { deal: dealId, proof: digest, deadline: FAR };
    await rejection(
      acceptance.accept(await signed(actors.attestor, { kind: "AttestDelivery", message: delivery })),
      "action-refused",
    );

    const seller = lower(actors.seller.address);
    await deployment.act(actors.seller, "postBond", { args: [seller, zeroAddress, 70n], value: 70n });
    await acceptance.registerDeal({ terms: await deployment.termsOf({ coverage: 70n }) });
    const covered = await deployment.termsOf({ coverage: 71n });
    const refusal = await rejection(acceptance.registerDeal({ terms: covered }), "coverage-exceeds-bond");
    expect(refusal.details).deep.equal({ coverage: "71", available: "70" });
  });

  it("refuses an intent of another status than the chain's, also one that it has not indexed yet", async () => {
    const { dealId, packed } = await deployment.funded();
    await catchUp();
    const confirming = (status: DealStatus) => {
      const message = { deal: dealId, amount: 1_000_000n, ...seenIn(undisputed(status)), deadline: FAR };
      return signed(actors.buyer, { kind: "ConfirmReceipt", message });
    };
    const ahead = await rejection(acceptance.accept(await confirming("shipped")), "action-refused");
    expect(ahead.details).deep.equal({ action: "confirm", status: "funded", why: "signed-in-other-state" });
    await deployment.act(actors.seller, "ship", { args: [packed, digest, "0x"] });
    expect((await acceptance.accept(await confirming("shipped"))).state).equal("queued");
    await catchUp();
    const behind = await rejection(acceptance.accept(await confirming("funded")), "action-refused");
    expect(behind.details).deep.equal({ action: "confirm", status: "shipped", why: "signed-in-other-state" });
  });

  it("refuses a refund whose amounts are not what is held, and a part where only the whole can be given back", async () => {
    const { dealId, packed } = await deployment.funded();
    await catchUp();
    const refunding = async (amount: bigint, remaining: bigint) => {
      const { state } = (await readProjection(database.db, "deal", dealId))!;
      const message = { deal: dealId, amount, remaining, ...seenIn(state), deadline: FAR };
      return acceptance.accept(await signed(actors.seller, { kind: "RefundBuyer", message }));
    };
    const refusal = await rejection(refunding(400_000n, 1n), "amounts-do-not-sum");
    expect(refusal.details).deep.equal({ sum: "400001", held: "1000000" });
    const nothing = await rejection(refunding(0n, 1_000_000n), "action-refused");
    expect(nothing.details).deep.equal({ action: "refund", status: "funded", why: "amount-zero" });
    await deployment.act(actors.buyer, "dispute", { args: [packed, lower(actors.buyer.address), digest, "0x"] });
    await catchUp();
    const part = await rejection(refunding(400_000n, 600_000n), "action-refused");
    expect(part.details).deep.equal({ action: "refund", status: "disputed", why: "not-whole" });
    expect((await refunding(1_000_000n, 0n)).state).equal("queued");
  });

  it("refuses terms that the tribunal does not accept, at registration and at funding", async () => {
    await catchUp();
    const short = { inspection: panel.minInspection - 1, token: deployment.stablecoin };
    const refusal = async (terms: Terms) =>
      (await rejection(acceptance.registerDeal({ terms }), "terms-unsafe")).details;
    expect(await refusal(await deployment.termsOf(short))).deep.equal({ fact: "tribunal-refuses" });
    expect(await refusal(await deployment.termsOf({ rules: digest }))).deep.equal({ fact: "tribunal-refuses" });
    const seated = await deployment.termsOf({ marketplace: panel.arbitrators[1]! });
    expect(await refusal(seated)).deep.equal({ fact: "tribunal-refuses" });
    const nowhere = await deployment.termsOf({ tribunal: lower(actors.deployer.address) });
    expect(await refusal(nowhere)).deep.equal({ fact: "tribunal-without-code" });
    const unregistered = await deployment.termsOf(short);
    const id = dealIdOf(unregistered, deployment.domain);
    await saveDeal(database.db, { id, terms: unregistered, order: null, sellerSignature: null });
    const buyerSignature = await actors.buyer.signTypedData(termsTypedData(unregistered, deployment.domain));
    const funding = { kind: "FundDeal", deal: dealIdOf(unregistered, deployment.domain), buyerSignature } as const;
    expect((await rejection(acceptance.accept(funding), "terms-unsafe")).details.fact).equal("tribunal-refuses");
  });

  it("extends a dispute by a panel, also with more signatures than decide", async () => {
    const { dealId, packed, terms } = await deployment.funded();
    await deployment.act(actors.buyer, "dispute", { args: [packed, terms.buyer, digest, "0x"] });
    await catchUp();
    const read = async () => (await readProjection(database.db, "deal", dealId))!.state;
    const { until, disputedAt } = await read();
    const extension = { deal: dealId, disputedAt, until: until + DAY, reasons: digest, deadline: FAR };
    const typedData = extensionTypedData(extension, { chainId: CHAIN_ID, tribunal: terms.tribunal });
    const signatures = await Promise.all(
      actors.arbitrators.map(async (arbitrator) => ({
        signer: lower(arbitrator.address),
        signature: await arbitrator.signTypedData(typedData),
      })),
    );
    const ofPanel = { ...panel, arbitrators: [...panel.arbitrators] };
    const request = { kind: "Extension", extension, panel: ofPanel, signatures } as const;
    await rejection(acceptance.accept({ ...request, signatures: signatures.slice(0, 1) }), "signature-count-wrong");
    await rejection(
      acceptance.accept({ ...request, signatures: [signatures[0]!, signatures[0]!] }),
      "signature-count-wrong",
    );
    await rejection(acceptance.accept({ ...request, panel: { ...ofPanel, minBackstop: 8 * DAY } }), "panel-mismatch");
    expect((await relay(request)).succeeded).equal(true);
    expect(await read()).include({ status: "disputed", disputedFrom: "funded", until: extension.until });
  });

  it("reads requests from the wire and refuses unknown fields and kinds", () => {
    const message = { deal: digest, tracking: digest, deadline: FAR };
    const request = { kind: "ShipGoods", message, signature: "0x12" };
    expect(requestSchema.parse(request)).deep.equal(request);
    for (const wrong of [
      { ...request, extra: 1 },
      { ...request, kind: "Nothing" },
      { ...request, message: { ...message, deadline: "1" } },
      { ...request, signature: "0x1" },
    ]) {
      expect(requestSchema.safeParse(wrong).success).equal(false);
    }
  });
});
