import { sql, type Transaction } from "kysely";
import type { Address, Hex } from "viem";
import type { ErrorCode, ErrorDetails } from "../core/errors.ts";
import type { Db } from "./database.ts";
import type { AttemptRow, CallPayload, OutboxKind, OutboxRow, OutboxState, Tables } from "./tables.ts";

export type Writer = Db | Transaction<Tables>;

export type NewRow = Readonly<{
  naturalKey: string;
  kind: OutboxKind;
  payload: unknown;
  /** Rows with the same key are sent in the order in which they came in. */
  orderKey?: string;
}>;

/** States in which a row still waits for the chain. */
const inFlight = ["assigned", "broadcast", "mined", "safe"] as const satisfies OutboxState[];
const blocking = ["queued", "assigned", "broadcast"] as const satisfies OutboxState[];

const now = sql<Date>`clock_timestamp()`;
const inSeconds = (seconds: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;

/** Adds a row, or finds the one that has its natural key. Belongs into the transaction of what causes it. */
export const enqueue = async (db: Writer, row: NewRow): Promise<{ id: number; isNew: boolean }> => {
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
};

/** A deadline that was queued before: by itself, or in a batch that still waits (`isPending`) or is over. */
export type QueuedDeadline = Readonly<{ key: string; inBatch: boolean; isPending: boolean }>;

/** Which of the deadlines were queued before, each by the newest row that names it. */
export const readQueuedDeadlines = async (db: Writer, keys: readonly string[]): Promise<QueuedDeadline[]> => {
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
};

/** Takes waiting rows for `owner` alone, oldest first, until the lease ends. */
export const claim = async (
  db: Db,
  owner: string,
  options: { kinds: readonly OutboxKind[]; limit: number; leaseSeconds: number },
): Promise<OutboxRow[]> => {
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
            // A row that was written in the future: the clock was put back, and its lease and pause mean nothing.
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
};

/** Gives a claimed row back, to be tried again after a pause. */
export const postpone = async (db: Db, id: number, why: { code: ErrorCode; seconds: number }): Promise<void> => {
  await db
    .updateTable("outbox")
    .set({ leaseOwner: null, leaseUntil: null, notBefore: inSeconds(why.seconds), code: why.code, updatedAt: now })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
};

/** Ends a row that no transaction was made for. */
export const reject = async (db: Db, id: number, why: { code: ErrorCode; detail: ErrorDetails }): Promise<void> => {
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
};

/** Lets a rejected row be tried again, on the request of whoever caused it and with what they hand in now. */
export const reopen = async (db: Writer, id: number, payload: unknown): Promise<void> => {
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
};

/** The same for a row that was rejected some time ago and is still wanted. */
export const reopenStale = async (db: Writer, id: number, seconds: number): Promise<void> => {
  await db
    .updateTable("outbox")
    .set({ state: "queued", code: null, detail: null, notBefore: null, updatedAt: now })
    .where("id", "=", id)
    .where("state", "=", "rejected")
    .where("updatedAt", "<", inSeconds(-seconds))
    .execute();
};

/** The same for every anchor: it has no reason to be refused for good. */
export const reopenStaleAnchors = async (db: Writer, seconds: number): Promise<void> => {
  await db
    .updateTable("outbox")
    .set({ state: "queued", code: null, detail: null, notBefore: null, updatedAt: now })
    .where("kind", "=", "anchor")
    .where("state", "=", "rejected")
    .where("updatedAt", "<", inSeconds(-seconds))
    .execute();
};

export type SignedAttempt = Readonly<{
  hash: Hex;
  raw: Hex;
  gas: bigint;
  maxFee: bigint;
  maxPriorityFee: bigint;
  purpose: "call" | "void";
}>;

export type Stream = Readonly<{ signer: Address; chainId: number; chainNonce: number }>;

/**
 * Gives each of the owner's rows the signer's next nonce and saves what `sign` makes of it, all in one transaction, so
 * that nothing can be on the network that is not in the database. Rows whose lease was lost are left out.
 */
export const assign = async (
  db: Db,
  stream: Stream,
  work: {
    owner: string;
    rowIds: readonly number[];
    sign: (rowId: number, nonce: number) => Promise<SignedAttempt>;
    beforeCommit?: () => void;
  },
): Promise<AttemptRow[]> =>
  db.transaction().execute(async (tx) => {
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

/**
 * Saves another transaction for the nonce of a stuck row. Does nothing when the row moved on, or when somebody else
 * replaced the same attempt first.
 */
export const replaceAttempt = async (
  db: Db,
  last: AttemptRow,
  sign: () => Promise<SignedAttempt>,
): Promise<AttemptRow | undefined> =>
  db.transaction().execute(async (tx) => {
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

/** Uses up a nonce that the chain waits for and that no row owns. */
export const fillNonce = async (
  db: Db,
  gap: { signer: Address; chainId: number; nonce: number; payload: CallPayload },
  sign: () => Promise<SignedAttempt>,
): Promise<AttemptRow | undefined> =>
  db.transaction().execute(async (tx) => {
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
export const markSent = async (db: Db, attempts: readonly AttemptRow[]): Promise<void> => {
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
};

export type Flight = Readonly<{
  row: OutboxRow;
  attempts: readonly AttemptRow[];
  /** Seconds since the newest attempt was signed, and since it was last handed to a node. */
  age: number;
  idle: number;
}>;

/** Rows that wait for a block, oldest first. */
export const readAirborne = async (db: Db, limit: number): Promise<Flight[]> =>
  toFlights(
    db,
    await db
      .selectFrom("outbox")
      .selectAll()
      .where("state", "in", ["assigned", "broadcast"])
      .orderBy("id")
      .limit(limit)
      .execute(),
  );

/**
 * Rows that wait for their block to settle: those that the heads or a reorganisation have news for, oldest first; all
 * of them, the newest block first, without heads.
 */
export const readLanded = async (
  db: Db,
  limit: number,
  heads?: Readonly<{ safe: number; final: number }>,
): Promise<Flight[]> => {
  const landed = db.selectFrom("outbox").selectAll().where("state", "in", ["mined", "safe"]).limit(limit);
  if (heads === undefined) return toFlights(db, await landed.orderBy("blockNumber", "desc").execute());
  const newsworthy = landed.where((eb) =>
    eb.or([
      eb("blockHash", "is", null),
      eb("blockNumber", "<=", heads.final),
      eb.and([eb("state", "=", "mined"), eb("blockNumber", "<=", heads.safe)]),
    ]),
  );
  return toFlights(db, await newsworthy.orderBy("id").execute());
};

/** Each row with every transaction that was ever signed for it. */
const toFlights = async (db: Db, rows: readonly OutboxRow[]): Promise<Flight[]> => {
  if (rows.length === 0) return [];
  // Without a sign: after a clock was put back, what was done before counts as long ago and not as yet to come.
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

export type Landing = Readonly<{
  state: "mined" | "safe" | "final" | "reverted" | "rejected";
  txHash: Hex;
  blockNumber: number;
  blockHash: Hex;
  succeeded: boolean;
  code?: ErrorCode | undefined;
  detail?: ErrorDetails | undefined;
}>;

/** The chain has one of the row's transactions in a block. */
export const markLanded = async (db: Db, id: number, landing: Landing): Promise<void> => {
  await db
    .updateTable("outbox")
    .set({
      state: landing.state,
      txHash: landing.txHash,
      blockNumber: landing.blockNumber,
      blockHash: landing.blockHash,
      succeeded: landing.succeeded,
      code: landing.code ?? null,
      detail: landing.detail === undefined ? null : JSON.stringify(landing.detail),
      updatedAt: now,
    })
    .where("id", "=", id)
    .where("state", "in", inFlight)
    .execute();
};

/**
 * The block that held the row's transaction is no longer part of the chain: its bytes go out again, and a proof of that
 * block is worth nothing.
 */
export const markUnlanded = async (db: Db, id: number): Promise<void> => {
  await db.transaction().execute(async (tx) => {
    const unlanded = await tx
      .updateTable("outbox")
      .set({ state: "broadcast", txHash: null, blockNumber: null, blockHash: null, succeeded: null, updatedAt: now })
      .where("id", "=", id)
      .where("state", "in", ["mined", "safe", "final", "reverted"])
      .returning("id")
      .executeTakeFirst();
    if (unlanded !== undefined) await dropProofs(tx, [id]);
  });
};

/** The chain left the blocks above this one, settled or not: what they held is looked up again, and proven again. */
export const unsettleAbove = async (tx: Transaction<Tables>, blockNumber: number): Promise<void> => {
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
};

const dropProofs = async (tx: Transaction<Tables>, rowIds: readonly number[]) => {
  if (rowIds.length === 0) return;
  await tx.updateTable("batches").set({ anchor: null }).where("outboxId", "in", rowIds).execute();
};

/** Another transaction took the row's nonce for good: the row waits for a new one. */
export const markDisplaced = async (db: Db, id: number): Promise<void> => {
  await db
    .updateTable("outbox")
    .set({ state: "queued", code: "nonce-taken", updatedAt: now })
    .where("id", "=", id)
    .where("state", "in", ["assigned", "broadcast"])
    .execute();
};

/** A row that waited for a new nonce turns out to be on the chain under an old one. */
export const markRefound = async (db: Db, id: number): Promise<void> => {
  await db
    .updateTable("outbox")
    .set({ state: "broadcast", leaseOwner: null, leaseUntil: null, code: null, updatedAt: now })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
};

export const attemptsOf = (db: Db, rowId: number): Promise<AttemptRow[]> =>
  db.selectFrom("attempts").selectAll().where("outboxId", "=", rowId).orderBy("id").execute();

export const findByNonce = (db: Db, signer: Address, nonce: number): Promise<OutboxRow | undefined> =>
  db
    .selectFrom("nonces")
    .innerJoin("outbox", "outbox.id", "nonces.outboxId")
    .selectAll("outbox")
    .where("nonces.signer", "=", signer)
    .where("nonces.nonce", "=", nonce)
    .executeTakeFirst();

export const readNextNonce = async (db: Db, signer: Address): Promise<number | undefined> => {
  const row = await db.selectFrom("signers").select("nextNonce").where("address", "=", signer).executeTakeFirst();
  return row?.nextNonce;
};

/** Seconds that the oldest unfinished row has been waiting; 0 when nothing waits. */
export const readOutboxAge = async (db: Db): Promise<number> => {
  const { age } = await db
    .selectFrom("outbox")
    .select(sql<number>`coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8`.as("age"))
    .where("state", "in", blocking)
    .executeTakeFirstOrThrow();
  return age;
};
