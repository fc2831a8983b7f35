import type { Transaction } from "kysely";
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
import type { Terms } from "../core/deal/terms.ts";
import type { PackedTerms } from "../core/deal/termsCodec.ts";
import { unpackTerms } from "../core/deal/unpackTerms.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Database } from "../db/database.ts";
import { type DealTerms, deleteUnfundedDeals, readTerms, saveFundedDeals } from "../db/deals.ts";
import {
  type BlockMark,
  deleteAbove,
  type IndexedEvent,
  insertBlocks,
  insertEvents,
  lockCursor,
  readAllEvents,
  readBlocksBelow,
  readCursor,
  readEventsOf,
  type StoredEvent,
  writeCursor,
} from "../db/events.ts";
import {
  deleteAllProjections,
  deleteProjections,
  type Projection,
  readProjections,
  writeProjections,
} from "../db/projections.ts";
import type { Tables } from "../db/schema.ts";
import { unsettleAbove } from "../db/transactions.ts";
import type { Log } from "./log.ts";
import { project, type Subject, subjectsOf } from "./project/project.ts";

export type IndexerOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  finality: Finality;
  log: Log;
  /** Blocks in one step while far behind. */
  chunk?: number;
}>;

export type Indexer = Readonly<{
  /**
   * Takes in what is new, one range in one transaction. Says whether there was anything. Throws `chain-mismatch` or
   * `contract-missing`, and forgets nothing, when the chain that takes another's place is not the contracts'.
   */
  indexOnce: () => Promise<boolean>;
  /**
   * Forgets what was read from `from` on, and projects what lies before it anew; `indexOnce` reads the rest again. Goes
   * back further where no block is known just before `from`. Returns the last block that it kept. Throws
   * `index-incomplete`, and forgets nothing, when events before that block are missing.
   */
  rewind: (from: number) => Promise<number>;
}>;

type Position = Readonly<{ number: number; hash: Hex }>;
type Range = Readonly<{
  blocks: readonly BlockMark[];
  events: readonly StoredEvent[];
  /** Terms of the deals that were funded in it. */
  fundings: readonly DealTerms[];
  end: Position;
}>;

const CHUNK = 2_000;
/** Within this distance of the head every header is read, linked to its parent and compared with the logs. */
const CLOSE = 64;
const ANCESTORS = 32;

/** Before the first block. */
const nothing: Position = { number: -1, hash: "0x" };

/** Follows the contracts' logs into events and projections, and a reorganisation back to where the chains part. */
export const createIndexer = (options: IndexerOptions): Indexer => {
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
    const isTaken = await database.db.transaction().execute((tx) => apply(tx, { cursor, base, range }));
    if (isTaken && base !== cursor) {
      log.warn({ from: cursor.number, ancestor: base.number, head: head.number }, "followed a reorganisation");
    }
    return true;
  };

  /** Nodes limit how much one answer may hold: after a refusal the next step asks for half as much. */
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

  /** The newest block of ours that is still in the chain; `undefined` while the node has not caught up with us. */
  const findBase = async (cursor: Position, head: Header): Promise<Position | undefined> => {
    if (cursor.number <= start.number) return cursor;
    if (head.number < cursor.number) {
      // A public node that shows an older head is behind. A chain without finality may really have been cut short.
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

  /** The blocks after `base` with their events; `undefined` when the chain changed while it was read. */
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

  /** Logs that belong to these very headers, filled up where a block's bloom filter says that some are missing. */
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
};

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

type Step = Readonly<{ cursor: Position; base: Position; range: Range }>;

/** Ids of the deals that subjects name. */
const dealsAmong = (subjects: readonly string[]): string[] =>
  subjects.flatMap((subject) => (subject.startsWith("deal:") ? [subject.slice("deal:".length)] : []));

/** Events, terms, projections and cursor move together. `false` when another replica was faster. */
const apply = async (tx: Transaction<Tables>, { cursor, base, range }: Step): Promise<boolean> => {
  const actual = await lockCursor(tx, cursor);
  if (actual.number !== cursor.number || actual.hash !== cursor.hash) return false;
  const undone = base === cursor ? [] : await deleteAbove(tx, base.number);
  if (base !== cursor) await unsettleAbove(tx, base.number);
  const projector = createProjector();
  if (undone.length > 0) {
    await deleteProjections(tx, undone);
    await deleteUnfundedDeals(tx, dealsAmong(undone));
    const remaining = await readEventsOf(tx, undone);
    await learnTerms(tx, projector, remaining);
    projector.projectAll(remaining, new Set(undone));
  }
  await saveFundedDeals(tx, range.fundings);
  projector.learn(range.fundings);
  await learnTerms(tx, projector, range.events);
  const events = range.events.map(projector.withSubjects);
  await insertEvents(tx, events);
  await insertBlocks(tx, range.blocks);
  const touched = [...new Set(events.flatMap(({ subjects }) => subjects))];
  projector.load(await readProjections(tx, touched));
  projector.projectAll(events);
  await writeProjections(tx, projector.results());
  await writeCursor(tx, range.end);
  return true;
};

/** Drops all projections and makes them again from the events that are kept. */
export const rebuildProjections = async (database: Database): Promise<void> => {
  await database.db.transaction().execute(async (tx) => {
    const known = await readCursor(tx);
    if (known === undefined) return;
    await lockCursor(tx, known);
    await projectAnew(tx);
  });
};

const projectAnew = async (tx: Transaction<Tables>) => {
  await deleteAllProjections(tx);
  const projector = createProjector();
  for await (const page of readAllEvents(tx)) {
    await learnTerms(tx, projector, page);
    projector.projectAll(page);
  }
  await writeProjections(tx, projector.results());
};

const createProjector = () => {
  const states = new Map<Subject, Projection>();
  const terms = new Map<Hex, Terms>();
  const termsOf = (event: StoredEvent) => {
    const found = event.dealId === null ? undefined : terms.get(event.dealId);
    if (found === undefined && event.dealId !== null && event.contract === "escrow") {
      throw new ProtocolError("index-incomplete", { dealId: event.dealId, event: event.name });
    }
    return found;
  };
  return {
    knows: (dealId: Hex) => terms.has(dealId),
    learn: (deals: readonly DealTerms[]) => {
      for (const deal of deals) terms.set(deal.id, deal.terms);
    },
    load: (rows: readonly Projection[]) => {
      for (const row of rows) {
        const subject = `${row.kind}:${row.key}` as Subject;
        if (!states.has(subject)) states.set(subject, row);
      }
    },
    withSubjects: (event: StoredEvent): IndexedEvent => ({ ...event, subjects: subjectsOf(event, termsOf(event)) }),
    projectAll: (events: readonly IndexedEvent[], only?: ReadonlySet<string>) => {
      for (const event of events) {
        for (const subject of event.subjects as readonly Subject[]) {
          if (only !== undefined && !only.has(subject)) continue;
          states.set(subject, project(subject, states.get(subject), { ...event, terms: termsOf(event) }));
        }
      }
    },
    results: () => [...states.values()],
  };
};

const learnTerms = async (
  tx: Transaction<Tables>,
  projector: ReturnType<typeof createProjector>,
  events: readonly StoredEvent[],
) => {
  const unknown = new Set(
    events.flatMap(({ dealId }) => (dealId !== null && !projector.knows(dealId) ? [dealId] : [])),
  );
  projector.learn(await readTerms(tx, [...unknown]));
};
