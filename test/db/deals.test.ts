import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { CompiledQuery, type KyselyPlugin, sql } from "kysely";
import type { Hex } from "viem";
import { undisputed } from "../../src/core/deal/dealTable.ts";
import type { Terms } from "../../src/core/deal/terms.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import {
  deleteUnfundedDeals,
  listDeals,
  readDeal,
  readDueDeals,
  readTerms,
  saveDeal,
  saveFundedDeals,
} from "../../src/db/deals.ts";
import { insertBlocks, insertEvents } from "../../src/db/events.ts";
import { readPanel } from "../../src/db/panels.ts";
import { type Projection, writeProjections } from "../../src/db/projections.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { party, smallTerms, word } from "../fixtures/smallDeal.ts";

const terms: Terms = { ...smallTerms, price: 2n ** 96n - 1n };

const funding = (id: Hex) => ({
  contract: "escrow",
  name: "DealFunded",
  args: { id },
  dealId: id,
  blockNumber: 1,
  blockHash: word(1),
  timestamp: 100,
  txHash: word(2),
  logIndex: Number(BigInt(id)),
  subjects: [`deal:${id}`],
});

const clocks = { threshold: 1, answerWindow: 3_600, minInspection: 3_600, minBackstop: 7_200 };

const projectionOf = (id: Hex, blockNumber: number): Projection<"deal"> => ({
  kind: "deal",
  key: id,
  state: {
    dealId: id,
    ...undisputed("funded", 2n ** 96n - 1n),
    fundedAt: 100,
    fundingTx: word(2),
    tracking: null,
    proof: null,
    statement: null,
    disputedBy: null,
    refunded: 0n,
    outcome: null,
    next: { action: "expire", at: 20 + blockNumber },
  },
  parties: [terms.buyer, terms.seller],
  status: "funded",
  dueAt: 20 + blockNumber,
  blockNumber,
});

