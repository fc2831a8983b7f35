import { sql } from "kysely";
import type { ErrorCode, ErrorDetails } from "../core/errors.ts";
import { inSeconds, now } from "./clock.ts";
import type { Connection, Db } from "./database.ts";
import type { Row } from "./schema.ts";
import type { OutboxKind, OutboxState } from "./tables.ts";

/** Work that waits to be done, or how it ended. */
export type OutboxRow = Row<"outbox">;

/** Work to be done once for its natural key. */
export type NewRow = Readonly<{
  naturalKey: string;
  kind: OutboxKind;
  payload: unknown;
  /** Rows with the same key are sent in the order in which they came in. */
  orderKey?: string;
}>;

const blocking = ["queued", "assigned", "broadcast"] as const satisfies OutboxState[];

/**
 * Adds a row, or finds the one that has its natural key. Belongs into the transaction of what
 * causes it.
 */
export async function enqueue(db: Connection, row: NewRow): Promise<{ id: number; isNew: boolean }> {
  const added = await db
    .insertInto("outbox")
    .values({
      naturalKey: row.naturalKey,
      kind: row.kind,
      payload: JSON.stringify(row.payload),
      orderKey: row.orderKey ?? null,
    })
    .onConflict((conflict) => conflict.column("naturalKey").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (added !== undefined) return { id: added.id, isNew: true };
  const found = await db
    .selectFrom("outbox")
    .select("id")
    .where("naturalKey", "=", row.naturalKey)
    .executeTakeFirstOrThrow();
  return { id: found.id, isNew: false };
}

/**
 * A deadline that was queued before: by itself, or in a batch that still waits (`isPending`) or is
 * over.
 */
export type QueuedDeadline = Readonly<{ key: string; inBatch: boolean; isPending: boolean }>;

/** Which of the deadlines were queued before, each by the newest row that names it. */
export async function readQueuedDeadlines(db: Connection, keys: readonly string[]): Promise<QueuedDeadline[]> {
  const { rows } = await sql<QueuedDeadline>`
    with wanted as (select jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) as key),
    named as (
      select key, id, state, false as batched from outbox join wanted on natural_key = key
      union all
      select key, id, state, true from outbox
        cross join lateral jsonb_array_elements_text(payload -> 'deadlines') as key
        where payload ? 'deadlines' and payload -> 'deadlines' ?| (select array_agg(wanted.key) from wanted)
          and key in (select wanted.key from wanted))
    select distinct on (key) key, batched as "inBatch",
      state in ('queued', 'assigned', 'broadcast', 'mined', 'safe') as "isPending"
    from named order by key, id desc`.execute(db);
  return rows;
}

/** Takes waiting rows for `owner` alone, oldest first, until the lease ends. */
export async function claim(
  db: Db,
  owner: string,
  options: { kinds: readonly OutboxKind[]; limit: number; leaseSeconds: number },
): Promise<OutboxRow[]> {
  const rows = await db
    .updateTable("outbox")
    .set((eb) => ({
      leaseOwner: owner,
      leaseUntil: inSeconds(options.leaseSeconds),
      tries: eb("tries", "+", 1),
      updatedAt: now,
    }))
    .where("id", "in", (query) =>
      query
        .selectFrom("outbox as waiting")
        .select("waiting.id")
        .where("waiting.state", "=", "queued")
        .where("waiting.kind", "in", options.kinds)
        .where((eb) =>
          eb.or([
            eb.and([
              eb.or([eb("waiting.leaseUntil", "is", null), eb("waiting.leaseUntil", "<=", now)]),
              eb.or([eb("waiting.notBefore", "is", null), eb("waiting.notBefore", "<=", now)]),
            ]),
            // A row that was written in the future: the clock was put back, and its lease and pause
            // mean nothing.
            eb("waiting.updatedAt", ">", inSeconds(1)),
          ]),
        )
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom("outbox as earlier")
                .select("earlier.id")
                .whereRef("earlier.orderKey", "=", "waiting.orderKey")
                .whereRef("earlier.id", "<", "waiting.id")
                .where("earlier.state", "in", blocking),
            ),
          ),
        )
        .orderBy("waiting.id")
        .limit(options.limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return rows.toSorted((a, b) => a.id - b.id);
}

/** Gives a claimed row back, to be tried again after a pause. */
export async function postpone(db: Db, id: number, why: { code: ErrorCode; seconds: number }): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ leaseOwner: null, leaseUntil: null, notBefore: inSeconds(why.seconds), code: why.code, updatedAt: now })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
}

/** Ends a row that no transaction was made for. */
export async function reject(db: Db, id: number, why: { code: ErrorCode; detail: ErrorDetails }): Promise<void> {
  await db
    .updateTable("outbox")
    .set({
      state: "rejected",
      leaseOwner: null,
      leaseUntil: null,
      code: why.code,
      detail: JSON.stringify(why.detail),
      updatedAt: now,
    })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
}

/**
 * Lets a rejected row be tried again, on the request of whoever caused it and with what they hand
 * in now.
 */
export async function reopen(db: Connection, id: number, payload: unknown): Promise<void> {
  await db
    .updateTable("outbox")
    .set({
      state: "queued",
      payload: JSON.stringify(payload),
      code: null,
      detail: null,
      notBefore: null,
      updatedAt: now,
    })
    .where("id", "=", id)
    .where("state", "=", "rejected")
    .execute();
}

/** The same for a row that was rejected some time ago and is still wanted. */
export async function reopenStale(db: Connection, id: number, seconds: number): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ state: "queued", code: null, detail: null, notBefore: null, updatedAt: now })
    .where("id", "=", id)
    .where("state", "=", "rejected")
    .where("updatedAt", "<", inSeconds(-seconds))
    .execute();
}

/** The same for every anchor: it has no reason to be refused for good. */
export async function reopenStaleAnchors(db: Connection, seconds: number): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ state: "queued", code: null, detail: null, notBefore: null, updatedAt: now })
    .where("kind", "=", "anchor")
    .where("state", "=", "rejected")
    .where("updatedAt", "<", inSeconds(-seconds))
    .execute();
}

/** Seconds that the oldest unfinished row has been waiting; 0 when nothing waits. */
export async function readOutboxAge(db: Db): Promise<number> {
  const { age } = await db
    .selectFrom("outbox")
    .select(sql<number>`coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8`.as("age"))
    .where("state", "in", blocking)
    .executeTakeFirstOrThrow();
  return age;
}
