import { sql, type Transaction } from "kysely";
import type { Db } from "./database.ts";
import type { Tables } from "./schema.ts";
import type { ProjectionKind } from "./tables.ts";

export type ProjectionRow = Readonly<{
  kind: ProjectionKind;
  key: string;
  state: Readonly<Record<string, unknown>>;
  parties: readonly string[];
  status: string | null;
  dueAt: number | null;
  blockNumber: number;
}>;

type Reader = Db | Transaction<Tables>;

const columns = ["kind", "key", "state", "parties", "status", "dueAt", "blockNumber"] as const;

/** Rows by their `kind:key` names. */
export const readProjections = async (db: Reader, subjects: readonly string[]): Promise<ProjectionRow[]> => {
  if (subjects.length === 0) return [];
  return db
    .selectFrom("projections")
    .select(columns)
    .where(
      sql<boolean>`(kind, key) in (
        select split_part(subject, ':', 1), substr(subject, strpos(subject, ':') + 1)
        from jsonb_array_elements_text(${JSON.stringify(subjects)}::jsonb) as subject)`,
    )
    .execute();
};

export const readProjection = async (
  db: Reader,
  kind: ProjectionKind,
  key: string,
): Promise<ProjectionRow | undefined> =>
  db.selectFrom("projections").select(columns).where("kind", "=", kind).where("key", "=", key).executeTakeFirst();

export const writeProjections = async (tx: Transaction<Tables>, rows: readonly ProjectionRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await sql`
    insert into projections (kind, key, state, parties, status, due_at, block_number)
    select kind, key, state, array(select jsonb_array_elements_text(parties)), status, "dueAt", "blockNumber"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (
      kind text, key text, state jsonb, parties jsonb, status text, "dueAt" bigint, "blockNumber" bigint)
    on conflict (kind, key) do update set
      state = excluded.state, parties = excluded.parties, status = excluded.status, due_at = excluded.due_at,
      block_number = excluded.block_number`.execute(tx);
};

export const deleteProjections = async (tx: Transaction<Tables>, subjects: readonly string[]): Promise<void> => {
  if (subjects.length === 0) return;
  await sql`
    delete from projections where (kind, key) in (
      select split_part(subject, ':', 1), substr(subject, strpos(subject, ':') + 1)
      from jsonb_array_elements_text(${JSON.stringify(subjects)}::jsonb) as subject)`.execute(tx);
};

export const deleteAllProjections = async (tx: Transaction<Tables>): Promise<void> => {
  await tx.deleteFrom("projections").execute();
};

/** Deals that anyone may move at `time`, the longest waiting first. */
export const readDueDeals = (db: Reader, time: number, limit: number): Promise<ProjectionRow[]> =>
  db
    .selectFrom("projections")
    .select(columns)
    .where("kind", "=", "deal")
    .where("dueAt", "<=", time)
    .orderBy("dueAt")
    .limit(limit)
    .execute();

/** When the next deal may be moved by anyone, in Unix seconds; `null` when no deal has a clock running. */
export const readNextDue = async (db: Reader): Promise<number | null> => {
  const { dueAt } = await db
    .selectFrom("projections")
    .select(({ fn }) => fn.min("dueAt").as("dueAt"))
    .where("kind", "=", "deal")
    .executeTakeFirstOrThrow();
  return dueAt;
};

/** Rows of a kind in which a person or a company is a party, newest first; `after` is the last key of the page before. */
export const listProjections = (
  db: Reader,
  kind: ProjectionKind,
  options: { party?: string; status?: string; after?: { blockNumber: number; key: string }; limit: number },
): Promise<ProjectionRow[]> => {
  let query = db.selectFrom("projections").select(columns).where("kind", "=", kind);
  const { party, status, after } = options;
  if (party !== undefined) query = query.where(sql<boolean>`parties @> array[${party.toLowerCase()}::text]`);
  if (status !== undefined) query = query.where("status", "=", status);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(block_number, key) < (${after.blockNumber}::bigint, ${after.key}::text)`);
  }
  return query.orderBy("blockNumber", "desc").orderBy("key", "desc").limit(options.limit).execute();
};
