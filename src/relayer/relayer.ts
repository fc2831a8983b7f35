import { randomUUID } from "node:crypto";
import type { Address } from "viem";
import { type Chain, requireChain } from "../chain/client.ts";
import { type Contracts, protocolErrors, requireContracts } from "../chain/contracts.ts";
import { type Finality, readHeads } from "../chain/heads.ts";
import { readNonce } from "../chain/transactions.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Database } from "../db/database.ts";
import { readCursor } from "../db/events.ts";
import { readOldestUnproven } from "../db/evidence.ts";
import { dropLeases, LEASE_SECONDS, takeLease } from "../db/leases.ts";
import { readNextDue } from "../db/projections.ts";
import { readOutboxAge } from "../db/queue.ts";
import { readNextNonce } from "../db/transactions.ts";
import type { EvidenceStore } from "../ipfs/port.ts";
import { type Acceptance, createAcceptance } from "./accept.ts";
import { ANCHOR_MARGIN, type AnchorOptions, proveBatchesOnce, sealBatchOnce } from "./anchor.ts";
import { checkStoreOnce } from "./checkStore.ts";
import { watchDeadlinesOnce } from "./deadlines.ts";
import { createEvidenceIntake, type EvidenceIntake, type ReceiptSigner } from "./evidence.ts";
import { defaultFilers, type Filers } from "./filers.ts";
import { createIndexer } from "./indexer.ts";
import type { Log } from "./log.ts";
import { type Loop, startLoop } from "./loop.ts";
import { defaultSenderSettings, type Sender, type SenderSettings } from "./sender.ts";
import type { TransactionSigner } from "./signer.ts";
import { submitOnce } from "./submit.ts";
import { stampOnce } from "./timestamps.ts";
import { createTracker } from "./track.ts";

/** The parts of a relayer, and how it paces its work. */
export type RelayerOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  store: EvidenceStore;
  /** Pays for transactions and signs receipts of evidence. */
  signer: TransactionSigner & ReceiptSigner;
  log: Log;
  finality?: Finality;
  /** Pause between looks at the chain. */
  pollMs?: number;
  /**
   * Seconds that evidence may wait for others to share its batch, and within which its anchor is
   * promised.
   */
  batchSeconds?: number;
  anchorWithin?: number;
  batchSize?: number;
  /** Time-stamping authorities that stamp every batch root; none by default. */
  tsaUrls?: readonly string[];
  /** Who may file evidence; the parties of its deal by default. */
  filers?: Filers;
  /** Hours between two readings of everything that is stored; 24 by default. */
  checkHours?: number;
  /** IPFS gateways that a damaged file is fetched from anew; none by default. */
  repairGateways?: readonly string[];
  sender?: Partial<SenderSettings>;
  /** Unix seconds. */
  now?: () => number;
}>;

type Health = Readonly<{
  /** Nothing blocks it, and it is close to the head of the chain. */
  isReady: boolean;
  /** Why each part that cannot work is blocked, by its name. */
  blockedBy: Readonly<Record<string, ErrorCode>>;
  /**
   * Blocks between the head of the chain and what is indexed; null while the chain cannot be asked.
   */
  lag: number | null;
  /** Seconds that the oldest call waits to be in a block. */
  outboxAge: number;
  /** Nonces that are given out and not in a block; null while the chain cannot be asked. */
  nonceGap: number | null;
  /** Seconds since the oldest evidence came in that is not anchored yet; 0 when all is. */
  unanchored: number;
  /**
   * Stored files that the last reading of all of them found damaged and could not repair; null
   * before its end.
   */
  damagedFiles: number | null;
}>;

/** A relayer: what the API asks of it, and its life. */
export type Relayer = Acceptance &
  Readonly<{
    evidence: EvidenceIntake;
    address: Address;
    contracts: Contracts;
    /**
     * Begins to work. Returns at once: a chain that cannot be reached is waited for, and `health`
     * says so.
     */
    start: () => void;
    /** Ends after the steps that run; nothing is lost if it never gets the chance. */
    stop: () => Promise<void>;
    health: () => Promise<Health>;
    /** Settles once a block with this number, and everything before it, is projected. */
    whenIndexed: (blockNumber: number, signal: AbortSignal) => Promise<void>;
    /**
     * Unix second in which the next deadline's action falls due, by the chain's time; `null` when
     * no clock runs.
     */
    nextDeadline: () => Promise<number | null>;
  }>;

