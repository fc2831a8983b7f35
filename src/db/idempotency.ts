import type { Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";
import type { Db } from "./database.ts";

/** A caller's own name for a request, within what it was sent to, and a hash of what was sent. */
export type RequestKey = Readonly<{ scope: string; key: string; bodyHash: Hex }>;

/** The HTTP answer that a request got. */
export type Answered = Readonly<{ status: number; response: unknown }>;

/**
 * Binds the key to the body. Returns the answer that the request got before, or `undefined` when it
 * has none yet: then it is to be done (again), which is harmless because everything behind is
 * idempotent by its own id, and ends with `saveAnswer` or `releaseKey`.
 *
 * Throws `idempotency-mismatch` when the key belongs to another body.
 */
export async function claimKey(db: Db, { scope, key, bodyHash }: RequestKey): Promise<Answered | undefined> {
  const held = await db
    .insertInto("idempotency")
    .values({ scope, key, bodyHash })
    .onConflict((conflict) =>
      conflict
        .columns(["scope", "key"])
        .doUpdateSet((eb) => ({ holders: eb("idempotency.holders", "+", 1) }))
        .where("idempotency.bodyHash", "=", bodyHash)
        .where("idempotency.status", "is", null),
    )
    .returning("holders")
    .executeTakeFirst();
  if (held !== undefined) return undefined;
  const found = await db
    .selectFrom("idempotency")
    .select(["bodyHash", "status", "response"])
    .where("scope", "=", scope)
    .where("key", "=", key)
    .executeTakeFirst();
  if (found !== undefined && found.bodyHash !== bodyHash) throw new ProtocolError("idempotency-mismatch", { key });
  // Gone again: the requests that held it were refused, and left the key to whoever comes next.
  if (found === undefined || found.status === null) return claimKey(db, { scope, key, bodyHash });
  return { status: found.status, response: found.response };
}

/** Keeps the answer under the key, for the same request again. */
export async function saveAnswer(db: Db, { scope, key, bodyHash }: RequestKey, answer: Answered): Promise<void> {
  await db
    .updateTable("idempotency")
    .set({ status: answer.status, response: JSON.stringify(answer.response) })
    .where("scope", "=", scope)
    .where("key", "=", key)
    .where("bodyHash", "=", bodyHash)
    .execute();
}

/**
 * Frees the key of a request that was refused, so that a corrected one may use it, once no equal
 * request runs.
 */
export async function releaseKey(db: Db, { scope, key, bodyHash }: RequestKey): Promise<void> {
  await db
    .updateTable("idempotency")
    .set((eb) => ({ holders: eb("holders", "-", 1) }))
    .where("scope", "=", scope)
    .where("key", "=", key)
    .where("bodyHash", "=", bodyHash)
    .where("status", "is", null)
    .execute();
  await db
    .deleteFrom("idempotency")
    .where("scope", "=", scope)
    .where("key", "=", key)
    .where("bodyHash", "=", bodyHash)
    .where("status", "is", null)
    .where("holders", "<=", 0)
    .execute();
}
