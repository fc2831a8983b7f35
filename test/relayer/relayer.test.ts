import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { encodeFunctionData, type Hex, keccak256, recoverTypedDataAddress, zeroHash } from "viem";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { createChain } from "../../src/chain/client.ts";
import { multicall3Address } from "../../src/chain/multicall3.ts";
import { seenIn, undisputed } from "../../src/core/deal/dealTable.ts";
import {
  type Determination,
  determinationTypedData,
  type Intent,
  intentDigest,
  intentTypedData,
} from "../../src/core/deal/intents.ts";
import { type Terms, termsTypedData } from "../../src/core/deal/terms.ts";
import { authorizationTypedData } from "../../src/core/deal/tokenTypedData.ts";
import { filingReceiptTypedData } from "../../src/core/evidence/anchorPromise.ts";
import { rootFromPath } from "../../src/core/evidence/merkle.ts";
import { type EvidenceRecord, evidenceEncoding, evidenceTypedData } from "../../src/core/evidence/record.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { readIntent } from "../../src/db/intents.ts";
import type { DealProjection } from "../../src/db/projectionStates.ts";
import { readProjection } from "../../src/db/projections.ts";
import { enqueue } from "../../src/db/queue.ts";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { bondKey } from "../../src/relayer/project/bond.ts";
import { createRelayer, type Relayer } from "../../src/relayer/relayer.ts";
import type { RelayRequest } from "../../src/wire/relayRequests.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { actors, DAY, type Deployment, deploy, panel } from "../fixtures/deployment.ts";
import { rejection } from "../fixtures/rejection.ts";
import { RELAYER } from "../fixtures/sender.ts";
import { tokenDomain } from "../fixtures/tokenDomain.ts";

const digest: Hex = `0x${"22".repeat(32)}`;
const FAR = 4_000_000_000;

