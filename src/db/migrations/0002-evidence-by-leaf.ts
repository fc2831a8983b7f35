import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

// The digest of a record does not say who signed it: whoever files a copy of another's record must
// not stand in its way.
const statements = [
  "alter table evidence drop constraint evidence_pkey",
  "alter table evidence drop constraint evidence_leaf_key",
  "alter table evidence add primary key (leaf)",
  "alter table evidence add unique (digest, submitter)",
];

/** Evidence is found by its leaf, which says who signed it. */
export const evidenceByLeaf: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
