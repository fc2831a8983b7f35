import type { Hex } from "viem";
import type { Chain } from "../chain/client.ts";
import { type Contracts, requireContracts } from "../chain/contracts.ts";
import { type Finality, type Header, headerAt } from "../chain/heads.ts";
import {
  createLogReader,
  mayHaveLogs,
  type ProtocolEvent,
  type RawLog,
  readLogs,
  readLogsFromReceipts,
} from "../chain/logs.ts";
import type { PackedTerms } from "../core/deal/termsCodec.ts";
import { unpackTerms } from "../core/deal/unpackTerms.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Database } from "../db/database.ts";
import { type DealTerms, deleteUnfundedDeals } from "../db/deals.ts";
import {
  type BlockMark,
  deleteAbove,
  lockCursor,
  readBlocksBelow,
  readCursor,
  type StoredEvent,
  writeCursor,
} from "../db/events.ts";
import { applyRange, type Position, projectAnew, type Range } from "./applyRange.ts";
import type { Log } from "./log.ts";

/** The chain that is followed, and where to. */
export type IndexerOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  finality: Finality;
  log: Log;
  /** Blocks in one step while far behind. */
  chunk?: number;
}>;

/** Follows a chain step by step. */
export type Indexer = Readonly<{
  /**
   * Takes in what is new, one range in one transaction. Says whether there was anything. Throws
   * `chain-mismatch` or `contract-missing`, and forgets nothing, when the chain that takes
   * another's place is not the contracts'.
   */
  indexOnce: () => Promise<boolean>;
  /**
   * Forgets what was read from `from` on, and projects what lies before it anew; `indexOnce` reads
   * the rest again. Goes back further where no block is known just before `from`. Returns the last
   * block that it kept. Throws `index-incomplete`, and forgets nothing, when events before that
   * block are missing.
   */
  rewind: (from: number) => Promise<number>;
}>;

const CHUNK = 2_000;
/**
 * Within this distance of the head every header is read, linked to its parent and compared with the
 * logs.
 */
const CLOSE = 64;
const ANCESTORS = 32;

/** Before the first block. */
const nothing: Position = { number: -1, hash: "0x" };

/**
 * Follows the contracts' logs into events and projections, and a reorganisation back to where the
 * chains part.
 */
