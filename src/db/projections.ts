import { sql, type Transaction } from "kysely";
import type { Connection } from "./database.ts";
import { toJson } from "./json.ts";
import { type ProjectionKind, type ProjectionStates, parseState } from "./projectionStates.ts";
import type { Tables } from "./schema.ts";

/**
 * One thing that the chain knows, as it is kept: what it says, whom it concerns, and from when
 * anyone may act on it.
 */
export type Projection<K extends ProjectionKind = ProjectionKind> = Readonly<{
  kind: K;
  /** Unique within its kind. */
  key: string;
  state: ProjectionStates[K];
  /** Who is a party of it, in lower case. */
  parties: readonly string[];
  status: string | null;
  /** Unix second from which anyone may move it; null where no clock runs. */
  dueAt: number | null;
  /** The block that changed it last. */
  blockNumber: number;
}>;

const columns = ["kind", "key", "state", "parties", "status", "dueAt", "blockNumber"] as const;

/** Projections by their `kind:key` names; those that are not there are left out. */
export async function readProjections(db: Connection, subjects: readonly string[]): Promise<Projection[]> {
  if (subjects.length === 0) return [];
  const rows = await db
    .selectFrom("projections")
    .select(columns)
    .where(
      sql<boolean>`(kind, key) in (
        select split_part(subject, ':', 1), substr(subject, strpos(subject, ':') + 1)
        from jsonb_array_elements_text(${JSON.stringify(subjects)}::jsonb) as subject)`,
    )
    .execute();
  return rows.map((row) => ({ ...row, state: parseState(row.kind, row.state) }));
}

/** One projection; `undefined` while the chain has nothing of that name. */
export async function readProjection<K extends ProjectionKind>(
  db: Connection,
  kind: K,
  key: string,
): Promise<Projection<K> | undefined> {
  const row = await db
    .selectFrom("projections")
    .select(columns)
    .where("kind", "=", kind)
    .where("key", "=", key)
    .executeTakeFirst();
  return row && { ...row, kind, state: parseState(kind, row.state) };
}

/** Keeps projections in the place of those of the same names. */
export async function writeProjections(tx: Transaction<Tables>, rows: readonly Projection[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into projections (kind, key, state, parties, status, due_at, block_number)
    select kind, key, state, array(select jsonb_array_elements_text(parties)), status, "dueAt", "blockNumber"
    from jsonb_to_recordset(${toJson(rows)}::jsonb) as row (
      kind text, key text, state jsonb, parties jsonb, status text, "dueAt" bigint, "blockNumber" bigint)
    on conflict (kind, key) do update set
      state = excluded.state, parties = excluded.parties, status = excluded.status, due_at = excluded.due_at,
      block_number = excluded.block_number`.execute(tx);
}

/** Forgets projections by their `kind:key` names. */
export async function deleteProjections(tx: Transaction<Tables>, subjects: readonly string[]): Promise<void> {
  if (subjects.length === 0) return;
  await sql`
    delete from projections where (kind, key) in (
      select split_part(subject, ':', 1), substr(subject, strpos(subject, ':') + 1)
      from jsonb_array_elements_text(${JSON.stringify(subjects)}::jsonb) as subject)`.execute(tx);
}

/** Forgets every projection. */
export async function deleteAllProjections(tx: Transaction<Tables>): Promise<void> {
  await tx.deleteFrom("projections").execute();
}

/**
 * When the next deal may be moved by anyone, in Unix seconds; `null` when no deal has a clock
 * running.
 */
export async function readNextDue(db: Connection): Promise<number | null> {
  const { dueAt } = await db
    .selectFrom("projections")
    .select(({ fn }) => fn.min("dueAt").as("dueAt"))
    .where("kind", "=", "deal")
    .executeTakeFirstOrThrow();
  return dueAt;
}
