import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Lists deals, those that moved last first, without sorting all of them. */
export const dealsByMovement: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql.raw("create index projections_moved on projections (kind, block_number, key)").execute(db);
  },
};
