import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { type Hex, hexToBytes, zeroHash } from "viem";
import { createChain } from "../../src/chain/client.ts";
import { type EvidenceRecord, evidenceEncoding, evidenceTypedData } from "../../src/core/evidence/record.ts";
import { verifyTimestamp } from "../../src/core/evidence/timestamp/verifyTimestamp.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { readBatch, readEvidence } from "../../src/db/evidence.ts";
import { readTimestamps } from "../../src/db/timestamps.ts";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { createRelayer, type Relayer } from "../../src/relayer/relayer.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { type Chain, createIssuer, type Issuer, issueChain, opensslMissing } from "../fixtures/authority.ts";
import { actors, type Deployment, deploy } from "../fixtures/deployment.ts";
import { RELAYER } from "../fixtures/sender.ts";
import { stampBy, startTsa, type TsaServer } from "../fixtures/tsaServer.ts";

describe("a relayer with time-stamping authorities", { skip: opensslMissing }, () => {
  let root: string;
  let anvil: Anvil;
  let deployment: Deployment;
  let database: Database;
  let store: EvidenceStore;
  let relayer: Relayer;
  let issuer: Issuer;
  let chain: Chain;
  let up: TsaServer;
  let silent: TsaServer;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "holdfast-stamped-"));
    anvil = await startAnvil();
    deployment = await deploy(anvil);
    database = await createDatabase({ dataDir: join(root, "database") });
    store = await createEmbeddedStore({ dir: join(root, "evidence") });
    issuer = createIssuer();
    chain = issueChain(issuer, "Ours");
    up = await startTsa(stampBy(issuer, chain));
    silent = await startTsa();
    relayer = createRelayer({
      database,
      chain: createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID }),
      contracts: deployment.contracts,
      store,
      signer: RELAYER,
      log: silentLog,
      finality: { safe: 0, final: 0 },
      // Nothing but what happens makes a step run.
      pollMs: 600_000,
      batchSeconds: 0,
      filers: "anyone",
      tsaUrls: [silent.url, up.url],
    });
    relayer.start();
  });
  after(async () => {
    await relayer.stop();
    await store.close();
    await database.close();
    await Promise.all([anvil.stop(), up.stop(), silent.stop()]);
    issuer.remove();
    rmSync(root, { recursive: true, force: true });
  });

  it("stamps a root before it is anchored, is ready all the while, and ends while an authority is silent", async () => {
    const block = await deployment.client.getBlock();
    await relayer.whenIndexed(Number(block.number), AbortSignal.timeout(60_000));
    const record: EvidenceRecord = {
      kind: "custody",
      fileCommitment: zeroHash,
      cid: "",
      encoding: evidenceEncoding,
      metaRoot: `0x${"22".repeat(32)}`,
      caseRef: zeroHash,
      supersedes: `0x${"22".repeat(32)}`,
      beaconBlock: Number(block.number),
      beaconHash: block.hash,
      deadline: 4_000_000_000,
    };
    const domain = { chainId: CHAIN_ID, registry: deployment.contracts.registry };
    const { leaf } = await relayer.evidence.submit({
      record,
      submitter: actors.buyer.address.toLowerCase() as Hex,
      signature: await actors.buyer.signTypedData(evidenceTypedData(record, domain)),
    });
    const signal = AbortSignal.timeout(60_000);
    const kept = async () => {
      const batchRoot = (await readEvidence(database.db, leaf))?.batchRoot;
      return batchRoot == null ? undefined : (await readTimestamps(database.db, batchRoot))[0];
    };
    let found = await kept();
    while (found === undefined) {
      signal.throwIfAborted();
      await setImmediate();
      found = await kept();
    }
    expect(found.tsaUrl).equal(up.url);
    const roots = [chain.root.certificate];
    const verdict = await verifyTimestamp(hexToBytes(found.token), found.root, { roots });
    expect(verdict).deep.include({ status: "confirmed", time: found.time });
    expect((await readBatch(database.db, found.root))?.anchor).equal(null);
    expect((await relayer.health()).blockedBy).deep.equal({});
  });
});
