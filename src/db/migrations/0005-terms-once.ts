import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

// The terms of a deal stood in its registration, in its projection and in the event of its funding;
// now in `deals` alone, also for deals that nobody registered here. A party of a deal is in its
// terms, and is looked up by its projection.
const statements = [
  "alter table deals rename column created_at to registered_at",
  "alter table deals alter column registered_at drop not null",
  "alter table deals alter column registered_at drop default",
  "alter table deals drop column buyer, drop column seller, drop column marketplace",
  `insert into deals (deal_id, terms)
     select key, state -> 'terms' from projections where kind = 'deal' and state ? 'terms'
     on conflict (deal_id) do nothing`,
  "update projections set state = state - 'terms' where kind = 'deal'",
  `update events set args = args - 'terms'
     where name = 'DealFunded' and exists (select from deals where deals.deal_id = events.deal_id)`,
];

/** Terms are in `deals` only, also of deals that nobody registered. */
export const termsOnce: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
