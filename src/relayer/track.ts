import { requireCode } from "../chain/contracts.ts";
import { type Header, type Heads, headerAt, readHeads } from "../chain/heads.ts";
import {
  type Call,
  isMinedAnywhere,
  type MinedReceipt,
  readFees,
  readNonce,
  readReceipt,
  replay,
  simulate,
} from "../chain/transactions.ts";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";
import type { OutboxRow } from "../db/queue.ts";
import {
  type AttemptRow,
  attemptsOf,
  fillNonce,
  findByNonce,
  markDisplaced,
  markMined,
  markReorged,
  type PendingTransaction,
  readMined,
  readNextNonce,
  readPending,
  replaceAttempt,
} from "../db/transactions.ts";
import { capFees, raiseFees } from "./fees.ts";
import { type Sender, toCall } from "./sender.ts";
import { type AttemptPlan, signAttempt, voidPlan, withHeadroom } from "./signer.ts";
import { sendAttempts } from "./submit.ts";

const ROWS_PER_PASS = 500;
const PASSES_TO_DISPLACE = 5;

type Failure = Readonly<{ row: OutboxRow; error: unknown }>;

/** Follows transactions; one pass returns how many rows it looked at. */
export type Tracker = Readonly<{ trackOnce: () => Promise<number> }>;

/**
 * Follows what was sent until it is settled: resends, replaces, notices reorganisations and lost
 * nonces.
 */
export function createTracker(sender: Sender): Tracker {
  // Passes in a row in which a row's nonce looked taken by a stranger: one missing receipt is no
  // information.
  let suspects = new Map<number, number>();
  // What keeps a row from being followed, said once and not at every pass.
  let blocked = new Map<number, ErrorCode>();
  let lastSeen: Header | undefined;

  /** Whether every block that was there at the last pass still is. */
  const isContinued = async () => {
    if (lastSeen === undefined) return false;
    return (await headerAt(sender.chain, lastSeen.number))?.hash === lastSeen.hash;
  };

  const trackOnce = async () => {
    const { chain, database, finality, signer } = sender;
    const heads = await readHeads(chain, finality);
    if (heads === null) return 0;
    // Read before the receipts: a nonce that is settled now has its receipt by then, if the
    // transaction was ours.
    const settledNonce = heads.final < 0 ? 0 : await readNonce(chain, signer.address, heads.final);
    const isUnbroken = await isContinued();
    const followed = [
      ...(await readPending(database.db, ROWS_PER_PASS)),
      // While the chain only grows, a mined row changes when its block becomes safe or final, and
      // not before.
      ...(await readMined(database.db, ROWS_PER_PASS, isUnbroken ? heads : undefined)),
    ];
    const results = await Promise.allSettled(
      followed.map((pending) => followUp(sender, pending, { heads, settledNonce })),
    );
    const failures = followed.flatMap(({ row }, i) => {
      const result = results[i]!;
      return result.status === "rejected" ? [{ row, error: result.reason as unknown }] : [];
    });
    reportBlocked(failures);
    const taken = followed.flatMap(({ row }, i) => {
      const result = results[i]!;
      return result.status === "fulfilled" && result.value === "nonce-taken" ? [row.id] : [];
    });
    suspects = new Map(taken.map((id) => [id, (suspects.get(id) ?? 0) + 1]));
    for (const [id, passes] of suspects) if (passes >= PASSES_TO_DISPLACE) await markDisplaced(database.db, id);
    await fillNonceGap(sender);
    const severe = failures.find(({ error }) => !isOfOneRow(error));
    if (severe !== undefined) throw severe.error;
    if (failures.every(({ row }) => row.blockNumber === null)) lastSeen = heads.latest;
    return followed.length;
  };

  const reportBlocked = (failures: readonly Failure[]) => {
    const current = new Map(
      failures.flatMap(({ row, error }) => (error instanceof ProtocolError ? [[row.id, error.code] as const] : [])),
    );
    for (const [id, code] of current) {
      if (blocked.get(id) !== code) sender.log.warn({ id, code }, "cannot be followed for now");
    }
    blocked = current;
  };

  return { trackOnce };
}

