import type { Transaction } from "kysely";
import type { Hex } from "viem";
import type { Terms } from "../core/deal/terms.ts";
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
import { project, type Subject, subjectsOf } from "./project/project.ts";

/** A block of the chain that is followed. */
export type Position = Readonly<{ number: number; hash: Hex }>;
/** What a range of blocks holds; `end` is its last block. */
export type Range = Readonly<{
  blocks: readonly BlockMark[];
  events: readonly StoredEvent[];
  /** Terms of the deals that were funded in it. */
  fundings: readonly DealTerms[];
  end: Position;
}>;

/**
 * A range that takes the place of everything after `base`, which the cursor is at unless blocks
 * were reorganised.
 */
type Step = Readonly<{ cursor: Position; base: Position; range: Range }>;

/** Ids of the deals that subjects name. */
const dealsAmong = (subjects: readonly string[]): string[] =>
  subjects.flatMap((subject) => (subject.startsWith("deal:") ? [subject.slice("deal:".length)] : []));

/** Events, terms, projections and cursor move together. `false` when another replica was faster. */
export async function applyRange(tx: Transaction<Tables>, { cursor, base, range }: Step): Promise<boolean> {
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
}

/**
 * Drops all projections and makes them again from the events and terms that are kept. Throws
 * `index-incomplete`.
 */
export async function rebuildProjections(database: Database): Promise<void> {
  await database.db.transaction().execute(async (tx) => {
    const known = await readCursor(tx);
    if (known === undefined) return;
    await lockCursor(tx, known);
    await projectAnew(tx);
  });
}

/**
 * Drops all projections and makes them again, in a transaction that holds the cursor. Throws
 * `index-incomplete`.
 */
export async function projectAnew(tx: Transaction<Tables>) {
  await deleteAllProjections(tx);
  const projector = createProjector();
  for await (const page of readAllEvents(tx)) {
    await learnTerms(tx, projector, page);
    projector.projectAll(page);
  }
  await writeProjections(tx, projector.results());
}

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
