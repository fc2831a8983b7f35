import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { createChain } from "../../src/chain/client.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { rebuildProjections } from "../../src/relayer/applyRange.ts";
import { createIndexer } from "../../src/relayer/indexer.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { submitOnce } from "../../src/relayer/submit.ts";
import { createTracker } from "../../src/relayer/track.ts";
import { type Anvil, CHAIN_ID, COUNTER_CODE, startAnvil } from "../fixtures/anvil.ts";
import { type Databases, startDatabases } from "../fixtures/database.ts";
import { deploy } from "../fixtures/deployment.ts";
import { type FaultyNode, startFaultyNode } from "../fixtures/faultyNode.ts";
import { COUNTER, countOf, createSender, enqueueCount, until } from "../fixtures/sender.ts";

const INTENTS = 60;

const tolerate = async (work: () => Promise<unknown>) => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
};

describe("a node on a bad day", () => {
  let databases: Databases;
  let anvil: Anvil;
  let faulty: FaultyNode;
  let database: Database;
  before(async () => {
    databases = await startDatabases("pglite");
  });
  after(() => databases.stop());
  beforeEach(async () => {
    anvil = await startAnvil();
    faulty = await startFaultyNode(anvil.url, { seed: 7, share: 0.3 });
    database = await createDatabase(await databases.create());
  });
  afterEach(async () => {
    await database.close();
    await faulty.stop();
    await anvil.stop();
  });

  it("makes the sender neither lose nor double a call, over reorganisations", async () => {
    await anvil.ask("anvil_setCode", [COUNTER, COUNTER_CODE]);
    await anvil.ask("anvil_mine", ["0x10"]);
    for (let i = 0; i < INTENTS; i++) await enqueueCount(database, i);
    const settings = { batch: 5, leaseSeconds: 0.1, resendAfter: 0.1 };
    const sender = {
      ...createSender(database, [faulty.url], { settings }),
      finality: { safe: 2, final: 8 },
    };
    const { trackOnce } = createTracker(sender);
    let pass = 0;
    const isSettled = async () => {
      const open = await database.db.selectFrom("outbox").select("id").where("state", "!=", "final").execute();
      return open.length === 0;
    };
    await until(
      isSettled,
      async () => {
        await tolerate(() => submitOnce(sender));
        await tolerate(trackOnce);
        // The pauses between tries grow to a minute; here they are over at once, and no test waits for them.
        await database.db.updateTable("outbox").set({ notBefore: null }).execute();
        pass += 1;
        if (pass % 9 === 0 && pass < 100) await anvil.ask("anvil_reorg", [4, []]);
        else await anvil.ask("evm_mine");
      },
      300,
    );
    expect(faulty.count()).greaterThan(20);
    const counts = await Promise.all(Array.from({ length: INTENTS }, (_, i) => countOf(anvil, i)));
    expect(counts).deep.equal(Array(INTENTS).fill(1));
  });

  it("makes the indexer neither miss nor invent an event", async () => {
    const deployment = await deploy(anvil);
    const chain = createChain({ rpcUrls: [faulty.url], chainId: CHAIN_ID });
    const { contracts } = deployment;
    const indexer = createIndexer({ database, chain, contracts, finality: { safe: 0, final: 0 }, log: silentLog });
    for (let i = 0; i < 12; i++) {
      await deployment.funded();
      await tolerate(indexer.indexOnce);
      if (i % 4 === 3) await anvil.ask("anvil_reorg", [2, []]);
    }
    faulty.heal();
    while (await indexer.indexOnce());
    const actual = await deployment.client.getLogs({
      address: [contracts.escrow, contracts.panel],
      fromBlock: 0n,
      toBlock: "latest",
    });
    const indexed = await database.db.selectFrom("events").select(["blockHash", "logIndex"]).orderBy("id").execute();
    expect(indexed).deep.equal(actual.map(({ blockHash, logIndex }) => ({ blockHash, logIndex })));
    const deals = () => database.db.selectFrom("projections").selectAll().orderBy("key").execute();
    const before = await deals();
    await rebuildProjections(database);
    expect(await deals()).deep.equal(before);
    // The panel's registration changes no projection.
    expect(before.length).equal(actual.length - 1);
  });
});
