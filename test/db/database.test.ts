import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { sql } from "kysely";
import { createDatabase } from "../../src/db/database.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { rejection } from "../fixtures/rejection.ts";

const noProc = existsSync("/proc/self") ? false : "no /proc on this system";
const holder = join(import.meta.dirname, "../fixtures/holdDatabase.ts");

for (const engine of engines) {
  describe(`createDatabase on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    before(async () => {
      databases = await startDatabases(engine);
    });
    after(() => databases.stop());

    it("migrates once and keeps rows over a restart", async () => {
      const options = await databases.create();
      const first = await createDatabase(options);
      await first.db
        .insertInto("cursor")
        .values({ name: "chain", number: 2 ** 40, hash: "0xaa" })
        .execute();
      await first.close();

      const second = await createDatabase(options);
      const rows = await second.db.selectFrom("cursor").selectAll().execute();
      await second.close();
      expect(rows).deep.equal([{ name: "chain", number: 2 ** 40, hash: "0xaa" }]);
    });

    it("returns the same values for each column type", async () => {
      const { db, close } = await createDatabase(await databases.create());
      await db
        .insertInto("outbox")
        .values({ naturalKey: "a", kind: "tx", payload: JSON.stringify({ snake_case: ["1"] }) })
        .execute();
      await db.insertInto("signers").values({ address: "0x01", chainId: 31337, nextNonce: 1 }).execute();
      await db.insertInto("nonces").values({ signer: "0x01", nonce: 0, outboxId: 1 }).execute();
      const maxFee = (2n ** 200n).toString();
      const gas = "21000";
      await db
        .insertInto("attempts")
        .values({
          outboxId: 1,
          signer: "0x01",
          nonce: 0,
          hash: "0x02",
          raw: "0x03",
          gas,
          maxFee,
          maxPriorityFee: "1",
          purpose: "call",
        })
        .execute();
      const row = await db.selectFrom("outbox").selectAll().executeTakeFirstOrThrow();
      const attempt = await db.selectFrom("attempts").selectAll().executeTakeFirstOrThrow();
      await close();
      expect(row.id).equal(1);
      expect(row.payload).deep.equal({ snake_case: ["1"] });
      expect(row.createdAt).instanceOf(Date);
      expect(attempt.maxFee).equal(maxFee);
    });

    it("rolls a failed transaction back while others commit", async () => {
      const { db, close } = await createDatabase(await databases.create());
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          db.transaction().execute(async (tx) => {
            await tx
              .insertInto("cursor")
              .values({ name: `${i}`, number: i, hash: "0x" })
              .execute();
            if (i % 2 === 0) await sql`select 1 / 0`.execute(tx);
          }),
        ),
      );
      const rows = await db.selectFrom("cursor").select("number").orderBy("number").execute();
      await close();
      expect(outcomes.filter(({ status }) => status === "rejected")).length(10);
      expect(rows.map(({ number }) => number % 2)).deep.equal(Array(10).fill(1));
    });
  });
}

describe("createDatabase on a PostgreSQL server that goes away", { skip: engineMissing("postgres") }, () => {
  let databases: Databases;
  before(async () => {
    databases = await startDatabases("postgres");
  });
  after(() => databases.stop());

  it("says so by its code, and works again when the server is back", async () => {
    const { db, close } = await createDatabase(await databases.create());
    const cutOff = sql`select pg_terminate_backend(pg_backend_pid())`.execute(db);
    await rejection(cutOff, "database-unreachable");
    const dropped = db.transaction().execute(async (tx) => {
      await tx.insertInto("cursor").values({ name: "x", number: 1, hash: "0x" }).execute();
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
    });
    await rejection(dropped, "database-unreachable");
    expect(await db.selectFrom("cursor").selectAll().execute()).deep.equal([]);
    await close();
  });
});

describe("createDatabase on a PostgreSQL server that refuses", { skip: engineMissing("postgres") }, () => {
  let databases: Databases;
  let created: string;
  before(async () => {
    databases = await startDatabases("postgres");
    const options = await databases.create();
    created = "url" in options ? options.url : "";
  });
  after(() => databases.stop());

  it("names a database and an account that are not there", async () => {
    const missing = await rejection(createDatabase({ url: created.replace("/test1", "/none") }), "database-refused");
    expect(missing.details).deep.equal({ reason: 'database "none" does not exist' });
    const stranger = await rejection(
      createDatabase({ url: created.replace("holdfast@", "none@") }),
      "database-refused",
    );
    expect(stranger.details).deep.equal({ reason: 'role "none" does not exist' });
  });

  it("names a right that the account lacks", async () => {
    const { db, close } = await createDatabase({ url: created });
    await sql`create role guest login`.execute(db);
    await sql`create database guarded`.execute(db);
    await close();
    const url = created.replace("holdfast@", "guest@").replace("/test1", "/guarded");
    const refused = await rejection(createDatabase({ url }), "database-refused");
    expect(refused.details).deep.equal({ reason: "permission denied for schema public" });
  });
});

describe("createDatabase", () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-dir-"));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("refuses a directory that another process has open, and takes it over when that process is killed", async () => {
    const dataDir = join(dir, "shared");
    const other = spawn(process.execPath, [holder, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
    await once(other.stdout, "data");
    const refused = await rejection(createDatabase({ dataDir }), "data-dir-locked");
    expect(refused.details).deep.equal({ dir: dataDir });

    other.kill("SIGKILL");
    await once(other, "exit");
    const database = await createDatabase({ dataDir });
    await database.close();
  });

  it("refuses a place where the system makes no directory", { skip: noProc }, async () => {
    await rejection(createDatabase({ dataDir: "/proc/holdfast/database" }), "data-dir-unusable");
  });

  it("refuses a path that is not a directory", async () => {
    const dataDir = join(dir, "file");
    writeFileSync(dataDir, "");
    await rejection(createDatabase({ dataDir }), "data-dir-unusable");
  });

  it("reports a PostgreSQL server that does not answer, without its password", async () => {
    const error = await rejection(
      createDatabase({ url: "postgresql://someone:hunter2@127.0.0.1:1/none" }),
      "database-unreachable",
    );
    expect(String(error.message)).not.contain("hunter2");
  });
});