for (const engine of engines) {
  describe(`deals on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let database: Database;
    let db: Database["db"];
    before(async () => {
      databases = await startDatabases(engine);
    });
    after(() => databases.stop());
    beforeEach(async () => {
      database = await createDatabase(await databases.create());
      db = database.db;
    });
    afterEach(() => database.close());

    const saveFunded = (...ids: readonly Hex[]) =>
      db.transaction().execute((tx) =>
        saveFundedDeals(
          tx,
          ids.map((id) => ({ id, terms })),
        ),
      );
    const deleteUnfunded = (ids?: readonly Hex[]) => db.transaction().execute((tx) => deleteUnfundedDeals(tx, ids));
    const project = (...rows: readonly Projection[]) => db.transaction().execute((tx) => writeProjections(tx, rows));
    const rowOf = (id: Hex) => db.selectFrom("deals").selectAll().where("dealId", "=", id).executeTakeFirst();

    it("gives terms back with the amounts that went in, and no deal that it does not know", async () => {
      await saveFunded(word(1));
      expect((await readDeal(db, word(1)))?.terms).deep.equal(terms);
      expect(await readDeal(db, word(2))).equal(undefined);
      expect(await readTerms(db, [word(1), word(2)])).deep.equal([{ id: word(1), terms }]);
    });

    it("does not take a funding for a registration, and adds what is registered later", async () => {
      await saveFunded(word(1));
      expect(await rowOf(word(1))).include({ registeredAt: null, order: null, sellerSignature: null });
      await saveDeal(db, { id: word(1), terms, order: { number: 1 }, sellerSignature: "0x12" });
      const { registeredAt, order, sellerSignature } = (await rowOf(word(1)))!;
      expect(registeredAt).instanceOf(Date);
      expect([order, sellerSignature]).deep.equal([{ number: 1 }, "0x12"]);
    });

    it("keeps what was registered when the deal is funded or registered again", async () => {
      await saveDeal(db, { id: word(1), terms, order: { number: 1 }, sellerSignature: "0x12" });
      const registered = await rowOf(word(1));
      await saveFunded(word(1));
      await saveDeal(db, { id: word(1), terms, order: null, sellerSignature: null });
      expect(await rowOf(word(1))).deep.equal(registered);
    });

    it("forgets what was neither registered nor is funded, of a list or of all", async () => {
      await saveDeal(db, { id: word(1), terms, order: null, sellerSignature: null });
      await saveFunded(word(2), word(3), word(4));
      await db.transaction().execute((tx) => insertEvents(tx, [funding(word(2))]));
      const known = async () => (await readTerms(db, [1, 2, 3, 4].map(word))).map(({ id }) => id).toSorted();
      await deleteUnfunded([word(1), word(2), word(3)]);
      expect(await known()).deep.equal([word(1), word(2), word(4)]);
      await deleteUnfunded();
      expect(await known()).deep.equal([word(1), word(2)]);
    });

    it("reads a deal, a page of deals and what is due in one query each", async () => {
      const ids = [1, 2, 3].map(word);
      await saveFunded(...ids);
      await saveDeal(db, { id: word(4), terms, order: null, sellerSignature: "0x12" });
      await project(...ids.map((id, i) => projectionOf(id, i + 1)));
      await db
        .transaction()
        .execute((tx) => insertBlocks(tx, [{ number: 9, hash: word(9), parentHash: word(8), timestamp: 900 }]));
      let count = 0;
      const counter: KyselyPlugin = {
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          count += 1;
          return result;
        },
      };
      const counted = db.withPlugin(counter);
      const queries = async <T>(read: Promise<T>) => {
        const result = await read;
        const made = count;
        count = 0;
        return [made, result] as const;
      };

      const known = { terms, sellerSignature: null, asOf: 900 };
      expect(await queries(readDeal(counted, word(1)))).deep.equal([
        1,
        { id: word(1), ...known, projection: projectionOf(word(1), 1).state },
      ]);
      expect(await queries(readDeal(counted, word(4)))).deep.equal([
        1,
        { id: word(4), ...known, sellerSignature: "0x12", projection: undefined },
      ]);
      const [once, page] = await queries(listDeals(counted, { party: terms.buyer, status: "funded", limit: 2 }));
      expect([once, page.map(({ id, asOf }) => [id, asOf])]).deep.equal([
        1,
        [
          [word(3), 900],
          [word(2), 900],
        ],
      ]);
      const after = { blockNumber: page[1]!.blockNumber, id: page[1]!.id };
      expect((await listDeals(db, { after, limit: 2 })).map(({ id }) => id)).deep.equal([word(1)]);
      expect(await listDeals(db, { party: party(9), limit: 2 })).deep.equal([]);
      const [dueOnce, due] = await queries(readDueDeals(counted, 22, 10));
      expect([dueOnce, due.map(({ id }) => id)]).deep.equal([1, [word(1), word(2)]]);
      expect(due[0]!.projection.next).deep.equal({ action: "expire", at: 21 });
    });

    it("finds the page of deals that moved last by an index, from the first and from any later place", async () => {
      const ids = Array.from({ length: 2_000 }, (_, i) => word(i + 1));
      await saveFunded(...ids);
      await project(...ids.map((id, i) => projectionOf(id, i + 1)));
      await sql`analyze`.execute(db);
      for (const place of [{}, { after: { blockNumber: 1_000, id: word(1_000) } }]) {
        const plan = await planOf((watched) => listDeals(watched, { ...place, limit: 20 }));
        expect(plan).contain("Index Scan Backward using projections_moved").and.not.contain("Sort Key: projection");
      }
    });

    it("finds the panel that terms name by an index, among the events of many deals", async () => {
      const ids = Array.from({ length: 500 }, (_, i) => word(i + 1));
      const registered = ids.map((rules, i) => ({
        ...funding(rules),
        contract: "panel",
        name: "PanelRegistered",
        args: { rules, panel: clocks, arbitrators: [party(i + 1)] },
        dealId: null,
        blockHash: word(3),
        subjects: [],
      }));
      const fundings = ids.map(funding).map((event) => ({ ...event, args: {} }));
      await db.transaction().execute((tx) => insertEvents(tx, [...fundings, ...registered]));
      await sql`analyze`.execute(db);
      expect(await readPanel(db, word(7))).deep.equal({ ...clocks, arbitrators: [party(7)] });
      expect(await readPanel(db, word(501))).equal(undefined);
      expect(await planOf((watched) => readPanel(watched, word(7)))).contain("events_panels");
    });

    /** How the engine would run the one query that something makes. */
    const planOf = async (run: (watched: Database["db"]) => Promise<unknown>) => {
      let query: CompiledQuery | undefined;
      const watcher: KyselyPlugin = {
        transformQuery: ({ node, queryId }) => {
          query = db.getExecutor().compileQuery(node, queryId);
          return node;
        },
        transformResult: async ({ result }) => result,
      };
      await run(db.withPlugin(watcher));
      const { rows } = await db.executeQuery(CompiledQuery.raw(`explain ${query!.sql}`, [...query!.parameters]));
      return JSON.stringify(rows);
    };
  });
}