/**
 * Whether a failure says nothing about other rows: the node answered, or one node of several was
 * away.
 */
const isOfOneRow = (error: unknown) =>
  error instanceof ProtocolError && (error.code === "rpc-refused" || error.code === "rpc-unreachable");

type Moment = Readonly<{ heads: Heads; settledNonce: number }>;

const followUp = async (
  sender: Sender,
  pending: PendingTransaction,
  moment: Moment,
): Promise<"nonce-taken" | "followed"> => {
  const { row, attempts, age, idle } = pending;
  const receipts = await Promise.all(attempts.map(({ hash }) => readReceipt(sender.chain, hash)));
  sender.onStep?.("receipt-read");
  const receipt = receipts.find((found) => found !== null);
  const newest = attempts.at(-1)!;
  if (receipt != null) {
    await recordMined(sender, pending, receipt, moment.heads);
    return "followed";
  }
  if (row.blockNumber !== null) {
    if (await isStillThere(sender, row.blockNumber, row.blockHash, moment.heads.latest)) return "followed";
    sender.log.warn({ id: row.id, block: row.blockNumber }, "a reorganisation removed a transaction");
    await markReorged(sender.database.db, row.id);
    await sendAgain(sender, row, newest);
    return "followed";
  }
  if (moment.settledNonce > newest.nonce) {
    const own = await Promise.all(attempts.map(({ hash }) => isMinedAnywhere(sender.chain, hash)));
    return own.includes(true) ? "followed" : "nonce-taken";
  }
  const isUnsent = newest.sentAt === null && (row.state === "broadcast" || age > sender.settings.resendAfter);
  if (age > sender.settings.replaceAfter) await replace(sender, pending, newest);
  else if (isUnsent || idle > sender.settings.resendAfter) await sendAgain(sender, row, newest);
  return "followed";
};

const recordMined = async (
  sender: Sender,
  { row, attempts }: PendingTransaction,
  receipt: MinedReceipt,
  heads: Heads,
) => {
  const depth = receipt.blockNumber <= heads.final ? "final" : receipt.blockNumber <= heads.safe ? "safe" : "mined";
  if (row.state === depth && row.blockHash === receipt.blockHash) return;
  const attempt = attempts.find(({ hash }) => hash === receipt.hash)!;
  const succeeded = receipt.succeeded && attempt.purpose === "call";
  const failure = succeeded ? undefined : await explain(sender, attempt, row.payload, receipt);
  const failed = attempt.purpose === "void" ? "rejected" : "reverted";
  await markMined(sender.database.db, row.id, {
    state: depth === "final" && !succeeded ? failed : depth,
    txHash: receipt.hash,
    blockNumber: receipt.blockNumber,
    blockHash: receipt.blockHash,
    succeeded,
    code: failure?.code,
    detail: failure?.details,
  });
  sender.onStep?.("mined");
  sender.log.info(
    { id: row.id, state: depth, succeeded, block: receipt.blockNumber, gas: Number(receipt.gasUsed) },
    "mined",
  );
};

const explain = async (sender: Sender, attempt: AttemptRow, payload: unknown, receipt: MinedReceipt) => {
  const blockNumber = receipt.blockNumber - 1;
  const cause = await replay(sender.chain, attempt.signer, toCall(payload), { errors: sender.errors, blockNumber });
  return cause instanceof ProtocolError && cause.code === "call-reverted"
    ? cause
    : new ProtocolError("call-reverted", { error: "unknown" });
};

/** Whether a missing receipt is the node's lag and not a reorganisation. */
const isStillThere = async (sender: Sender, number: number, hash: string | null, latest: Header): Promise<boolean> => {
  if (latest.number < number) return sender.finality === "tags";
  const header = await headerAt(sender.chain, number);
  return header !== null && header.hash === hash;
};

