import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** An idempotency key knows how many requests hold it. */
export const idempotencyHolders: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql.raw("alter table idempotency add column holders integer not null default 1").execute(db);
  },
};
