import { sql, type Transaction } from "kysely";
import type { Address, Hex } from "viem";
import type { ErrorCode, ErrorDetails } from "../core/errors.ts";
import { now } from "./clock.ts";
import type { Db } from "./database.ts";
import { enqueue, type OutboxRow } from "./queue.ts";
import type { Row, Tables } from "./schema.ts";
import type { CallPayload, OutboxState } from "./tables.ts";

/** States in which a row still waits for the chain. */
const waiting = ["assigned", "broadcast", "mined", "safe"] as const satisfies OutboxState[];

/** One signed transaction of an outbox row. */
export type AttemptRow = Row<"attempts">;

/** A transaction that is signed and not saved yet. Gas in units, fees in wei per gas. */
export type SignedAttempt = Readonly<{
  hash: Hex;
  raw: Hex;
  gas: bigint;
  maxFee: bigint;
  maxPriorityFee: bigint;
  purpose: "call" | "void";
}>;

/** A signer's nonces on a chain; `chainNonce` is the next one that the chain expects. */
export type Stream = Readonly<{ signer: Address; chainId: number; chainNonce: number }>;

/**
 * Gives each of the owner's rows the signer's next nonce and saves what `sign` makes of it, all in
 * one transaction, so that nothing can be on the network that is not in the database. Rows whose
 * lease was lost are left out.
 */
export async function assign(
  db: Db,
  stream: Stream,
  work: {
    owner: string;
    rowIds: readonly number[];
    sign: (rowId: number, nonce: number) => Promise<SignedAttempt>;
    beforeCommit?: () => void;
  },
): Promise<AttemptRow[]> {
  return db.transaction().execute(async (tx) => {
    const nextNonce = await lockStream(tx, stream);
    const held = await tx
      .selectFrom("outbox")
      .select("id")
      .where("id", "in", work.rowIds)
      .where("state", "=", "queued")
      .where("leaseOwner", "=", work.owner)
      .orderBy("id")
      .forUpdate()
      .execute();
    const attempts: AttemptRow[] = [];
    let nonce = Math.max(nextNonce, stream.chainNonce);
    for (const { id } of held) {
      const attempt = await work.sign(id, nonce);
      await tx.insertInto("nonces").values({ signer: stream.signer, nonce, outboxId: id }).execute();
      attempts.push(await insertAttempt(tx, { outboxId: id, signer: stream.signer, nonce }, attempt));
      nonce += 1;
    }
    if (held.length > 0) {
      await tx
        .updateTable("outbox")
        .set({ state: "assigned", leaseOwner: null, leaseUntil: null, code: null, detail: null, updatedAt: now })
        .where(
          "id",
          "in",
          held.map(({ id }) => id),
        )
        .execute();
      await tx.updateTable("signers").set({ nextNonce: nonce }).where("address", "=", stream.signer).execute();
    }
    work.beforeCommit?.();
    return attempts;
  });
}

/**
 * Saves another transaction for the nonce of a stuck row. Does nothing when the row moved on, or
 * when somebody else replaced the same attempt first.
 */
export async function replaceAttempt(
  db: Db,
  last: AttemptRow,
  sign: () => Promise<SignedAttempt>,
): Promise<AttemptRow | undefined> {
  return db.transaction().execute(async (tx) => {
    await tx.selectFrom("signers").select("address").where("address", "=", last.signer).forUpdate().execute();
    const row = await tx.selectFrom("outbox").select("state").where("id", "=", last.outboxId).executeTakeFirstOrThrow();
    const newest = await tx
      .selectFrom("attempts")
      .select((eb) => eb.fn.max("id").as("id"))
      .where("signer", "=", last.signer)
      .where("nonce", "=", last.nonce)
      .executeTakeFirstOrThrow();
    if (newest.id !== last.id || (row.state !== "assigned" && row.state !== "broadcast")) return undefined;
    return insertAttempt(tx, last, await sign());
  });
}

