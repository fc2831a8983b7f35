import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Finds the batch that a deadline was queued in. */
export const deadlineBatches: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql
      .raw("create index outbox_deadlines on outbox using gin ((payload -> 'deadlines')) where payload ? 'deadlines'")
      .execute(db);
  },
};
