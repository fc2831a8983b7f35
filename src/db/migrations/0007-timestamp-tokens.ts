import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

// A row without a token is one to be asked for, so a relayer that dies meanwhile asks again, and
// keeps one answer.
const statements = [
  `create table timestamp_tokens (
     root text not null references batches (root),
     tsa_url text not null,
     generation integer not null default 0,
     token text,
     time bigint,
     certificate_expires bigint,
     tries integer not null default 0,
     not_before timestamptz,
     problem text,
     created_at timestamptz not null default clock_timestamp(),
     primary key (root, tsa_url, generation),
     check ((token is null) = (time is null) and (token is null) = (certificate_expires is null))
   )`,
  "create index timestamp_tokens_open on timestamp_tokens (tsa_url, created_at) where token is null",
  "create index timestamp_tokens_ending on timestamp_tokens (certificate_expires) where token is not null",
];

/** Time stamp tokens over batch roots, and those that are to be asked for. */
export const timestampTokens: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