/** Uses up a nonce that the chain waits for and that no row owns. */
export async function fillNonce(
  db: Db,
  gap: { signer: Address; chainId: number; nonce: number; payload: CallPayload },
  sign: () => Promise<SignedAttempt>,
): Promise<AttemptRow | undefined> {
  return db.transaction().execute(async (tx) => {
    await tx.selectFrom("signers").select("address").where("address", "=", gap.signer).forUpdate().execute();
    const owned = await tx
      .selectFrom("nonces")
      .select("outboxId")
      .where("signer", "=", gap.signer)
      .where("nonce", "=", gap.nonce)
      .executeTakeFirst();
    if (owned !== undefined) return undefined;
    const naturalKey = `fill:${gap.chainId}:${gap.signer}:${gap.nonce}`.toLowerCase();
    const { id } = await enqueue(tx, { naturalKey, kind: "tx", payload: gap.payload });
    await tx.updateTable("outbox").set({ state: "assigned", updatedAt: now }).where("id", "=", id).execute();
    await tx.insertInto("nonces").values({ signer: gap.signer, nonce: gap.nonce, outboxId: id }).execute();
    return insertAttempt(tx, { outboxId: id, signer: gap.signer, nonce: gap.nonce }, await sign());
  });
}

const lockStream = async (tx: Transaction<Tables>, { signer, chainId, chainNonce }: Stream): Promise<number> => {
  await tx
    .insertInto("signers")
    .values({ address: signer, chainId, nextNonce: chainNonce })
    .onConflict((conflict) => conflict.column("address").doNothing())
    .execute();
  const row = await tx
    .selectFrom("signers")
    .select("nextNonce")
    .where("address", "=", signer)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.nextNonce;
};

const insertAttempt = (
  tx: Transaction<Tables>,
  place: { outboxId: number; signer: Address; nonce: number },
  attempt: SignedAttempt,
): Promise<AttemptRow> =>
  tx
    .insertInto("attempts")
    .values({
      outboxId: place.outboxId,
      signer: place.signer,
      nonce: place.nonce,
      hash: attempt.hash,
      raw: attempt.raw,
      gas: attempt.gas.toString(),
      maxFee: attempt.maxFee.toString(),
      maxPriorityFee: attempt.maxPriorityFee.toString(),
      purpose: attempt.purpose,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** The attempt was handed to a node at least once. */
export async function markSent(db: Db, attempts: readonly AttemptRow[]): Promise<void> {
  if (attempts.length === 0) return;
  await db
    .updateTable("attempts")
    .set({ sentAt: now })
    .where(
      "id",
      "in",
      attempts.map(({ id }) => id),
    )
    .execute();
  await db
    .updateTable("outbox")
    .set({ state: "broadcast", updatedAt: now })
    .where(
      "id",
      "in",
      attempts.map(({ outboxId }) => outboxId),
    )
    .where("state", "=", "assigned")
    .execute();
}

/** A row that waits for the chain, with every transaction that was ever signed for it. */
export type PendingTransaction = Readonly<{
  row: OutboxRow;
  attempts: readonly AttemptRow[];
  /** Seconds since the newest attempt was signed, and since it was last handed to a node. */
  age: number;
  idle: number;
}>;

/** Rows that wait for a block, oldest first. */
export async function readPending(db: Db, limit: number): Promise<PendingTransaction[]> {
  return withAttempts(
    db,
    await db
      .selectFrom("outbox")
      .selectAll()
      .where("state", "in", ["assigned", "broadcast"])
      .orderBy("id")
      .limit(limit)
      .execute(),
  );
}

/**
 * Rows that wait for their block to settle: those that the heads or a reorganisation have news for,
 * oldest first; all of them, the newest block first, without heads.
 */
export async function readMined(
  db: Db,
  limit: number,
  heads?: Readonly<{ safe: number; final: number }>,
): Promise<PendingTransaction[]> {
  const mined = db.selectFrom("outbox").selectAll().where("state", "in", ["mined", "safe"]).limit(limit);
  if (heads === undefined) return withAttempts(db, await mined.orderBy("blockNumber", "desc").execute());
  const newsworthy = mined.where((eb) =>
    eb.or([
      eb("blockHash", "is", null),
      eb("blockNumber", "<=", heads.final),
      eb.and([eb("state", "=", "mined"), eb("blockNumber", "<=", heads.safe)]),
    ]),
  );
  return withAttempts(db, await newsworthy.orderBy("id").execute());
}

/** Each row with every transaction that was ever signed for it. */
const withAttempts = async (db: Db, rows: readonly OutboxRow[]): Promise<PendingTransaction[]> => {
  if (rows.length === 0) return [];
  // Without a sign: after a clock was put back, what was done before counts as long ago and not as
  // yet to come.
  const since = (column: "createdAt" | "sentAt") =>
    sql<number>`coalesce(abs(extract(epoch from clock_timestamp() - ${sql.ref(column)})), 0)::float8`;
  const attempts = await db
    .selectFrom("attempts")
    .selectAll()
    .select([since("createdAt").as("age"), since("sentAt").as("idle")])
    .where(
      "outboxId",
      "in",
      rows.map(({ id }) => id),
    )
    .orderBy("id")
    .execute();
  const byRow = Map.groupBy(attempts, ({ outboxId }) => outboxId);
  return rows.map((row) => {
    const own = byRow.get(row.id) ?? [];
    const newest = own.at(-1);
    return {
      row,
      attempts: own,
      age: newest?.age ?? 0,
      idle: newest?.sentAt == null ? (newest?.age ?? 0) : newest.idle,
    };
  });
};

/** What the block did with a row, and how deep the block lies. */
export type MinedOutcome = Readonly<{
  state: "mined" | "safe" | "final" | "reverted" | "rejected";
  txHash: Hex;
  blockNumber: number;
  blockHash: Hex;
  succeeded: boolean;
  code?: ErrorCode | undefined;
  detail?: ErrorDetails | undefined;
}>;

/** The chain has one of the row's transactions in a block. */
export async function markMined(db: Db, id: number, mined: MinedOutcome): Promise<void> {
  await db
    .updateTable("outbox")
    .set({
      state: mined.state,
      txHash: mined.txHash,
      blockNumber: mined.blockNumber,
      blockHash: mined.blockHash,
      succeeded: mined.succeeded,
      code: mined.code ?? null,
      detail: mined.detail === undefined ? null : JSON.stringify(mined.detail),
      updatedAt: now,
    })
    .where("id", "=", id)
    .where("state", "in", waiting)
    .execute();
}

/**
 * The block that held the row's transaction is no longer part of the chain: its bytes go out again,
 * and a proof of that block is worth nothing.
 */
export async function markReorged(db: Db, id: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const reorged = await tx
      .updateTable("outbox")
      .set({ state: "broadcast", txHash: null, blockNumber: null, blockHash: null, succeeded: null, updatedAt: now })
      .where("id", "=", id)
      .where("state", "in", ["mined", "safe", "final", "reverted"])
      .returning("id")
      .executeTakeFirst();
    if (reorged !== undefined) await dropProofs(tx, [id]);
  });
}

