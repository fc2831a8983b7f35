import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { expect } from "chai";
import { Kysely, PGliteDialect, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import type { Hex } from "viem";
import { createDatabase, type DatabaseOptions } from "../../src/db/database.ts";
import { readDeal } from "../../src/db/deals.ts";
import { migrations } from "../../src/db/migrations/all.ts";
import { rebuildProjections } from "../../src/relayer/applyRange.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";

type JsonRow = Readonly<Record<string, unknown>>;

/** What a relayer left in its tables before the terms of a deal moved into `deals`: four deals, two of them registered. */
const rowsOf0004 = JSON.parse(readFileSync(join(import.meta.dirname, "rowsOf0004.json"), "utf8")) as Readonly<
  Record<"cursor" | "blocks" | "deals" | "events" | "projections", readonly JsonRow[]>
>;

const open = async (options: DatabaseOptions) => {
  if ("url" in options) {
    return new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: options.url }) }),
    });
  }
  const files = join(options.dataDir, "postgres");
  mkdirSync(files, { recursive: true });
  return new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: await PGlite.create(files) }) });
};

/** Makes a database as the fourth step of the schema left it, with rows in it. */
const createOf0004 = async (options: DatabaseOptions) => {
  const db = await open(options);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateTo("0004-deadline-batches");
  if (error !== undefined) throw error;
  for (const [table, rows] of Object.entries(rowsOf0004)) {
    const columns = sql.join(Object.keys(rows[0]!).map((name) => sql.ref(name)));
    await sql`insert into ${sql.table(table)} (${columns})
      select ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
      db,
    );
  }
  await db.destroy();
};

for (const engine of engines) {
  describe(`migrating an older database on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    before(async () => {
      databases = await startDatabases(engine);
    });
    after(() => databases.stop());

    it("moves the terms of a deal out of projections and events into deals", async () => {
      const given = await databases.create();
      const options = "url" in given ? given : { dataDir: `${given.dataDir}-0004` };
      await createOf0004(options);
      const { db, close } = await createDatabase(options);

      const deals = await db.selectFrom("deals").selectAll().execute();
      const termsOf = new Map<unknown, unknown>([
        ...rowsOf0004.deals.map((row) => [row.deal_id, row.terms] as const),
        ...rowsOf0004.projections.map(({ key, state }) => [key, (state as JsonRow).terms] as const),
      ]);
      expect(deals).length(4);
      for (const { dealId, terms } of deals) expect(terms).deep.equal(termsOf.get(dealId));
      const registered = rowsOf0004.deals.map((row) => [row.deal_id, row.created_at, row.order, row.seller_signature]);
      expect(
        deals
          .filter(({ registeredAt }) => registeredAt !== null)
          .map(({ dealId, registeredAt, order, sellerSignature }) => [
            dealId,
            registeredAt?.toISOString(),
            order,
            sellerSignature,
          ])
          .toSorted(),
      ).deep.equal(registered.toSorted());

      const projections = () => db.selectFrom("projections").selectAll().orderBy("kind").orderBy("key").execute();
      const migrated = await projections();
      expect(migrated.map(({ key }) => key)).deep.equal(rowsOf0004.projections.map(({ key }) => key));
      expect(migrated.filter(({ state }) => "terms" in (state as JsonRow))).deep.equal([]);
      const events = await db.selectFrom("events").select(["name", "args"]).execute();
      expect(events.filter(({ args }) => "terms" in args)).deep.equal([]);

      // What the present code makes of the events is what it found.
      await rebuildProjections({ db, engine, close });
      expect(await projections()).deep.equal(migrated);
      const [first] = rowsOf0004.deals;
      const deal = (await readDeal(db, first!.deal_id as Hex))!;
      expect([deal.projection?.status, deal.sellerSignature, deal.terms.coverage]).deep.equal([
        "shipped",
        first!.seller_signature,
        300n,
      ]);
      await close();
    });
  });
}
