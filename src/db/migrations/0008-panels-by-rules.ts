import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Finds the panel that terms name among all events. */
export const panelsByRules: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql.raw("create index events_panels on events ((args->>'rules')) where name = 'PanelRegistered'").execute(db);
  },
};
