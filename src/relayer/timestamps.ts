import { bytesToHex, hexToBytes } from "viem";
import type { Database } from "../db/database.ts";
import {
  type DueTimestamp,
  postponeTimestamp,
  queueRenewals,
  queueTimestamps,
  readDueTimestamps,
  saveTimestamp,
} from "../db/timestamps.ts";
import { askTsa, type TsaAnswer, type TsaProblem } from "./askTsa.ts";
import type { Log } from "./log.ts";

/** Which authorities are asked, and how patiently. */
export type TimestampOptions = Readonly<{
  database: Database;
  /** Addresses of time-stamping authorities; each gives a token of its own for every root. */
  urls: readonly string[];
  log: Log;
  /** Unix seconds. */
  now: () => number;
  /** Ends what is being asked; it is asked again by whoever goes on. */
  signal: AbortSignal;
  timeoutMs?: number;
  /** Seconds after a first failure; twice as many after each that follows. */
  retryAfter?: number;
}>;

/** Seconds before the end of an authority's certificate from which its tokens are renewed. */
export const RENEW_BEFORE = 30 * 86_400;

const RETRY_AFTER = 30;
const LONGEST_PAUSE = 3_600;
const DAY = 86_400;
/** Tokens of one authority in one step, one after the other. */
const BATCH = 16;

/**
 * Asks each authority for the tokens that are missing: one over every batch root, whether it is
 * anchored yet or not, and one over root and token where the authority's certificate ends soon. The
 * authorities are asked side by side, and none waits for another. Returns whether there may be more
 * at once.
 * @throws the reason of `signal`
 */
export async function stampOnce(options: TimestampOptions): Promise<boolean> {
  const { database, urls, now } = options;
  const { db } = database;
  await queueTimestamps(db, urls);
  await queueRenewals(db, urls, { after: now(), before: now() + RENEW_BEFORE });
  const outcomes = await Promise.all(urls.map((url) => stampBy(url, options)));
  return outcomes.includes(true);
}

async function stampBy(url: string, options: TimestampOptions): Promise<boolean> {
  const due = await readDueTimestamps(options.database.db, url, { at: options.now(), limit: BATCH });
  for (const row of due) {
    if (!(await stamp(row, options))) return false;
  }
  return due.length === BATCH;
}

/** Whether the authority can be asked for the next one. */
async function stamp(row: DueTimestamp, options: TimestampOptions): Promise<boolean> {
  const { database, log, signal, timeoutMs } = options;
  const { root, tsaUrl, generation, renews } = row;
  const answer = await askTsa(tsaUrl, root, {
    signal,
    ...(renews === null ? {} : { renews: hexToBytes(renews.token) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const tsa = new URL(tsaUrl).host;
  const problem = problemOf(answer, row);
  if (problem !== undefined) {
    const pause = pauseAfter(problem, row, options);
    log.warn({ root, tsa, generation, problem, seconds: pause.seconds }, "no time stamp yet");
    await postponeTimestamp(database.db, row, pause);
    return !pause.concernsAll;
  }
  if ("problem" in answer) return false;
  const { token, time, certificateExpires } = answer;
  await saveTimestamp(database.db, { root, tsaUrl, generation, token: bytesToHex(token), time, certificateExpires });
  log.info({ root, tsa, generation, time }, "time stamp kept");
  return true;
}

/** A renewal by the certificate that ends soon, or one that ends sooner, would renew nothing. */
function problemOf(answer: TsaAnswer, { renews }: DueTimestamp): TsaProblem | "tsa-certificate-not-newer" | undefined {
  if ("problem" in answer) return answer.problem;
  const isUseless = renews !== null && answer.certificateExpires <= renews.certificateExpires;
  return isUseless ? "tsa-certificate-not-newer" : undefined;
}

function pauseAfter(problem: string, { tries }: DueTimestamp, { retryAfter = RETRY_AFTER }: TimestampOptions) {
  if (problem === "tsa-certificate-not-newer") return { problem, seconds: DAY, concernsAll: false };
  return { problem, seconds: Math.min(retryAfter * 2 ** Math.min(tries, 20), LONGEST_PAUSE), concernsAll: true };
}
