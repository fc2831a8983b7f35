import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, keccak256, numberToHex, zeroHash } from "viem";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { type EvidenceRecord, evidenceEncoding, evidenceTypedData } from "../../src/core/evidence/record.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { createEvidenceIntake, type EvidenceIntake } from "../../src/relayer/evidence.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { actors, type Deployment, deploy } from "../fixtures/deployment.ts";
import { rejection } from "../fixtures/rejection.ts";
import { RELAYER } from "../fixtures/sender.ts";

const NOON = 1_800_000_000;
const ANCHOR_WITHIN = 900;
const LEAST_TIME = 150;
const digest: Hex = `0x${"22".repeat(32)}`;

describe("createEvidenceIntake", () => {
  let root: string;
  let anvil: Anvil;
  let deployment: Deployment;
  let database: Database;
  let store: EvidenceStore;
  let chain: Chain;
  let intake: EvidenceIntake;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "holdfast-intake-"));
    anvil = await startAnvil();
    deployment = await deploy(anvil);
    database = await createDatabase({ dataDir: join(root, "database") });
    store = await createEmbeddedStore({ dir: join(root, "evidence") });
    chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    intake = createEvidenceIntake({
      database,
      chain,
      contracts: deployment.contracts,
      store,
      signer: RELAYER,
      now: () => NOON,
      anchorWithin: ANCHOR_WITHIN,
      leastTime: LEAST_TIME,
      filers: "anyone",
    });
  });
  after(async () => {
    await store.close();
    await database.close();
    await anvil.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const submit = async (deadline: number) => {
    const block = await deployment.client.getBlock();
    const record: EvidenceRecord = {
      kind: "custody",
      fileCommitment: zeroHash,
      cid: "",
      encoding: evidenceEncoding,
      metaRoot: keccak256(numberToHex(deadline)),
      caseRef: digest,
      supersedes: digest,
      beaconBlock: Number(block.number),
      beaconHash: block.hash,
      deadline,
    };
    const domain = { chainId: CHAIN_ID, registry: deployment.contracts.registry };
    const signature = await actors.buyer.signTypedData(evidenceTypedData(record, domain));
    return intake.submit({ record, submitter: actors.buyer.address.toLowerCase() as Hex, signature });
  };

  it("promises nothing to a record that leaves too little time for its anchor", async () => {
    const late = await rejection(submit(NOON + LEAST_TIME - 1), "intent-expired");
    expect(late.details).deep.equal({
      deadline: NOON + LEAST_TIME - 1,
      now: NOON,
      earliest: NOON + LEAST_TIME,
    });
    expect((await submit(NOON + LEAST_TIME)).anchorBy).equal(NOON + LEAST_TIME);
    expect((await submit(NOON + 2 * ANCHOR_WITHIN)).anchorBy).equal(NOON + ANCHOR_WITHIN);
  });

  it("promises nothing while the registry is not there", async () => {
    const { registry } = deployment.contracts;
    const code = await anvil.ask("eth_getCode", [registry, "latest"]);
    await anvil.ask("anvil_setCode", [registry, "0x"]);
    const missing = await rejection(submit(NOON + 3 * ANCHOR_WITHIN), "contract-missing");
    expect(missing.details).deep.equal({ contract: "registry", address: registry });
    await anvil.ask("anvil_setCode", [registry, code]);
    await submit(NOON + 3 * ANCHOR_WITHIN);
  });
});
