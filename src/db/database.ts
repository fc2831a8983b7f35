import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import {
  CamelCasePlugin,
  Kysely,
  PGliteDialect,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type Transaction,
} from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import { ProtocolError } from "../core/errors.ts";
import { lockDir } from "./dirLock.ts";
import { migrations } from "./migrations/all.ts";
import type { Tables } from "./schema.ts";

/** Where the rows are: in files of this process, or on a PostgreSQL server. */
export type DatabaseOptions = Readonly<{ dataDir: string }> | Readonly<{ url: string }>;

/** Kysely over the protocol's tables. */
export type Db = Kysely<Tables>;

/** Runs queries: a database, or a transaction of it. */
export type Connection = Db | Transaction<Tables>;

/** An open database with its engine. `close` ends its connections and frees its directory. */
export type Database = Readonly<{ db: Db; engine: "pglite" | "postgres"; close: () => Promise<void> }>;

const INT8 = 20;
const MAX_CONNECTIONS = 10;

// Column names are snake_case in SQL; JSON documents keep the keys that they were written with.
const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];

/**
 * A migrated database: PostgreSQL at `url`, or one inside this process that keeps its files in
 * `dataDir` and lets no second process near them. Ids, block numbers and seconds are numbers,
 * amounts decimal text, on both.
 *
 * @throws `data-dir-locked`, `data-dir-unusable`, `database-unreachable`, or `database-refused` (no
 *   such database, no right)
 */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  const opened = "url" in options ? openPostgres(options.url) : await openPglite(options.dataDir);
  try {
    await migrate(opened.db);
  } catch (cause) {
    await opened.close();
    throw cause;
  }
  return opened;
}

/**
 * Whether a text says where a PostgreSQL database is, as libpq writes it: a host and port, or a
 * Unix socket's directory (`postgres:///holdfast?host=/var/run/postgresql`).
 */
export function isPostgresUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text)) return false;
  try {
    return new pg.Client({ connectionString: text }).port > 0;
  } catch {
    return false;
  }
}

const openPglite = async (dataDir: string): Promise<Database> => {
  const unlock = lockDir(dataDir);
  try {
    const files = join(dataDir, "postgres");
    mkdirSync(files, { recursive: true });
    const pglite = await PGlite.create(files, { parsers: { [INT8]: Number } });
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }), plugins });
    return {
      db,
      engine: "pglite",
      close: async () => {
        await db.destroy();
        if (!pglite.closed) await pglite.close();
        unlock();
      },
    };
  } catch (cause) {
    unlock();
    throw new ProtocolError("data-dir-unusable", { dir: dataDir }, { cause });
  }
};

const openPostgres = (url: string): Database => {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) },
  });
  // A connection that breaks between two queries is replaced at the next one, which reports it if
  // it cannot. Unheard, either event would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: namingFailures(pool) }), plugins });
  return {
    db,
    engine: "postgres",
    close: async () => {
      await db.destroy();
      if (!pool.ended) await pool.end();
    },
  };
};

const migrate = async (db: Db) => {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
};

const connectionFailures = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
]);

/**
 * The server is there and refuses: no such database, an account or password that is wrong, a right
 * that is missing.
 */
const refusals = new Set(["3D000", "28000", "28P01", "42501"]);

const isRefused = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && refusals.has(String(error.code));

const isLost = (error: unknown) =>
  error instanceof Error &&
  (("code" in error && connectionFailures.has(String(error.code))) || /timeout|terminated/i.test(error.message));

const nameFailure = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (cause) {
    if (isRefused(cause)) throw new ProtocolError("database-refused", { reason: cause.message }, { cause });
    throw isLost(cause) ? new ProtocolError("database-unreachable", {}, { cause }) : cause;
  }
};

/** The pool with a code for what fails because of the server, and not because of the query. */
const namingFailures = (pool: pg.Pool): PostgresPool => ({
  options: pool.options,
  connect: async () => {
    const client = await nameFailure(pool.connect());
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    return {
      query: ((...args: unknown[]) => {
        const answer = query(...args);
        return answer instanceof Promise ? nameFailure(answer) : answer;
      }) as PostgresPoolClient["query"],
      release: () => client.release(),
    };
  },
  end: () => pool.end(),
});