const READY_LAG = 20;
/** Pauses between looks at missing time stamps, in pauses between looks at the chain. */
const STAMP_PACE = 5;
/** Pause between looks at whether this still is the right chain, while nothing says otherwise. */
const GUARD_MS = 30_000;
const HOUR_MS = 3_600_000;

/** A relayer that takes requests in at once, and works from `start` to `stop`. */
export function createRelayer(options: RelayerOptions): Relayer {
  const { database, chain, contracts, store, signer, log } = options;
  const finality = options.finality ?? "tags";
  const pollMs = options.pollMs ?? 2_000;
  const now = options.now ?? (() => Math.floor(Date.now() / 1_000));
  const owner = randomUUID();
  // An embedded database has one process, and the lock on its directory sees to that.
  const isOnlyProcess = database.engine === "pglite";
  const ending = new AbortController();
  const loops = new Map<string, Loop>();
  const waiters = new Set<() => void>();
  let startBlockedBy: ErrorCode | undefined = "rpc-unreachable";

  const sender: Sender = {
    database,
    chain,
    signer,
    owner,
    errors: protocolErrors,
    finality,
    log,
    settings: { ...defaultSenderSettings, ...options.sender },
  };
  const anchoring: AnchorOptions = {
    database,
    chain,
    contracts,
    log,
    now,
    batchSeconds: options.batchSeconds ?? 30,
    batchSize: options.batchSize ?? 1_000,
  };
  const acceptance = createAcceptance({ database, chain, contracts, relayer: signer.address, now });
  const intake = createEvidenceIntake({
    database,
    chain,
    contracts,
    store,
    signer,
    now,
    anchorWithin: options.anchorWithin ?? 900,
    leastTime: anchoring.batchSeconds + ANCHOR_MARGIN,
    filers: options.filers ?? defaultFilers,
  });
  const indexer = createIndexer({ database, chain, contracts, finality, log });
  const tracker = createTracker(sender);

  const wake = (...names: string[]) => {
    for (const name of names) loops.get(name)?.wake();
  };
  /** Work that one replica at a time does. */
  const withLease = (name: string, work: () => Promise<boolean>) => async () =>
    (isOnlyProcess || (await takeLease(database.db, name, { owner, seconds: LEASE_SECONDS }))) && work();

  /** What stops a call may be the chain itself; then the look at it goes on saying so. */
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      wake("guard");
      throw error;
    }
  };

  const steps: Readonly<Record<string, () => Promise<boolean>>> = {
    submit: async () => {
      const count = await guarded(() => submitOnce(sender));
      if (count > 0) wake("track", "index");
      return count > 0;
    },
    track: withLease("track", async () => {
      await guarded(tracker.trackOnce);
      return false;
    }),
    index: withLease("index", async () => {
      const isNew = await indexer.indexOnce();
      if (isNew) {
        wake("deadlines", "track");
        for (const resume of waiters) resume();
      }
      return isNew;
    }),
    deadlines: withLease("deadlines", async () => {
      if ((await watchDeadlinesOnce({ database, chain, contracts })) > 0) wake("submit");
      return false;
    }),
    anchor: withLease("anchor", async () => {
      const root = await sealBatchOnce(anchoring);
      if (root !== undefined) wake("submit", "timestamps");
      await proveBatchesOnce(anchoring, signer.address);
      return root !== undefined;
    }),
  };

  const tsaUrls = options.tsaUrls ?? [];
  const stampStep = withLease("timestamps", () =>
    stampOnce({ database, urls: tsaUrls, log, now, signal: ending.signal }),
  );

  let damagedFiles: number | null = null;
  const checkStep = async () => {
    const gateways = options.repairGateways ?? [];
    damagedFiles = (await checkStoreOnce({ store, gateways, log, signal: ending.signal })).length;
    return false;
  };

  const requireDeployment = async () => {
    await requireChain(chain);
    await requireContracts(chain, contracts);
  };

  const startWork = () => {
    for (const [name, step] of Object.entries(steps)) {
      loops.set(name, startLoop({ name, intervalMs: pollMs, signal: ending.signal, log, step }));
    }
    if (tsaUrls.length > 0) {
      const intervalMs = STAMP_PACE * pollMs;
      loops.set(
        "timestamps",
        startLoop({ name: "timestamps", intervalMs, signal: ending.signal, log, step: stampStep }),
      );
    }
    const checkMs = (options.checkHours ?? 24) * HOUR_MS;
    loops.set("store", startLoop({ name: "store", intervalMs: checkMs, signal: ending.signal, log, step: checkStep }));
    const step = async () => {
      await requireDeployment();
      return false;
    };
    loops.set("guard", startLoop({ name: "guard", intervalMs: GUARD_MS, signal: ending.signal, log, step }));
    const forget = chain.onHead(() => wake("index", "track"));
    ending.signal.addEventListener("abort", forget, { once: true });
  };

  // The first loop only finds out whether this is the right chain; the others begin when it is.
  const start = () => {
    if (loops.size > 0) return;
    const found = new AbortController();
    const signal = AbortSignal.any([ending.signal, found.signal]);
    const step = async () => {
      await requireDeployment();
      if (ending.signal.aborted) return false;
      startBlockedBy = undefined;
      found.abort();
      startWork();
      return false;
    };
    loops.set("connect", startLoop({ name: "connect", intervalMs: pollMs, signal, log, step }));
  };

  const stop = async () => {
    ending.abort();
    for (const loop of loops.values()) await loop.done;
    // Loops that the first one has just started.
    for (const loop of loops.values()) await loop.done;
    await dropLeases(database.db, owner);
  };

  const health = async (): Promise<Health> => {
    const [cursor, outboxAge, nextNonce, oldest] = await Promise.all([
      readCursor(database.db),
      readOutboxAge(database.db),
      readNextNonce(database.db, signer.address),
      readOldestUnproven(database.db),
    ]);
    const [lag, nonceGap] = await Promise.all([
      readHeads(chain, finality).then(
        (heads) => heads && heads.latest.number - (cursor?.number ?? contracts.fromBlock - 1),
        () => null,
      ),
      readNonce(chain, signer.address).then(
        (nonce) => Math.max(0, (nextNonce ?? nonce) - nonce),
        () => null,
      ),
    ]);
    const blockedBy: Record<string, ErrorCode> = {};
    for (const [name, loop] of loops) {
      const code = loop.blockedBy();
      if (code !== undefined) blockedBy[name] = code;
    }
    if (startBlockedBy !== undefined) blockedBy.connect ??= startBlockedBy;
    const isReady = Object.keys(blockedBy).length === 0 && lag !== null && lag <= READY_LAG;
    const unanchored = oldest === null ? 0 : Math.max(0, now() - oldest);
    return { isReady, blockedBy, lag, outboxAge, nonceGap, unanchored, damagedFiles };
  };

  const whenIndexed = async (blockNumber: number, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.add(resolve);
      if (((await readCursor(database.db))?.number ?? -1) < blockNumber) {
        wake("index");
        // Another replica may be the one that indexes; its progress shows in the database only.
        const look = AbortSignal.any([signal, AbortSignal.timeout(pollMs)]);
        look.addEventListener("abort", () => resolve(), { once: true });
        await promise;
        waiters.delete(resolve);
        continue;
      }
      waiters.delete(resolve);
      return;
    }
  };

  return {
    ...acceptance,
    accept: async (request) => {
      const record = await acceptance.accept(request);
      wake("submit");
      return record;
    },
    evidence: {
      ...intake,
      submit: async (submission) => {
        const receipt = await intake.submit(submission);
        wake("anchor");
        return receipt;
      },
    },
    address: signer.address,
    contracts,
    start,
    stop,
    health,
    whenIndexed,
    nextDeadline: () => readNextDue(database.db),
  };
}
