import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { readCursor } from "../../src/db/events.ts";
import { takeLease } from "../../src/db/leases.ts";
import { createIndexer } from "../../src/relayer/indexer.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { type ReindexOptions, reindex } from "../../src/relayer/reindex.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { type Databases, startDatabases } from "../fixtures/database.ts";
import { actors, type Deployment, deploy } from "../fixtures/deployment.ts";
import { rejection } from "../fixtures/rejection.ts";

const NATIVE = "0x0000000000000000000000000000000000000000";
const digest: Hex = `0x${"11".repeat(32)}`;

describe("reindex", () => {
  let databases: Databases;
  let anvil: Anvil;
  let deployment: Deployment;
  let chain: Chain;
  let database: Database;
  let whole: unknown;
  /** The block in which the deal that is open at the end was funded. */
  let fundedIn: number;

  const options = (changes: Partial<ReindexOptions> = {}): ReindexOptions => ({
    database,
    chain,
    contracts: deployment.contracts,
    finality: { safe: 0, final: 0 },
    log: silentLog,
    from: 0,
    ...changes,
  });
  const catchUp = async () => {
    const indexer = createIndexer(options());
    while (await indexer.indexOnce());
  };
  /** All that an index says, without the numbers that a database gives its rows. */
  const everything = async () => ({
    projections: await database.db.selectFrom("projections").selectAll().orderBy("kind").orderBy("key").execute(),
    events: (
      await database.db.selectFrom("events").selectAll().orderBy("blockNumber").orderBy("logIndex").execute()
    ).map(({ id: _id, ...event }) => event),
    deals: await database.db.selectFrom("deals").selectAll().orderBy("dealId").execute(),
    cursor: await readCursor(database.db),
  });
  const lose = (name: string) => database.db.deleteFrom("events").where("name", "=", name).execute();

  before(async () => {
    databases = await startDatabases("pglite");
    anvil = await startAnvil();
    deployment = await deploy(anvil);
    chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    const { act, funded } = deployment;
    await act(actors.seller, "postBond", { args: [actors.seller.address, NATIVE, 2_000n], value: 2_000n });
    const confirmed = await funded({ feeBps: 250 });
    await act(actors.buyer, "confirm", {
      args: [confirmed.packed, confirmed.terms.price, statusNumber("funded"), "0x"],
    });
    await anvil.ask("anvil_mine", ["0x64"]);
    const open = await funded({ coverage: 300n });
    fundedIn = Number(await deployment.client.getBlockNumber());
    await act(actors.seller, "ship", { args: [open.packed, digest, "0x"] });
  });
  after(async () => {
    chain.close();
    await anvil.stop();
    databases.stop();
  });
  beforeEach(async () => {
    database = await createDatabase(await databases.create());
    await catchUp();
    whole = await everything();
  });
  afterEach(() => database.close());

  it("makes anew what a damaged index lost, equal to one that was never damaged", async () => {
    await lose("CreditAdded");
    await lose("DealFunded");
    await database.db.deleteFrom("projections").where("kind", "=", "bond").execute();
    await database.db.updateTable("projections").set({ status: "closed" }).where("kind", "=", "deal").execute();
    await deployment.act(actors.deployer, "postBond", { args: [actors.seller.address, NATIVE, 1n], value: 1n });
    const head = Number(await deployment.client.getBlockNumber());
    const seen: number[] = [];
    expect(await reindex(options({ onProgress: (block) => seen.push(block) }))).deep.equal({
      from: deployment.contracts.fromBlock,
      to: head,
    });
    expect(seen[0]).equal(deployment.contracts.fromBlock - 1);
    expect(seen.at(-1)).equal(head);
    const again = await everything();

    await database.close();
    database = await createDatabase(await databases.create());
    await catchUp();
    expect(again).deep.equal(await everything());
  });

  it("keeps what lies before the block, and reads what follows again", async () => {
    await database.db.deleteFrom("events").where("blockNumber", ">=", fundedIn).execute();
    await database.db.updateTable("projections").set({ status: "closed" }).where("kind", "=", "deal").execute();
    const { from } = await reindex(options({ from: fundedIn }));
    expect(from).within(deployment.contracts.fromBlock + 1, fundedIn);
    expect(await everything()).deep.equal(whole);
  });

  it("says index-incomplete and changes nothing when more is missing than is read again", async () => {
    await database.db.deleteFrom("events").where("name", "=", "DealFunded").execute();
    const damaged = await everything();
    const { details } = await rejection(reindex(options({ from: fundedIn + 1 })), "index-incomplete");
    expect(details.event).a("string");
    expect(await everything()).deep.equal(damaged);
    await reindex(options());
    expect(await everything()).deep.equal(whole);
  });

  it("goes on where it was stopped", async () => {
    const stopping = new AbortController();
    const reason = new Error("enough");
    const stopped = reindex(options({ signal: stopping.signal, onProgress: () => stopping.abort(reason) }));
    expect(await stopped.catch((error: unknown) => error)).equal(reason);
    expect((await everything()).events).deep.equal([]);
    await catchUp();
    expect(await everything()).deep.equal(whole);
  });

  it("refuses while a relayer indexes, and lets one index afterwards", async () => {
    await takeLease(database.db, "index", { owner: "a relayer", seconds: 15 });
    await rejection(reindex(options()), "relayer-running");
    expect(await everything()).deep.equal(whole);
    await database.db.deleteFrom("leases").execute();
    await reindex(options());
    expect(await takeLease(database.db, "index", { owner: "a relayer", seconds: 15 })).equal(true);
  });
});
