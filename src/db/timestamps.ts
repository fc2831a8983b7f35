import { type NotNull, sql } from "kysely";
import type { Hex } from "viem";
import { inSeconds, now } from "./clock.ts";
import type { Connection, Db } from "./database.ts";

/** Which token: over which batch root, by which authority; 0 for the first, then its renewals. */
export type TimestampKey = Readonly<{ root: Hex; tsaUrl: string; generation: number }>;

/** A token that is to be asked for, and the one that it renews. */
export type DueTimestamp = TimestampKey &
  Readonly<{
    tries: number;
    /** With the last second of its authority's certificate; null where nothing is renewed. */
    renews: Readonly<{ token: Hex; certificateExpires: number }> | null;
  }>;

/** A token as it is kept, in DER as hex; times in Unix seconds. */
export type KeptTimestamp = TimestampKey & Readonly<{ token: Hex; time: number; certificateExpires: number }>;

/** A pause that is longer than any was written by a clock that was put back since. */
const LONGEST_PAUSE = 86_400;

/** Notes for every batch and authority that a token is to be asked for. */
export async function queueTimestamps(db: Connection, tsaUrls: readonly string[]): Promise<void> {
  await sql`
    insert into timestamp_tokens (root, tsa_url)
    select batches.root, wanted.tsa_url from batches
    cross join jsonb_array_elements_text(${JSON.stringify(tsaUrls)}::jsonb) as wanted (tsa_url)
    where not exists (
      select from timestamp_tokens as known where known.root = batches.root and known.tsa_url = wanted.tsa_url)
    on conflict do nothing`.execute(db);
}

/**
 * Notes that the newest token of a root and authority is to be renewed, if its certificate ends
 * between these two Unix seconds.
 */
export async function queueRenewals(
  db: Connection,
  tsaUrls: readonly string[],
  ends: Readonly<{ after: number; before: number }>,
): Promise<void> {
  await sql`
    insert into timestamp_tokens (root, tsa_url, generation)
    select root, tsa_url, generation + 1 from timestamp_tokens as kept
    where token is not null and certificate_expires > ${ends.after}::bigint
      and certificate_expires < ${ends.before}::bigint
      and tsa_url in (select jsonb_array_elements_text(${JSON.stringify(tsaUrls)}::jsonb))
      and not exists (
        select from timestamp_tokens as later
        where later.root = kept.root and later.tsa_url = kept.tsa_url and later.generation = kept.generation + 1)
    on conflict do nothing`.execute(db);
}

/**
 * What is to be asked of an authority now: first what was never tried, the newest batch first. A
 * token whose certificate ended before Unix second `at` cannot be renewed any more.
 */
export async function readDueTimestamps(
  db: Db,
  tsaUrl: string,
  { at, limit }: { at: number; limit: number },
): Promise<DueTimestamp[]> {
  const rows = await db
    .selectFrom("timestampTokens as open")
    .leftJoin("timestampTokens as kept", (join) =>
      join
        .onRef("kept.root", "=", "open.root")
        .onRef("kept.tsaUrl", "=", "open.tsaUrl")
        .on((eb) => eb("kept.generation", "=", eb("open.generation", "-", 1))),
    )
    .select(["open.root", "open.tsaUrl", "open.generation", "open.tries", "kept.token", "kept.certificateExpires"])
    .where("open.tsaUrl", "=", tsaUrl)
    .where("open.token", "is", null)
    .where((eb) =>
      eb.or([
        eb("open.notBefore", "is", null),
        eb("open.notBefore", "<=", now),
        eb("open.notBefore", ">", inSeconds(LONGEST_PAUSE + 1)),
      ]),
    )
    .where((eb) => eb.or([eb("open.generation", "=", 0), eb("kept.certificateExpires", ">", at)]))
    .orderBy("open.tries")
    .orderBy("open.createdAt", "desc")
    .orderBy("open.root")
    .limit(limit)
    .execute();
  return rows.map(({ token, certificateExpires, ...row }) => ({
    ...row,
    renews: token === null || certificateExpires === null ? null : { token, certificateExpires },
  }));
}

/** Keeps a token, unless there is one already. Says whether it was kept. */
export async function saveTimestamp(db: Db, kept: KeptTimestamp): Promise<boolean> {
  const { root, tsaUrl, generation, token, time, certificateExpires } = kept;
  const saved = await db
    .updateTable("timestampTokens")
    .set({ token, time, certificateExpires, problem: null, notBefore: null })
    .where("root", "=", root)
    .where("tsaUrl", "=", tsaUrl)
    .where("generation", "=", generation)
    .where("token", "is", null)
    .returning("root")
    .executeTakeFirst();
  return saved !== undefined;
}

/** What kept a token from coming, and how many seconds to wait: at most a day. */
export type TimestampPause = Readonly<{
  problem: string;
  seconds: number;
  /** What else waits for this authority waits as long: it is not about this token. */
  concernsAll: boolean;
}>;

/** Lets a token wait that did not come. */
export async function postponeTimestamp(db: Db, key: TimestampKey, pause: TimestampPause): Promise<void> {
  const { root, tsaUrl, generation } = key;
  const notBefore = inSeconds(Math.min(pause.seconds, LONGEST_PAUSE));
  if (pause.concernsAll) {
    await db
      .updateTable("timestampTokens")
      .set({ notBefore })
      .where("tsaUrl", "=", tsaUrl)
      .where("token", "is", null)
      .where((eb) => eb.or([eb("notBefore", "is", null), eb("notBefore", "<", notBefore)]))
      .execute();
  }
  await db
    .updateTable("timestampTokens")
    .set((eb) => ({ notBefore, problem: pause.problem, tries: eb("tries", "+", 1) }))
    .where("root", "=", root)
    .where("tsaUrl", "=", tsaUrl)
    .where("generation", "=", generation)
    .where("token", "is", null)
    .execute();
}

/** The tokens over a batch root by authority, each after the one that it renews. */
export function readTimestamps(db: Connection, root: Hex): Promise<KeptTimestamp[]> {
  return db
    .selectFrom("timestampTokens")
    .select(["root", "tsaUrl", "generation", "token", "time", "certificateExpires"])
    .where("root", "=", root)
    .where("token", "is not", null)
    .where("time", "is not", null)
    .where("certificateExpires", "is not", null)
    .orderBy("tsaUrl")
    .orderBy("generation")
    .$narrowType<{ token: NotNull; time: NotNull; certificateExpires: NotNull }>()
    .execute();
}