export function createIndexer(options: IndexerOptions): Indexer {
  const { database, chain, contracts, finality, log, chunk = CHUNK } = options;
  const readLog = createLogReader(contracts);
  let size = chunk;
  const start: Position = { ...nothing, number: contracts.fromBlock - 1 };

  const indexOnce = async () => {
    const cursor = (await readCursor(database.db)) ?? start;
    const head = await headerAt(chain, "latest");
    if (head === null) return false;
    const base = await findBase(cursor, head);
    if (base === undefined) return false;
    // What looks like a reorganisation may be another chain, or one that begins anew.
    if (base !== cursor) await requireContracts(chain, contracts);
    const distance = head.number - base.number;
    const to = distance <= CLOSE ? head.number : base.number + Math.min(size, distance - CLOSE);
    if (base === cursor && to <= cursor.number) return false;
    const range =
      to > base.number ? await readRangeOrLess(base, to) : { blocks: [], events: [], fundings: [], end: base };
    if (range === undefined) return true;
    const isTaken = await database.db.transaction().execute((tx) => applyRange(tx, { cursor, base, range }));
    if (isTaken && base !== cursor) {
      log.warn({ from: cursor.number, ancestor: base.number, head: head.number }, "followed a reorganisation");
    }
    return true;
  };

  /**
   * Nodes limit how much one answer may hold: after a refusal the next step asks for half as much.
   */
  const readRangeOrLess = async (base: Position, to: number) => {
    try {
      return await readRange(base, to);
    } catch (error) {
      const isTooMuch = error instanceof ProtocolError && error.code === "rpc-refused" && size > 1;
      if (!isTooMuch) throw error;
      size = Math.ceil(size / 2);
      return undefined;
    }
  };

  /**
   * The newest block of ours that is still in the chain; `undefined` while the node has not caught
   * up with us.
   */
  const findBase = async (cursor: Position, head: Header): Promise<Position | undefined> => {
    if (cursor.number <= start.number) return cursor;
    if (head.number < cursor.number) {
      // A public node that shows an older head is behind. A chain without finality may really have
      // been cut short.
      const [known] = await readBlocksBelow(database.db, head.number, 1);
      const isPrefix = known?.number === head.number && known.hash === head.hash;
      if (isPrefix && finality === "tags") return undefined;
      return findAncestor(head.number);
    }
    const current = head.number === cursor.number ? head : await headerAt(chain, cursor.number);
    if (current === null) return undefined;
    return current.hash === cursor.hash ? cursor : findAncestor(cursor.number);
  };

  const findAncestor = async (from: number): Promise<Position> => {
    for (let below = from; ; ) {
      const known = await readBlocksBelow(database.db, below, ANCESTORS);
      const last = known.at(-1);
      if (last === undefined) return start;
      const headers = await Promise.all(known.map(({ number }) => headerAt(chain, number)));
      const shared = known.find(({ hash }, i) => headers[i]?.hash === hash);
      if (shared !== undefined) return { number: shared.number, hash: shared.hash };
      below = last.number - 1;
    }
  };

  /**
   * The blocks after `base` with their events; `undefined` when the chain changed while it was
   * read.
   */
  const readRange = async (base: Position, to: number): Promise<Range | undefined> => {
    const from = base.number + 1;
    const isClose = to - from < CLOSE;
    const numbers = isClose ? Array.from({ length: to - from + 1 }, (_, i) => from + i) : [from, to];
    const headers = (await Promise.all(numbers.map((number) => headerAt(chain, number)))).filter((h) => h !== null);
    if (headers.length !== numbers.length || !isLinked(base, headers, isClose)) return undefined;
    const logs = await readLogs(chain, contracts, { from, to });
    if (!isClose && (await headerAt(chain, to))?.hash !== headers.at(-1)!.hash) return undefined;
    const complete = isClose ? await completeLogs(headers, logs) : logs;
    if (complete === undefined) return undefined;
    const times = await readTimes(headers, complete);
    if (times === undefined) return undefined;
    const logged = complete.flatMap((raw) => readLog(raw) ?? []);
    const events = logged.map((event) => toStored(event, times.get(event.blockNumber)!));
    const end = headers.at(-1)!;
    const blocks = isClose ? headers : headers.slice(-1);
    return {
      blocks: blocks.map(toMark),
      events,
      fundings: logged.flatMap(fundingOf),
      end: { number: end.number, hash: end.hash },
    };
  };

  /**
   * Logs that belong to these very headers, filled up where a block's bloom filter says that some
   * are missing.
   */
  const completeLogs = async (headers: readonly Header[], logs: readonly RawLog[]) => {
    const byNumber = Map.groupBy(logs, (raw) => Number(raw.blockNumber));
    const complete = await Promise.all(
      headers.map(async (header) => {
        const own = byNumber.get(header.number) ?? [];
        if (own.some((raw) => raw.blockHash !== header.hash)) return undefined;
        if (own.length > 0 || !mayHaveLogs(header, contracts)) return own;
        return readLogsFromReceipts(chain, contracts, header);
      }),
    );
    return complete.every((own) => own !== undefined) ? complete.flat() : undefined;
  };

  const readTimes = async (headers: readonly Header[], logs: readonly RawLog[]) => {
    const times = new Map(headers.map(({ number, timestamp }) => [number, timestamp]));
    const missing = new Set<number>();
    for (const raw of logs) {
      const number = Number(raw.blockNumber);
      if (times.has(number)) continue;
      if (raw.blockTimestamp === undefined) missing.add(number);
      else times.set(number, Number(raw.blockTimestamp));
    }
    const read = await Promise.all([...missing].map((number) => headerAt(chain, number)));
    if (read.includes(null)) return undefined;
    for (const header of read) times.set(header!.number, header!.timestamp);
    return times;
  };

  const rewind = async (from: number) => {
    const cursor = (await readCursor(database.db)) ?? start;
    const base = from <= contracts.fromBlock ? start : await findAncestor(Math.min(from - 1, cursor.number));
    await database.db.transaction().execute(async (tx) => {
      await lockCursor(tx, cursor);
      await deleteAbove(tx, base.number);
      await deleteUnfundedDeals(tx);
      await projectAnew(tx);
      await writeCursor(tx, base);
    });
    return base.number;
  };

  return { indexOnce, rewind };
}

const isLinked = (base: Position, headers: readonly Header[], isClose: boolean) => {
  const first = headers[0]!;
  if (base.hash !== nothing.hash && first.parentHash !== base.hash) return false;
  return !isClose || headers.every(({ parentHash }, i) => i === 0 || parentHash === headers[i - 1]!.hash);
};

const toMark = ({ number, hash, parentHash, timestamp }: Header): BlockMark => ({
  number,
  hash,
  parentHash,
  timestamp,
});

const dealIdOf = ({ contract, args }: ProtocolEvent): Hex | null =>
  (contract === "escrow" ? (args.id as Hex | undefined) : undefined) ?? null;

const isFunding = (event: ProtocolEvent): boolean => event.contract === "escrow" && event.name === "DealFunded";

/** The deal that an event funds, if it is a funding. */
const fundingOf = (event: ProtocolEvent): DealTerms[] =>
  isFunding(event) ? [{ id: dealIdOf(event)!, terms: unpackTerms(event.args.terms as PackedTerms) }] : [];

/** The event without a deal's terms, which are kept once, in `deals`. */
const toStored = (event: ProtocolEvent, timestamp: number): StoredEvent => {
  const { contract, name, blockNumber, blockHash, txHash, logIndex } = event;
  const { terms: _terms, ...others } = event.args;
  return {
    contract,
    name,
    args: isFunding(event) ? others : event.args,
    dealId: dealIdOf(event),
    blockNumber,
    blockHash,
    timestamp,
    txHash,
    logIndex,
  };
};