/**
 * The chain left the blocks above this one, settled or not: what they held is looked up again, and
 * proven again.
 */
export async function unsettleAbove(tx: Transaction<Tables>, blockNumber: number): Promise<void> {
  const unsettled = await tx
    .updateTable("outbox")
    .set({ state: "mined", blockHash: null, updatedAt: now })
    .where("state", "in", ["mined", "safe", "final", "reverted"])
    .where("blockNumber", ">", blockNumber)
    .returning("id")
    .execute();
  await dropProofs(
    tx,
    unsettled.map(({ id }) => id),
  );
}

const dropProofs = async (tx: Transaction<Tables>, rowIds: readonly number[]) => {
  if (rowIds.length === 0) return;
  await tx.updateTable("batches").set({ anchor: null }).where("outboxId", "in", rowIds).execute();
};

/** Another transaction took the row's nonce for good: the row waits for a new one. */
export async function markDisplaced(db: Db, id: number): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ state: "queued", code: "nonce-taken", updatedAt: now })
    .where("id", "=", id)
    .where("state", "in", ["assigned", "broadcast"])
    .execute();
}

/** A row that waited for a new nonce turns out to be on the chain under an old one. */
export async function markRefound(db: Db, id: number): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ state: "broadcast", leaseOwner: null, leaseUntil: null, code: null, updatedAt: now })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
}

/** Every transaction that was signed for a row, oldest first. */
export function attemptsOf(db: Db, rowId: number): Promise<AttemptRow[]> {
  return db.selectFrom("attempts").selectAll().where("outboxId", "=", rowId).orderBy("id").execute();
}

/** The row that a signer's nonce was given to. */
export function findByNonce(db: Db, signer: Address, nonce: number): Promise<OutboxRow | undefined> {
  return db
    .selectFrom("nonces")
    .innerJoin("outbox", "outbox.id", "nonces.outboxId")
    .selectAll("outbox")
    .where("nonces.signer", "=", signer)
    .where("nonces.nonce", "=", nonce)
    .executeTakeFirst();
}

/** The nonce that a signer gives out next; `undefined` before its first. */
export async function readNextNonce(db: Db, signer: Address): Promise<number | undefined> {
  const row = await db.selectFrom("signers").select("nextNonce").where("address", "=", signer).executeTakeFirst();
  return row?.nextNonce;
}
