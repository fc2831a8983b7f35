import { sql, type Transaction } from "kysely";
import type { Hex } from "viem";
import type { Connection } from "./database.ts";
import type { Tables } from "./schema.ts";

/** An event of the protocol as it is kept. */
export type StoredEvent = Readonly<{
  contract: string;
  name: string;
  args: Readonly<Record<string, unknown>>;
  dealId: Hex | null;
  blockNumber: number;
  blockHash: Hex;
  timestamp: number;
  txHash: Hex;
  logIndex: number;
}>;

/** An event with what it changes, as `kind:key`. */
export type IndexedEvent = StoredEvent & Readonly<{ subjects: readonly string[] }>;

/**
 * A block whose events are all in, by which a reorganisation is noticed. `timestamp` is in Unix
 * seconds.
 */
export type BlockMark = Readonly<{ number: number; hash: Hex; parentHash: Hex; timestamp: number }>;

const CURSOR = "chain";
const eventColumns = [
  "contract",
  "name",
  "args",
  "dealId",
  "blockNumber",
  "blockHash",
  "timestamp",
  "txHash",
  "logIndex",
  "subjects",
] as const;

/** The last block whose events are all in. */
export function readCursor(db: Connection): Promise<{ number: number; hash: Hex } | undefined> {
  return db.selectFrom("cursor").select(["number", "hash"]).where("name", "=", CURSOR).executeTakeFirst();
}

/**
 * The same, kept from other replicas until the transaction ends; begins at `start` where there is
 * none to keep.
 */
export async function lockCursor(tx: Transaction<Tables>, start: { number: number; hash: Hex }) {
  // A row that is not there cannot be locked, so the first to come makes it and the second waits
  // for them.
  await tx
    .insertInto("cursor")
    .values({ name: CURSOR, ...start })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  return tx
    .selectFrom("cursor")
    .select(["number", "hash"])
    .where("name", "=", CURSOR)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Keeps the last block whose events are all in. */
export async function writeCursor(tx: Transaction<Tables>, at: { number: number; hash: Hex }) {
  await tx
    .insertInto("cursor")
    .values({ name: CURSOR, ...at })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(at))
    .execute();
}

/** Keeps events; those that are there already stay as they are. */
export async function insertEvents(tx: Transaction<Tables>, events: readonly IndexedEvent[]): Promise<void> {
  if (events.length === 0) return;
  // One parameter however many rows: thousands of rows do not fit into a statement's parameters.
  await sql`
    insert into events (contract, name, args, deal_id, block_number, block_hash, timestamp, tx_hash, log_index, subjects)
    select contract, name, args, "dealId", "blockNumber", "blockHash", timestamp, "txHash", "logIndex",
           array(select jsonb_array_elements_text(subjects))
    from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as event (
      contract text, name text, args jsonb, "dealId" text, "blockNumber" bigint, "blockHash" text, timestamp bigint,
      "txHash" text, "logIndex" integer, subjects jsonb)
    on conflict (block_hash, log_index) do nothing`.execute(tx);
}

/** Keeps blocks in the place of those of the same numbers. */
export async function insertBlocks(tx: Transaction<Tables>, blocks: readonly BlockMark[]): Promise<void> {
  if (blocks.length === 0) return;
  await sql`
    insert into blocks (number, hash, parent_hash, timestamp)
    select number, hash, "parentHash", timestamp
    from jsonb_to_recordset(${JSON.stringify(blocks)}::jsonb)
      as block (number bigint, hash text, "parentHash" text, timestamp bigint)
    on conflict (number) do update set hash = excluded.hash, parent_hash = excluded.parent_hash, timestamp = excluded.timestamp`.execute(
    tx,
  );
}

/** Known blocks at or below a number, newest first. */
export function readBlocksBelow(db: Connection, number: number, limit: number): Promise<BlockMark[]> {
  return db
    .selectFrom("blocks")
    .selectAll()
    .where("number", "<=", number)
    .orderBy("number", "desc")
    .limit(limit)
    .execute();
}

/** Forgets everything above a block and says which subjects that changed. */
export async function deleteAbove(tx: Transaction<Tables>, number: number): Promise<string[]> {
  const deleted = await tx.deleteFrom("events").where("blockNumber", ">", number).returning("subjects").execute();
  await tx.deleteFrom("blocks").where("number", ">", number).execute();
  return [...new Set(deleted.flatMap(({ subjects }) => subjects))];
}

/** All events that change any of the subjects, in the order of the chain. */
export function readEventsOf(tx: Transaction<Tables>, subjects: readonly string[]): Promise<IndexedEvent[]> {
  return tx
    .selectFrom("events")
    .select(eventColumns)
    .where(sql<boolean>`subjects && array(select jsonb_array_elements_text(${JSON.stringify(subjects)}::jsonb))`)
    .orderBy("blockNumber")
    .orderBy("logIndex")
    .execute();
}

/** Events in the order of the chain, a page after another. */
export async function* readAllEvents(db: Connection, pageSize = 5_000): AsyncGenerator<IndexedEvent[]> {
  let after = { blockNumber: -1, logIndex: -1 };
  for (;;) {
    const page = await db
      .selectFrom("events")
      .select(eventColumns)
      .where(sql<boolean>`(block_number, log_index) > (${after.blockNumber}::bigint, ${after.logIndex}::integer)`)
      .orderBy("blockNumber")
      .orderBy("logIndex")
      .limit(pageSize)
      .execute();
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!;
  }
}

/** Time of the newest block that is indexed, in Unix seconds; 0 before the first. */
export async function readNewestTime(db: Connection): Promise<number> {
  const newest = await db.selectFrom("blocks").select("timestamp").orderBy("number", "desc").executeTakeFirst();
  return newest?.timestamp ?? 0;
}
