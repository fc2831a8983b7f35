import { sql } from "kysely";
import type { Db } from "./database.ts";

/** How long a relayer's leases last; it takes them again long before. */
export const LEASE_SECONDS = 15;

/**
 * Whether `owner` may do the named job for the next seconds: nobody else holds it, or their time is
 * over, which it is at `until` itself and when it lies further ahead than a lease lasts, because
 * the clock was put back. A lease saves double work between replicas; what must not happen twice is
 * guarded by rows, never by a lease.
 */
export async function takeLease(db: Db, name: string, lease: { owner: string; seconds: number }): Promise<boolean> {
  const until = sql<Date>`clock_timestamp() + make_interval(secs => ${lease.seconds})`;
  const taken = await db
    .insertInto("leases")
    .values({ name, owner: lease.owner, until })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet({ owner: lease.owner, until })
        .where((where) =>
          where.or([
            where("leases.owner", "=", lease.owner),
            where("leases.until", "<=", sql<Date>`clock_timestamp()`),
            where("leases.until", ">", sql<Date>`clock_timestamp() + make_interval(secs => ${lease.seconds + 1})`),
          ]),
        ),
    )
    .returning("name")
    .executeTakeFirst();
  return taken !== undefined;
}

/** Gives up every lease of `owner`, so that another need not wait for their ends. */
export async function dropLeases(db: Db, owner: string): Promise<void> {
  await db.deleteFrom("leases").where("owner", "=", owner).execute();
}