for (const engine of engines) {
  describe(`the relayer on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let root: string;
    let anvil: Anvil;
    let deployment: Deployment;
    let database: Database;
    let store: EvidenceStore;
    let relayer: Relayer;
    before(async () => {
      databases = await startDatabases(engine);
      root = mkdtempSync(join(tmpdir(), "holdfast-relayer-"));
    });
    after(() => {
      databases.stop();
      rmSync(root, { recursive: true, force: true });
    });
    beforeEach(async () => {
      anvil = await startAnvil();
      deployment = await deploy(anvil);
      database = await createDatabase(await databases.create());
      store = await createEmbeddedStore({ dir: mkdtempSync(join(root, "blocks-")) });
      relayer = newRelayer(anvil.url);
      relayer.start();
    });
    afterEach(async () => {
      await relayer.stop();
      await store.close();
      await database.close();
      await anvil.stop();
    });

    const newRelayer = (url: string) =>
      createRelayer({
        database,
        chain: createChain({ rpcUrls: [url], chainId: CHAIN_ID }),
        contracts: deployment.contracts,
        store,
        signer: RELAYER,
        log: silentLog,
        finality: { safe: 0, final: 0 },
        pollMs: 50,
        batchSeconds: 0,
        filers: "anyone",
      });

    /** What `read` finds, looked for at every block that is indexed. */
    const eventually = async <T>(read: () => Promise<T | undefined>): Promise<T> => {
      const signal = AbortSignal.timeout(60_000);
      for (;;) {
        const found = await read();
        if (found !== undefined) return found;
        await relayer.whenIndexed(Number(await deployment.client.getBlockNumber()), signal);
      }
    };
    const deal = async (dealId: Hex) => (await readProjection(database.db, "deal", dealId))?.state;
    const dealIn = (dealId: Hex, status: DealProjection["status"]) =>
      eventually(async () => {
        const found = await deal(dealId);
        return found?.status === status ? found : undefined;
      });
    const indexed = async () =>
      relayer.whenIndexed(Number(await deployment.client.getBlockNumber()), AbortSignal.timeout(60_000));
    const settled = (id: Hex) =>
      eventually(async () => {
        const intent = await readIntent(database.db, id);
        return intent !== undefined && ["final", "rejected", "reverted"].includes(intent.state) ? intent : undefined;
      });
    const sign = (account: typeof actors.buyer, intent: Intent) =>
      account.signTypedData(intentTypedData(intent, deployment.domain) as never);
    const relay = async (account: typeof actors.buyer, intent: Intent) => {
      const signature = await sign(account, intent);
      return relayer.accept({ ...intent, signature } as RelayRequest);
    };
    const register = async (changes: Partial<Terms>) => {
      const terms = await deployment.termsOf(changes);
      const sellerSignature = await actors.seller.signTypedData(termsTypedData(terms, deployment.domain));
      const { dealId } = await relayer.registerDeal({ terms, sellerSignature });
      return { terms, dealId };
    };
    const authorize = (value: bigint, options: { nonce: Hex; validBefore: number; from?: typeof actors.buyer }) => {
      const { from = actors.buyer, ...rest } = options;
      return from.signTypedData(
        authorizationTypedData(
          { from: from.address, value, ...rest },
          { ...deployment.domain, ...tokenDomain, token: deployment.stablecoin },
        ),
      );
    };
    const warp = async (seconds: number) => {
      await anvil.ask("evm_increaseTime", [seconds]);
      await anvil.ask("evm_mine");
    };

    it("relays a covered deal from gasless funding through a dispute to a determination", async () => {
      const { stablecoin } = deployment;
      await deployment.giveStablecoin(actors.buyer, 1_000_000n);
      await deployment.giveStablecoin(actors.seller, 500n);
      await deployment.act(actors.seller, "postBond", { args: [actors.seller.address, stablecoin, 500n] });
      await indexed();
      const short = await deployment.termsOf({ token: stablecoin, coverage: 501n });
      const refusal = await rejection(relayer.registerDeal({ terms: short }), "coverage-exceeds-bond");
      expect(refusal.details).deep.equal({ coverage: "501", available: "500" });

      const { terms, dealId } = await register({ token: stablecoin, coverage: 500n });
      const authorization = await authorize(terms.deposit, { nonce: dealId, validBefore: terms.fundBy });
      const funding = await relayer.accept({ kind: "FundDealWithAuthorization", deal: dealId, authorization });
      expect((await settled(funding.id)).succeeded).equal(true);
      await dealIn(dealId, "funded");
      await relay(actors.seller, { kind: "ShipGoods", message: { deal: dealId, tracking: digest, deadline: FAR } });
      await dealIn(dealId, "shipped");
      await relay(actors.attestor, { kind: "AttestDelivery", message: { deal: dealId, proof: digest, deadline: FAR } });
      await dealIn(dealId, "delivered");
      const by = terms.buyer;
      await relay(actors.buyer, {
        kind: "OpenDispute",
        message: {
          deal: dealId,
          by,
          statement: digest,
          ...seenIn(undisputed("delivered")),
          deadline: FAR,
        },
      });
      await dealIn(dealId, "disputed");

      const determination: Determination = {
        deal: dealId,
        disputedAt: (await dealIn(dealId, "disputed")).disputedAt,
        toBuyer: 600_000n,
        toSeller: 400_000n,
        compensation: 700n,
        reasons: digest,
        evidence: digest,
        deadline: FAR,
      };
      const typedData = determinationTypedData(determination, { chainId: CHAIN_ID, tribunal: terms.tribunal });
      const signatures = await Promise.all(
        actors.arbitrators.slice(0, 2).map(async (arbitrator) => ({
          signer: arbitrator.address.toLowerCase() as Hex,
          signature: await arbitrator.signTypedData(typedData),
        })),
      );
      const arbitrators = [...panel.arbitrators];
      const request = { kind: "Determination", panel: { ...panel, arbitrators }, signatures } as const;
      const wrongSum = { ...determination, toSeller: 400_001n };
      const unequal = await rejection(relayer.accept({ ...request, determination: wrongSum }), "amounts-do-not-sum");
      expect(unequal.details).deep.equal({ sum: "1000001", held: "1000000" });
      await rejection(
        relayer.accept({ ...request, determination, signatures: signatures.slice(1) }),
        "signature-count-wrong",
      );
      const early = await rejection(relayer.accept({ ...request, determination }), "answer-window-open");
      expect(early.details).deep.equal({ until: determination.disputedAt + panel.answerWindow });
      await warp(panel.answerWindow);
      await indexed();
      await relayer.accept({ ...request, determination });
      const closed = await dealIn(dealId, "closed");
      expect(closed.outcome).include({
        by: "award",
        toBuyer: 600_000n,
        toSeller: 400_000n,
        compensation: 500n,
        shortfall: 200n,
      });
      expect(await deployment.stablecoinOf(actors.buyer.address)).equal(600_500n);
      expect(await deployment.stablecoinOf(actors.seller.address)).equal(400_000n);
      const bond = (await readProjection(database.db, "bond", bondKey(actors.seller.address, stablecoin)))?.state;
      expect(bond).include({ balance: 0n, reserved: 0n });
    });

    it("gives the same record for the same intent and sends it once", async () => {
      const { dealId } = await deployment.funded();
      await indexed();
      const intent: Intent = { kind: "ShipGoods", message: { deal: dealId, tracking: digest, deadline: FAR } };
      const [first, second] = await Promise.all([relay(actors.seller, intent), relay(actors.seller, intent)]);
      expect(second.outboxId).equal(first.outboxId);
      expect((await settled(first.id)).succeeded).equal(true);
      expect((await relay(actors.seller, intent)).outboxId).equal(first.outboxId);
    });

    it("refuses early what the contract would refuse, and queues nothing", async () => {
      const { dealId } = await deployment.funded();
      await indexed();
      const message = { deal: dealId, tracking: digest, deadline: FAR };
      await rejection(relay(actors.buyer, { kind: "ShipGoods", message }), "signature-invalid");
      await rejection(
        relay(actors.seller, { kind: "ShipGoods", message: { ...message, deadline: 1_000 } }),
        "intent-expired",
      );
      const unknown = { ...message, deal: keccak256("0x99") };
      await rejection(relay(actors.seller, { kind: "ShipGoods", message: unknown }), "deal-unknown");
      const early = await rejection(
        relay(actors.attestor, { kind: "AttestDelivery", message: { deal: dealId, proof: digest, deadline: FAR } }),
        "action-refused",
      );
      expect(early.details).deep.equal({ action: "deliver", status: "funded", why: "status" });
      const unsafe = await deployment.termsOf({ deliverBy: 1 });
      await rejection(relayer.registerDeal({ terms: unsafe }), "terms-unsafe");

      const native = await register({});
      const authorization = await authorize(1n, { nonce: native.dealId, validBefore: native.terms.fundBy });
      await rejection(
        relayer.accept({ kind: "FundDealWithAuthorization", deal: native.dealId, authorization }),
        "native-not-relayed",
      );
      const paid = await register({ token: deployment.stablecoin });
      const forged = await rejection(
        relayer.accept({ kind: "FundDealWithAuthorization", deal: paid.dealId, authorization }),
        "call-reverted",
      );
      expect(forged.details.error).a("string");
      expect(await database.db.selectFrom("outbox").selectAll().execute()).deep.equal([]);
    });

    it("settles by two signatures, posts a bond and pays a balance without the owners' gas", async () => {
      const { stablecoin, domain } = deployment;
      await deployment.giveStablecoin(actors.buyer, 1_000_000n);
      await deployment.giveStablecoin(actors.seller, 100_000n);
      const posting = {
        kind: "PostBond",
        message: {
          seller: actors.seller.address.toLowerCase() as Hex,
          token: stablecoin,
          amount: 100_000n,
          salt: digest,
          deadline: FAR,
        },
      } as const;
      const authorization = await authorize(100_000n, {
        nonce: intentDigest(posting, domain),
        validBefore: FAR,
        from: actors.seller,
      });
      const posted = await relayer.accept({ ...posting, authorization });
      expect((await settled(posted.id)).succeeded).equal(true);
      await indexed();

      const now = Number((await deployment.client.getBlock()).timestamp);
      const { dealId, terms } = await register({
        token: stablecoin,
        deposit: 100_000n,
        coverage: 100_000n,
        earnest: true,
        balanceBy: now + 2 * DAY,
      });
      const deposit = await authorize(terms.deposit, { nonce: dealId, validBefore: terms.fundBy });
      await relayer.accept({ kind: "FundDealWithAuthorization", deal: dealId, authorization: deposit });
      await dealIn(dealId, "deposited");
      const paying = {
        kind: "PayBalance",
        message: {
          deal: dealId,
          amount: 900_000n,
          ...seenIn(undisputed("deposited")),
          deadline: terms.balanceBy,
        },
      } as const;
      for (const amount of [899_999n, 900_001n]) {
        const other = { ...paying, message: { ...paying.message, amount } } as const;
        const signature = await sign(actors.buyer, other);
        const refused = await rejection(relayer.accept({ ...other, signature }), "balance-differs");
        expect(refused.details).deep.equal({ amount: amount.toString(), due: "900000" });
      }
      const balance = await authorize(900_000n, { nonce: intentDigest(paying, domain), validBefore: terms.balanceBy });
      await relayer.accept({ kind: "PayBalanceWithAuthorization", deal: dealId, authorization: balance });
      await dealIn(dealId, "funded");

      const settlement = {
        kind: "Settlement",
        message: {
          deal: dealId,
          toBuyer: 250_000n,
          toSeller: 750_000n,
          compensation: 100n,
          ...seenIn(undisputed("funded")),
          deadline: FAR,
        },
      } as const;
      await relayer.accept({
        ...settlement,
        buyerSignature: await sign(actors.buyer, settlement),
        sellerSignature: await sign(actors.seller, settlement),
      });
      await dealIn(dealId, "closed");
      expect(await deployment.stablecoinOf(actors.buyer.address)).equal(250_100n);
      expect(await deployment.stablecoinOf(actors.seller.address)).equal(750_000n);
    });

    it("ends deals whose clock ran out by the chain's time, once", async () => {
      const unshipped = await deployment.funded();
      const delivered = await deployment.funded();
      await deployment.act(actors.seller, "ship", { args: [delivered.packed, digest, "0x"] });
      await deployment.act(actors.attestor, "deliver", { args: [delivered.packed, digest, "0x"] });
      await indexed();
      await warp(4 * DAY);
      expect((await dealIn(unshipped.dealId, "closed")).outcome?.by).equal("expire");
      expect((await deal(delivered.dealId))?.status).equal("delivered");
      await warp(10 * DAY);
      expect((await dealIn(delivered.dealId, "closed")).outcome?.by).equal("release");
      const rows = await database.db.selectFrom("outbox").select("naturalKey").execute();
      expect(rows).length(2);
    });

    it("refunds in full when a seller who did not ship disputes and the tribunal stays silent", async () => {
      const { dealId, packed, terms } = await deployment.funded();
      await warp(3 * DAY - 60);
      await deployment.act(actors.seller, "dispute", { args: [packed, actors.seller.address, digest, "0x"] });
      expect((await dealIn(dealId, "disputed")).disputedFrom).equal("funded");
      await warp(terms.shipBy + terms.backstop - Number((await deployment.client.getBlock()).timestamp));
      const closed = await dealIn(dealId, "closed");
      expect(closed.outcome).include({ by: "expire", toBuyer: 1_000_000n, toSeller: 0n });
    });

    it("ends ten deals in one transaction, and one that fails in it does not stop the others", async () => {
      await deployment.enableMulticall();
      const { client, contracts } = deployment;
      const deals = [];
      for (let i = 0; i < 10; i++) deals.push(await deployment.funded());
      const before = await client.getBlockNumber();
      await indexed();
      // One deal is ended by somebody else while the batch waits to be mined.
      await anvil.ask("evm_setAutomine", [false]);
      await anvil.ask("evm_increaseTime", [4 * DAY]);
      await anvil.ask("evm_mine");
      await eventually(async () => {
        const { transactions } = await client.getBlock({ blockTag: "pending" });
        return transactions.length === 1 ? transactions : undefined;
      });
      const call = { address: contracts.escrow, abi: escrowAbi, functionName: "expire" } as const;
      const data = encodeFunctionData({ ...call, args: [deals[4]!.packed] });
      const rival = {
        from: actors.deployer.address,
        to: contracts.escrow,
        data,
        gasPrice: "0x174876e800",
        gas: "0x4c4b40",
      };
      await anvil.ask("eth_sendTransaction", [rival]);
      await anvil.ask("evm_mine");
      await anvil.ask("evm_setAutomine", [true]);
      for (const { dealId } of deals) expect((await dealIn(dealId, "closed")).outcome?.by).equal("expire");
      const logs = await client.getLogs({ address: contracts.escrow, fromBlock: before });
      const expired = new Map(logs.map(({ topics, transactionHash }) => [topics[1], transactionHash]));
      const others = deals.filter((_, i) => i !== 4).map(({ dealId }) => expired.get(dealId));
      expect(new Set(others).size).equal(1);
      expect(expired.get(deals[4]!.dealId)).not.equal(others[0]);
    });

    it("tries each deadline alone that a batch left undone, once", async () => {
      // A Multicall3 whose every call does nothing and reports no failure.
      await anvil.ask("anvil_setCode", [multicall3Address, "0x00"]);
      const deals = [];
      for (let i = 0; i < 3; i++) deals.push(await deployment.funded());
      await indexed();
      await warp(4 * DAY);
      for (const { dealId } of deals) expect((await dealIn(dealId, "closed")).outcome?.by).equal("expire");
      const rows = await database.db.selectFrom("outbox").select("naturalKey").orderBy("id").execute();
      expect(rows.map(({ naturalKey }) => naturalKey.split(":")[0])).deep.equal([
        "deadlines",
        ...deals.map(() => "deadline"),
      ]);
    });

    it("promises an anchor with its signature and keeps the promise with a proof", async () => {
      const { registry } = deployment.contracts;
      const domain = { chainId: CHAIN_ID, registry };
      const block = await deployment.client.getBlock();
      const { cid } = await store.put([new TextEncoder().encode("ciphertext")]);
      const submissions = await Promise.all(
        [1, 2, 3].map(async (n) => {
          const record: EvidenceRecord = {
            kind: "original",
            fileCommitment: keccak256(`0x0${n}`),
            cid,
            encoding: evidenceEncoding,
            metaRoot: digest,
            caseRef: digest,
            supersedes: zeroHash,
            beaconBlock: Number(block.number),
            beaconHash: block.hash,
            deadline: FAR,
          };
          const signature = await actors.buyer.signTypedData(evidenceTypedData(record, domain));
          return { record, submitter: actors.buyer.address.toLowerCase() as Hex, signature };
        }),
      );
      const receipts = await Promise.all(submissions.map((submission) => relayer.evidence.submit(submission)));
      for (const { leaf, receivedAt, anchorBy, signature } of receipts) {
        const typedData = filingReceiptTypedData({ leaf, receivedAt, anchorBy }, domain);
        expect(await recoverTypedDataAddress({ ...typedData, signature })).equal(RELAYER.address);
      }
      expect(await relayer.evidence.submit(submissions[0]!)).deep.equal(receipts[0]);
      for (const { digest: item, leaf } of receipts) {
        const anchored = await eventually(() => relayer.evidence.readAnchored(item));
        expect(rootFromPath(leaf, anchored.path)).equal(anchored.anchor.root);
        expect(anchored.anchor).include({ registry, sender: RELAYER.address.toLowerCase() });
        expect(anchored.beaconHeader === null ? null : keccak256(anchored.beaconHeader)).equal(block.hash);
      }
      expect((await relayer.health()).unanchored).equal(0);

      const [first] = submissions;
      const copied = await relayer.evidence.submit({
        record: first!.record,
        submitter: actors.seller.address.toLowerCase() as Hex,
        signature: await actors.seller.signTypedData(evidenceTypedData(first!.record, domain)),
      });
      expect(copied.digest).equal(receipts[0]!.digest);
      const ofCopy = await eventually(() => relayer.evidence.readAnchored(copied.leaf));
      expect(rootFromPath(copied.leaf, ofCopy.path)).equal(ofCopy.anchor.root);
      const ofFirst = await eventually(() => relayer.evidence.readAnchored(copied.digest));
      expect(rootFromPath(receipts[0]!.leaf, ofFirst.path)).equal(ofFirst.anchor.root);

      const lost = { ...first!.record, cid: `${first!.record.cid.slice(0, -4)}aaaa` };
      const forged = { ...first!.record, beaconHash: digest };
      const signed = async (record: EvidenceRecord) => ({
        ...first!,
        record,
        signature: await actors.buyer.signTypedData(evidenceTypedData(record, domain)),
      });
      await rejection(relayer.evidence.submit(await signed(forged)), "beacon-unknown");
      await rejection(
        relayer.evidence.submit({ ...(await signed(lost)), signature: first!.signature }),
        "signature-invalid",
      );
      await rejection(relayer.evidence.readAnchored(digest), "evidence-unknown");
    });

    it("proves an anchor again when a reorganisation moves it to another block", async () => {
      const domain = { chainId: CHAIN_ID, registry: deployment.contracts.registry };
      const block = await deployment.client.getBlock();
      const record: EvidenceRecord = {
        kind: "custody",
        fileCommitment: zeroHash,
        cid: "",
        encoding: evidenceEncoding,
        metaRoot: digest,
        caseRef: digest,
        supersedes: digest,
        beaconBlock: Number(block.number),
        beaconHash: block.hash,
        deadline: FAR,
      };
      const { leaf } = await relayer.evidence.submit({
        record,
        submitter: actors.buyer.address.toLowerCase() as Hex,
        signature: await actors.buyer.signTypedData(evidenceTypedData(record, domain)),
      });
      const first = await eventually(() => relayer.evidence.readAnchored(leaf));
      const { raw } = await database.db.selectFrom("attempts").select("raw").executeTakeFirstOrThrow();
      await anvil.ask("anvil_mine", ["0x2"]);
      await indexed();
      await anvil.ask("anvil_reorg", [3, [[raw, 1]]]);
      const second = await eventually(async () => {
        const found = await relayer.evidence.readAnchored(leaf);
        return found?.anchor.blockHash === first.anchor.blockHash ? undefined : found;
      });
      const { hash } = await deployment.client.getBlock({ blockNumber: BigInt(second.anchor.blockNumber) });
      expect([second.anchor.blockHash, second.transactionHash]).deep.equal([hash, first.transactionHash]);
    });

    it("starts without a chain, says that it is not ready, and goes on when the chain comes", async () => {
      await relayer.stop();
      relayer = newRelayer("http://127.0.0.1:1");
      relayer.start();
      const health = await relayer.health();
      expect([health.isReady, health.blockedBy.connect, health.lag]).deep.equal([false, "rpc-unreachable", null]);
      await relayer.stop();

      relayer = newRelayer(anvil.url);
      relayer.start();
      await indexed();
      const ready = await eventually(async () => {
        const now = await relayer.health();
        return now.isReady ? now : undefined;
      });
      expect(ready).deep.include({ isReady: true, blockedBy: {}, lag: 0, outboxAge: 0, nonceGap: 0, unanchored: 0 });
    });

    it("sends nothing, promises nothing and forgets nothing on a chain that begins anew without the contracts", async () => {
      const { dealId } = await deployment.funded();
      await dealIn(dealId, "funded");
      await anvil.ask("anvil_reset");
      await anvil.ask("anvil_mine", ["0x50"]);
      const signal = AbortSignal.timeout(30_000);
      const codes = async () => new Set(Object.values((await relayer.health()).blockedBy));
      while (!(await codes()).has("contract-missing")) signal.throwIfAborted();
      expect((await relayer.health()).isReady).equal(false);
      expect((await deal(dealId))?.status).equal("funded");

      const { registry } = deployment.contracts;
      const { id } = await enqueue(database.db, {
        naturalKey: "anchor",
        kind: "anchor",
        payload: { to: registry, data: "0x" },
      });
      const codeOf = async () =>
        (await database.db.selectFrom("outbox").select("code").where("id", "=", id).executeTakeFirstOrThrow()).code;
      while ((await codeOf()) === null) {
        signal.throwIfAborted();
        await relayer.health();
      }
      expect(await codeOf()).equal("contract-missing");
      expect(await database.db.selectFrom("attempts").selectAll().execute()).deep.equal([]);
      expect((await relayer.health()).isReady).equal(false);
    });

    it("does nothing on a chain that is not the configured one, or has no contracts", async () => {
      await relayer.stop();
      const other = createRelayer({
        database,
        chain: createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID }),
        contracts: { ...deployment.contracts, registry: "0x00000000000000000000000000000000000000aa" },
        store,
        signer: RELAYER,
        log: silentLog,
        pollMs: 20,
      });
      other.start();
      const deadline = Date.now() + 10_000;
      let code: string | undefined;
      while (code !== "contract-missing" && Date.now() < deadline) code = (await other.health()).blockedBy.connect;
      await other.stop();
      expect(code).equal("contract-missing");
    });
  });
}