/** The same bytes once more, unless the contract that they call is gone. */
const sendAgain = async (sender: Sender, row: OutboxRow, attempt: AttemptRow) => {
  if (attempt.purpose === "call") await requireTarget(sender, toCall(row.payload));
  await sendAttempts(sender, [attempt]);
};

/** A row that only fills a gap calls the signer itself, who has no code. */
const requireTarget = async ({ chain, signer }: Sender, { to }: Call) => {
  if (to !== signer.address) await requireCode(chain, to);
};

const replace = async (sender: Sender, { row, idle }: PendingTransaction, last: AttemptRow) => {
  const { chain, database, signer, settings } = sender;
  const old = { maxFee: BigInt(last.maxFee), maxPriorityFee: BigInt(last.maxPriorityFee) };
  const fees = raiseFees(old, await readFees(chain), settings.maxFeeCap);
  if (fees === undefined) {
    if (idle < settings.resendAfter) return;
    sender.log.warn({ id: row.id, code: "fee-cap-reached", nonce: last.nonce }, "sending the same bytes again");
    await sendAgain(sender, row, last);
    return;
  }
  const place = { chainId: chain.chainId, nonce: last.nonce, fees };
  const call = toCall(row.payload);
  const gas = await gasOf(sender, call, last);
  const plan: AttemptPlan = gas === undefined ? voidPlan(signer, place) : { ...place, call, gas, purpose: "call" };
  const attempt = await replaceAttempt(database.db, last, () => signAttempt(signer, plan));
  if (attempt === undefined) return;
  sender.onStep?.("replacement-signed");
  sender.log.info({ id: row.id, nonce: last.nonce, purpose: plan.purpose }, "replaced");
  await sendAttempts(sender, [attempt]);
  sender.onStep?.("replacement-sent");
};

/**
 * What the call needs now, or needed last where a node refuses to say; `undefined` when it must not
 * run any more.
 */
const gasOf = async (sender: Sender, call: Call, last: AttemptRow): Promise<bigint | undefined> => {
  try {
    await requireTarget(sender, call);
    return withHeadroom(await simulate(sender.chain, sender.signer.address, call, sender.errors));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (error.code === "call-reverted") return undefined;
    if (error.code === "rpc-refused") return last.purpose === "call" ? BigInt(last.gas) : undefined;
    throw error;
  }
};

/**
 * The chain waits for a nonce that we took for settled, because it went back further than we ever
 * expected, or for one that a stranger with our key had used. The first is sent again, the second
 * used up.
 */
const fillNonceGap = async (sender: Sender) => {
  const { chain, database, signer, settings } = sender;
  const nextNonce = await readNextNonce(database.db, signer.address);
  const chainNonce = await readNonce(chain, signer.address);
  if (nextNonce === undefined || chainNonce >= nextNonce) return;
  const row = await findByNonce(database.db, signer.address, chainNonce);
  if (row === undefined) {
    const fees = capFees(await readFees(chain), settings.maxFeeCap);
    const place = { chainId: chain.chainId, nonce: chainNonce, fees };
    const payload = { to: signer.address, data: "0x" } as const;
    const attempt = await fillNonce(database.db, { ...place, signer: signer.address, payload }, () =>
      signAttempt(signer, voidPlan(signer, place)),
    );
    if (attempt !== undefined) await sendAttempts(sender, [attempt]);
    return;
  }
  if (row.state !== "final" && row.state !== "reverted" && row.state !== "rejected") return;
  const attempts = (await attemptsOf(database.db, row.id)).filter(({ nonce }) => nonce === chainNonce);
  const receipts = await Promise.all(attempts.map(({ hash }) => readReceipt(chain, hash)));
  if (receipts.some((receipt) => receipt !== null)) return;
  if (row.blockNumber !== null) {
    const header = await headerAt(chain, row.blockNumber);
    if (header?.hash === row.blockHash) return;
  }
  sender.log.warn({ id: row.id, nonce: chainNonce }, "the chain went back behind a settled transaction");
  await markReorged(database.db, row.id);
  const newest = attempts.at(-1);
  if (newest !== undefined) await sendAgain(sender, row, newest);
};
