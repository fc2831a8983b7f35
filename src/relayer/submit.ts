import { requireCode } from "../chain/contracts.ts";
import { broadcast, isMinedAnywhere, readBalance, readFees, readNonce, simulate } from "../chain/transactions.ts";
import { ProtocolError } from "../core/errors.ts";
import { claim, type OutboxRow, postpone, reject } from "../db/queue.ts";
import type { CallPayload } from "../db/tables.ts";
import { type AttemptRow, assign, attemptsOf, markRefound, markSent } from "../db/transactions.ts";
import { capFees } from "./fees.ts";
import { type Sender, toCall } from "./sender.ts";
import { signAttempt, withHeadroom } from "./signer.ts";

type Ready = Readonly<{ row: OutboxRow; gas: bigint }>;

const LONGEST_PAUSE_SECONDS = 5;

/**
 * Sends waiting rows: claims them, refuses what would revert, commits nonce and signed bytes, and
 * only then broadcasts. Returns how many rows it took; whatever dies in between is picked up by the
 * next run or by `track`. Throws `contract-missing` after it sent the others when rows call an
 * address without code: they wait.
 */
export async function submitOnce(sender: Sender): Promise<number> {
  const { chain, database, signer, owner, settings, onStep } = sender;
  const rows = await claim(database.db, owner, {
    kinds: ["tx", "anchor"],
    limit: settings.batch,
    leaseSeconds: settings.leaseSeconds,
  });
  if (rows.length === 0) return 0;
  onStep?.("claimed");

  const prepared = await Promise.all(rows.map((row) => prepare(sender, row)));
  const missing = prepared.find((item) => item instanceof ProtocolError);
  const ready = prepared.flatMap((item) => (item === undefined || item instanceof ProtocolError ? [] : [item]));
  onStep?.("simulated");
  const attempts = ready.length === 0 ? [] : await signAll(sender, ready);
  onStep?.("assigned");
  await sendAttempts(sender, attempts);
  onStep?.("marked-sent");
  sender.log.debug(
    { rows: rows.length, sent: attempts.length, signer: signer.address, chainId: chain.chainId },
    "submitted",
  );
  if (missing !== undefined) throw missing;
  return rows.length;
}

/** Hands signed bytes to the network and notes that this happened, whatever the answer. */
export async function sendAttempts(sender: Sender, attempts: readonly AttemptRow[]): Promise<void> {
  const outcomes = await Promise.all(attempts.map(({ raw }) => broadcast(sender.chain, raw)));
  sender.onStep?.("sent");
  if (outcomes.includes("no-funds")) {
    sender.log.warn({ code: "relayer-balance-low", signer: sender.signer.address }, "the node asks for more money");
  }
  await markSent(sender.database.db, attempts);
}

/**
 * The row with the gas that it needs; `undefined` when it is not to be sent now, with the reason if
 * it concerns all.
 */
const prepare = async (sender: Sender, row: OutboxRow): Promise<Ready | ProtocolError | undefined> => {
  const { chain, database, signer, errors } = sender;
  try {
    // A row that comes back for a new nonce must not run twice: every hash ever signed for it is
    // asked for first.
    for (const { hash } of await attemptsOf(database.db, row.id)) {
      if (await isMinedAnywhere(chain, hash)) {
        await markRefound(database.db, row.id);
        return undefined;
      }
    }
    const call = toCall(row.payload);
    await requireCode(chain, call.to);
    const gas = await simulate(chain, signer.address, call, errors);
    return { row, gas: leastGasOf(row, withHeadroom(gas)) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (error.code === "call-reverted") {
      await reject(database.db, row.id, { code: error.code, detail: error.details });
      sender.log.info({ id: row.id, code: error.code, error: error.details.error }, "refused before sending");
    } else {
      await postpone(database.db, row.id, { code: error.code, seconds: pauseOf(row) });
    }
    return error.code === "contract-missing" ? error : undefined;
  }
};

const leastGasOf = ({ payload }: OutboxRow, estimated: bigint) => {
  const least = BigInt((payload as CallPayload).leastGas ?? 0);
  return estimated < least ? least : estimated;
};

const signAll = async (sender: Sender, ready: readonly Ready[]): Promise<AttemptRow[]> => {
  const { chain, database, signer, owner, settings } = sender;
  try {
    const [fresh, chainNonce, balance] = await Promise.all([
      readFees(chain),
      readNonce(chain, signer.address),
      readBalance(chain, signer.address),
    ]);
    const fees = capFees(fresh, settings.maxFeeCap);
    const cost = ready.reduce((sum, { row, gas }) => sum + gas * fees.maxFee + toCall(row.payload).value, 0n);
    if (balance < cost) throw new ProtocolError("relayer-balance-low", { signer: signer.address });
    const byId = new Map(ready.map((item) => [item.row.id, item]));
    return await assign(
      database.db,
      { signer: signer.address, chainId: chain.chainId, chainNonce },
      {
        owner,
        rowIds: ready.map(({ row }) => row.id),
        sign: (id, nonce) => {
          const { row, gas } = byId.get(id)!;
          return signAttempt(signer, {
            chainId: chain.chainId,
            nonce,
            call: toCall(row.payload),
            gas,
            fees,
            purpose: "call",
          });
        },
        beforeCommit: () => sender.onStep?.("signed"),
      },
    );
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    sender.log.warn({ code: error.code, rows: ready.length }, "not sent yet");
    for (const { row } of ready) await postpone(database.db, row.id, { code: error.code, seconds: pauseOf(row) });
    return [];
  }
};

const pauseOf = (row: OutboxRow) => Math.min(2 ** Math.min(row.tries, 10) / 4, LONGEST_PAUSE_SECONDS);
