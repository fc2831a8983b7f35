import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, keccak256, numberToHex, zeroHash } from "viem";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { intentTypedData } from "../../src/core/deal/intents.ts";
import { type EvidenceRecord, evidenceEncoding, evidenceTypedData } from "../../src/core/evidence/record.ts";
import { createDatabase } from "../../src/db/database.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { actors, type Deployment, deploy } from "../fixtures/deployment.ts";
import { until } from "../fixtures/sender.ts";

const script = join(import.meta.dirname, "../fixtures/killableRelayer.ts");
const DEALS = 12;
const FAR = 4_000_000_000;
const digest: Hex = `0x${"44".repeat(32)}`;

describe("a whole relayer that is killed again and again", () => {
  let dir: string;
  let anvil: Anvil;
  let deployment: Deployment;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-restart-"));
    anvil = await startAnvil();
    deployment = await deploy(anvil);
  });
  after(async () => {
    await anvil.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const begin = async () => {
    const child = fork(script, [dir, anvil.url, JSON.stringify(deployment.contracts)]);
    await answer(child);
    return child;
  };
  const answer = async (child: ChildProcess) => {
    const ended = once(child, "exit").then(([code]) => expect.fail(`the relayer ended with ${code}`));
    await Promise.race([once(child, "message"), ended]);
    ended.catch(() => {});
  };
  const kill = async (child: ChildProcess) => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };

  it("submits whatever it acknowledged, once, and keeps each promise of an anchor", async () => {
    const block = await deployment.client.getBlock();
    const domain = { chainId: CHAIN_ID, registry: deployment.contracts.registry };
    const tasks = [];
    for (let i = 0; i < DEALS; i++) {
      const { dealId } = await deployment.funded();
      const message = { deal: dealId, tracking: digest, deadline: FAR };
      const typedData = intentTypedData({ kind: "ShipGoods", message }, deployment.domain);
      const signature = await actors.seller.signTypedData(typedData as never);
      tasks.push({ request: { kind: "ShipGoods", message, signature } });
      const record: EvidenceRecord = {
        kind: "withdraw",
        fileCommitment: zeroHash,
        cid: "",
        encoding: evidenceEncoding,
        metaRoot: digest,
        caseRef: digest,
        supersedes: keccak256(numberToHex(i)),
        beaconBlock: Number(block.number),
        beaconHash: block.hash,
        deadline: FAR,
      };
      const evidenceSignature = await actors.buyer.signTypedData(evidenceTypedData(record, domain));
      const submitter = actors.buyer.address.toLowerCase();
      tasks.push({ submission: { record, submitter, signature: evidenceSignature } });
    }

    // Every process lives for a few acknowledgements; the last lives until all is done.
    let child = await begin();
    for (const [i, task] of tasks.entries()) {
      child.send(task);
      await answer(child);
      if (i % 8 === 7) {
        await kill(child);
        child = await begin();
      }
    }
    const countShipped = async () => {
      const logs = await deployment.client.getContractEvents({
        address: deployment.contracts.escrow,
        abi: escrowAbi,
        eventName: "DealShipped",
        fromBlock: 0n,
      });
      return logs.length;
    };
    const anchored = async () => {
      const logs = await deployment.client.getLogs({ address: deployment.contracts.registry, fromBlock: 0n });
      return logs.reduce((sum, { data }) => sum + Number(data.slice(0, 66)), 0);
    };
    await until(
      async () => (await countShipped()) === DEALS && (await anchored()) === DEALS,
      () => anvil.ask("evm_mine"),
    );
    await kill(child);

    const { db, close } = await createDatabase({ dataDir: join(dir, "database") });
    const failed = await db
      .selectFrom("outbox")
      .select("state")
      .where("state", "in", ["reverted", "rejected"])
      .execute();
    const items = await db.selectFrom("evidence").select("batchRoot").execute();
    await close();
    expect(failed).deep.equal([]);
    expect(items.filter(({ batchRoot }) => batchRoot !== null)).length(DEALS);
  });
});
