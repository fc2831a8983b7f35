import { type NotNull, sql, type Transaction } from "kysely";
import type { Address, Hex } from "viem";
import type { Connection } from "./database.ts";
import type { Row, Tables } from "./schema.ts";

/** An item with the relayer's receipt, and its place in a batch once it has one. */
export type EvidenceRow = Row<"evidence">;

/** An item with what there is to say of its batch, once it has one. */
export type FiledEvidence = EvidenceRow & Readonly<{ batchSize: number | null; isAnchored: boolean }>;

/** An item as it comes in, before it has a place in a batch. */
export type NewEvidence = Readonly<
  Pick<
    EvidenceRow,
    | "digest"
    | "leaf"
    | "dealId"
    | "submitter"
    | "signature"
    | "account"
    | "cid"
    | "record"
    | "receivedAt"
    | "anchorBy"
    | "receipt"
  >
>;

/** An item by its leaf, or by the digest of its record: then the first that was filed under it. */
export function readEvidence(db: Connection, id: Hex): Promise<FiledEvidence | undefined> {
  return selectFiled(db)
    .where((eb) => eb.or([eb("evidence.leaf", "=", id), eb("evidence.digest", "=", id)]))
    .orderBy("evidence.receivedAt")
    .orderBy("evidence.createdAt")
    .executeTakeFirst();
}

/** What a submitter filed under a digest, with whichever signature came first. */
export function readEvidenceOf(db: Connection, digest: Hex, submitter: Address): Promise<EvidenceRow | undefined> {
  return db
    .selectFrom("evidence")
    .selectAll()
    .where("digest", "=", digest)
    .where("submitter", "=", submitter)
    .executeTakeFirst();
}

/** Items that were filed in a deal, in the order in which they came. */
export function listEvidence(
  db: Connection,
  dealId: Hex,
  options: { caseRef?: Hex; after?: { receivedAt: number; leaf: Hex }; limit: number },
): Promise<FiledEvidence[]> {
  const { caseRef, after, limit } = options;
  let query = selectFiled(db).where("evidence.dealId", "=", dealId);
  if (caseRef !== undefined) query = query.where(sql<boolean>`record->>'caseRef' = ${caseRef}`);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(received_at, leaf) > (${after.receivedAt}::bigint, ${after.leaf}::text)`);
  }
  return query.orderBy("evidence.receivedAt").orderBy("evidence.leaf").limit(limit).execute();
}

function selectFiled(db: Connection) {
  return db
    .selectFrom("evidence")
    .leftJoin("batches", "batches.root", "evidence.batchRoot")
    .selectAll("evidence")
    .select((eb) => ["batches.size as batchSize", eb("batches.anchor", "is not", null).as("isAnchored")])
    .$narrowType<{ isAnchored: boolean }>();
}

/** Keeps an item; one that is known keeps its first receipt. */
export async function saveEvidence(db: Connection, item: NewEvidence): Promise<void> {
  await db
    .insertInto("evidence")
    .values({ ...item, record: JSON.stringify(item.record) })
    .onConflict((conflict) => conflict.columns(["digest", "submitter"]).doNothing())
    .execute();
}

/** An item that waits for a batch. */
export type Unanchored = Readonly<{ leaf: Hex; receivedAt: number }>;

/** Items without a batch, those promised soonest first; locked, so that no item gets into two. */
export function takeUnanchored(tx: Transaction<Tables>, limit: number): Promise<Unanchored[]> {
  return tx
    .selectFrom("evidence")
    .select(["leaf", "receivedAt"])
    .where("batchRoot", "is", null)
    .orderBy("anchorBy")
    .orderBy("leaf")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** What waits for a batch; times in Unix seconds, null when nothing waits. */
export type Backlog = Readonly<{ count: number; oldest: number | null; dueBy: number | null }>;

/**
 * Items that wait for a batch: how many, when the oldest came in, and before which second the first
 * is promised.
 */
export async function readBacklog(db: Connection): Promise<Backlog> {
  const { count, oldest, dueBy } = await db
    .selectFrom("evidence")
    .select((eb) => [
      eb.fn.countAll<number>().as("count"),
      eb.fn.min("receivedAt").as("oldest"),
      eb.fn.min("anchorBy").as("dueBy"),
    ])
    .where("batchRoot", "is", null)
    .executeTakeFirstOrThrow();
  return { count: Number(count), oldest, dueBy };
}

/**
 * The second at which the oldest item came in that is in no block yet, in a batch or not; null when
 * all are anchored.
 */
export async function readOldestUnproven(db: Connection): Promise<number | null> {
  const { oldest } = await db
    .selectFrom("evidence")
    .leftJoin("batches", "batches.root", "evidence.batchRoot")
    .select((eb) => eb.fn.min("evidence.receivedAt").as("oldest"))
    .where("batches.anchor", "is", null)
    .executeTakeFirstOrThrow();
  return oldest;
}

/** An item's place in the tree of a batch, with the siblings on its way to the root. */
export type Placement = Readonly<{ leaf: Hex; index: number; path: readonly Hex[] }>;

/** Keeps a batch with the place of each of its items. */
export async function saveBatch(
  tx: Transaction<Tables>,
  batch: { root: Hex; size: number; outboxId: number; placements: readonly Placement[] },
): Promise<void> {
  const { root, size, outboxId, placements } = batch;
  await tx.insertInto("batches").values({ root, size, outboxId }).execute();
  await sql`
    update evidence set batch_root = ${root}, batch_index = place.index, path = place.path
    from jsonb_to_recordset(${JSON.stringify(placements)}::jsonb) as place (leaf text, index integer, path jsonb)
    where evidence.leaf = place.leaf`.execute(tx);
}

/** A batch whose transaction is settled, and whose proof is still to be collected. */
export type OpenBatch = Readonly<{ root: Hex; size: number; txHash: Hex }>;

/** Batches whose transaction is settled and whose proof has not been collected. */
export async function readUnprovenBatches(db: Connection): Promise<OpenBatch[]> {
  return db
    .selectFrom("batches")
    .innerJoin("outbox", "outbox.id", "batches.outboxId")
    .select(["batches.root", "batches.size", "outbox.txHash"])
    .where("batches.anchor", "is", null)
    .where("outbox.state", "=", "final")
    .where("outbox.txHash", "is not", null)
    .orderBy("batches.createdAt")
    .$narrowType<{ txHash: NotNull }>()
    .execute();
}

/**
 * Keeps the proof, unless the block that it proves holds the transaction no more. Says whether it
 * was kept.
 */
export async function saveAnchorProof(
  db: Connection,
  root: Hex,
  anchor: Readonly<{ transactionHash: Hex; blockHash: Hex }>,
): Promise<boolean> {
  const kept = await db
    .updateTable("batches")
    .set({ anchor: JSON.stringify(anchor) })
    .where("root", "=", root)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("outbox")
          .select("outbox.id")
          .whereRef("outbox.id", "=", "batches.outboxId")
          .where("outbox.state", "=", "final")
          .where("outbox.txHash", "=", anchor.transactionHash)
          .where("outbox.blockHash", "=", anchor.blockHash),
      ),
    )
    .returning("root")
    .executeTakeFirst();
  return kept !== undefined;
}

/** A batch by its root. */
export function readBatch(db: Connection, root: Hex) {
  return db.selectFrom("batches").selectAll().where("root", "=", root).executeTakeFirst();
}
