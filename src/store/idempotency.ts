import type { Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";
import type { Db } from "./database.ts";

/** A client's key for one request; `scope` keeps clients and routes apart. */
export type IdempotencyKey = Readonly<{ scope: string; key: string; bodyHash: Hex }>;

export type KeptAnswer = Readonly<{ status: number; body: unknown }>;

/**
 * Binds a key to a body, once, and returns the answer that was given under it. `undefined` means: do the work. That is safe
 * also when an earlier try died half-way, because all work is idempotent by what was signed.
 *
 * Throws `idempotency-mismatch` when the key was used with another body.
 */
export const bindKey = async (db: Db, { scope, key, bodyHash }: IdempotencyKey): Promise<KeptAnswer | undefined> => {
  await db
    .insertInto("idempotency")
    .values({ scope, key, bodyHash })
    .onConflict((conflict) => conflict.columns(["scope", "key"]).doNothing())
    .execute();
  const kept = await db
    .selectFrom("idempotency")
    .select(["bodyHash", "status", "response"])
    .where("scope", "=", scope)
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
  if (kept.bodyHash !== bodyHash) throw new ProtocolError("idempotency-mismatch", { key });
  return kept.status === null ? undefined : { status: kept.status, body: kept.response };
};

/** Keeps the first answer that was given under a key. */
export const keepAnswer = async (db: Db, { scope, key }: IdempotencyKey, answer: KeptAnswer): Promise<void> => {
  await db
    .updateTable("idempotency")
    .set({ status: answer.status, response: JSON.stringify(answer.body) })
    .where("scope", "=", scope)
    .where("key", "=", key)
    .where("status", "is", null)
    .execute();
};
