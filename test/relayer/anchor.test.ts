import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, keccak256, numberToHex } from "viem";
import { createChain } from "../../src/chain/client.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { readEvidence, saveEvidence } from "../../src/db/evidence.ts";
import { ANCHOR_MARGIN, type AnchorOptions, sealBatchOnce } from "../../src/relayer/anchor.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";

const ADDRESS = "0x00000000000000000000000000000000000000aa";
const BATCH_SECONDS = 30;
const NOON = 1_800_000_000;

for (const engine of engines) {
  describe(`sealBatchOnce on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let database: Database;
    before(async () => {
      databases = await startDatabases(engine);
    });
    after(() => databases.stop());
    beforeEach(async () => {
      database = await createDatabase(await databases.create());
    });
    afterEach(() => database.close());

    const sealAt = (time: number, options: Partial<AnchorOptions> = {}) =>
      sealBatchOnce({
        database,
        chain: createChain({ rpcUrls: ["http://127.0.0.1:1"], chainId: 1 }),
        contracts: { escrow: ADDRESS, panel: ADDRESS, registry: ADDRESS, fromBlock: 0 },
        log: silentLog,
        now: () => time,
        batchSeconds: BATCH_SECONDS,
        batchSize: 1_000,
        ...options,
      });
    const file = async (n: number, times: { receivedAt: number; anchorBy: number }) => {
      const leaf = keccak256(numberToHex(n));
      await saveEvidence(database.db, {
        digest: leaf,
        leaf,
        dealId: null,
        submitter: ADDRESS,
        signature: "0x01",
        account: "key",
        cid: null,
        record: {},
        ...times,
        receipt: "0x01",
      });
      return leaf;
    };
    const isSealed = async (leaf: Hex) => (await readEvidence(database.db, leaf))?.batchRoot !== null;

    it("waits for others until the oldest has waited long enough", async () => {
      await file(1, { receivedAt: NOON, anchorBy: NOON + 900 });
      expect(await sealAt(NOON + BATCH_SECONDS - 1)).equal(undefined);
      expect(await sealAt(NOON + BATCH_SECONDS)).a("string");
    });

    it("waits for nobody once a promise falls due", async () => {
      const dueBy = NOON + 10 + ANCHOR_MARGIN;
      await file(1, { receivedAt: NOON, anchorBy: dueBy });
      expect(await sealAt(NOON + 9)).equal(undefined);
      expect(await sealAt(NOON + 10)).a("string");
    });

    it("takes what was promised soonest first", async () => {
      const patient = await file(1, { receivedAt: NOON, anchorBy: NOON + 900 });
      const pressing = await file(2, { receivedAt: NOON + 1, anchorBy: NOON + 200 });
      await sealAt(NOON + BATCH_SECONDS, { batchSize: 1 });
      expect([await isSealed(patient), await isSealed(pressing)]).deep.equal([false, true]);
    });

    it("seals by a clock that was put back", async () => {
      await file(1, { receivedAt: NOON, anchorBy: NOON + 900 });
      expect(await sealAt(NOON - 3_600)).a("string");
    });
  });
}
