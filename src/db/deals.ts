import { sql, type Transaction } from "kysely";
import type { Hex } from "viem";
import { type Terms, termsSchema } from "../core/deal/terms.ts";
import { now } from "./clock.ts";
import type { Connection } from "./database.ts";
import { toJson } from "./json.ts";
import { type DealProjection, parseState } from "./projectionStates.ts";
import type { Tables } from "./schema.ts";

/** A deal's terms under its id. */
export type DealTerms = Readonly<{ id: Hex; terms: Terms }>;

/** A deal as it is known here: registered, funded on the chain, or both. */
export type KnownDeal = DealTerms &
  Readonly<{
    /** The seller's signature over the terms, if it was handed in. */
    sellerSignature: Hex | null;
    /** What the chain says; absent while the terms are registered only. */
    projection: DealProjection | undefined;
    /** Time of the newest block that is indexed, in Unix seconds; 0 before the first. */
    asOf: number;
  }>;

/** A deal that is funded on the chain. */
export type ProjectedDeal = KnownDeal &
  Readonly<{
    projection: DealProjection;
    /** The block that changed it last. */
    blockNumber: number;
  }>;

/** Keeps what a marketplace registers. The same terms again only add what was missing. */
export async function saveDeal(
  db: Connection,
  deal: DealTerms & Readonly<{ order: unknown; sellerSignature: Hex | null }>,
): Promise<void> {
  const order = deal.order === null || deal.order === undefined ? null : JSON.stringify(deal.order);
  await db
    .insertInto("deals")
    .values({
      dealId: deal.id,
      terms: toJson(deal.terms),
      order,
      sellerSignature: deal.sellerSignature,
      registeredAt: now,
    })
    .onConflict((conflict) =>
      conflict.column("dealId").doUpdateSet((eb) => ({
        sellerSignature: eb.fn.coalesce("deals.sellerSignature", eb.ref("excluded.sellerSignature")),
        order: eb.fn.coalesce("deals.order", eb.ref("excluded.order")),
        registeredAt: eb.fn.coalesce("deals.registeredAt", eb.ref("excluded.registeredAt")),
      })),
    )
    .execute();
}

/**
 * Keeps the terms of deals that the chain holds. Those that are known, registered or not, stay as
 * they are.
 */
export async function saveFundedDeals(tx: Transaction<Tables>, deals: readonly DealTerms[]): Promise<void> {
  if (deals.length === 0) return;
  await sql`
    insert into deals (deal_id, terms)
    select id, terms from jsonb_to_recordset(${toJson(deals)}::jsonb) as deal (id text, terms jsonb)
    on conflict (deal_id) do nothing`.execute(tx);
}

/**
 * Forgets those of the deals that nobody registered and of which no funding is left; of all deals
 * without a list.
 */
export async function deleteUnfundedDeals(tx: Transaction<Tables>, ids?: readonly string[]): Promise<void> {
  let unfunded = tx
    .deleteFrom("deals")
    .where("registeredAt", "is", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("events")
            .select("events.id")
            .whereRef("events.dealId", "=", "deals.dealId")
            .where("events.name", "=", "DealFunded"),
        ),
      ),
    );
  if (ids !== undefined) unfunded = unfunded.where(isOneOf(ids));
  await unfunded.execute();
}

/** The terms of those deals of a list that are known. */
export async function readTerms(db: Connection, ids: readonly Hex[]): Promise<DealTerms[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom("deals").select(["dealId", "terms"]).where(isOneOf(ids)).execute();
  return rows.map(({ dealId, terms }) => ({ id: dealId, terms: termsSchema.parse(terms) }));
}

/**
 * A deal by its id; `undefined` for one that was neither registered here nor funded on the chain.
 */
export async function readDeal(db: Connection, id: Hex): Promise<KnownDeal | undefined> {
  const row = await selectDeals(db).where("deals.dealId", "=", id).executeTakeFirst();
  return row && toKnown(row);
}

/** Funded deals, those that moved last first; `after` is where the page before ended. */
export async function listDeals(
  db: Connection,
  options: { party?: string; status?: string; after?: { blockNumber: number; id: Hex }; limit: number },
): Promise<ProjectedDeal[]> {
  const { party, status, after, limit } = options;
  let query = selectDeals(db).where("projections.key", "is not", null);
  if (party !== undefined) query = query.where(sql<boolean>`parties @> array[${party.toLowerCase()}::text]`);
  if (status !== undefined) query = query.where("projections.status", "=", status);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(block_number, key) < (${after.blockNumber}::bigint, ${after.id}::text)`);
  }
  const rows = await query
    .orderBy("projections.blockNumber", "desc")
    .orderBy("projections.key", "desc")
    .limit(limit)
    .execute();
  return rows.flatMap(toProjected);
}

/** Deals that anyone may move at `time`, the longest waiting first. */
export async function readDueDeals(db: Connection, time: number, limit: number): Promise<ProjectedDeal[]> {
  const rows = await selectDeals(db)
    .where("projections.dueAt", "<=", time)
    .orderBy("projections.dueAt")
    .limit(limit)
    .execute();
  return rows.flatMap(toProjected);
}

function isOneOf(ids: readonly string[]) {
  return sql<boolean>`deal_id = any(array(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)))`;
}

function selectDeals(db: Connection) {
  return db
    .selectFrom("deals")
    .leftJoin("projections", (join) =>
      join.on("projections.kind", "=", "deal").onRef("projections.key", "=", "deals.dealId"),
    )
    .select(["deals.dealId", "deals.terms", "deals.sellerSignature", "projections.state", "projections.blockNumber"])
    .select((eb) =>
      eb.selectFrom("blocks").select("blocks.timestamp").orderBy("blocks.number", "desc").limit(1).as("asOf"),
    );
}

type DealRow = Awaited<ReturnType<ReturnType<typeof selectDeals>["execute"]>>[number];

function toKnown({ dealId, terms, sellerSignature, state, asOf }: DealRow): KnownDeal {
  return {
    id: dealId,
    terms: termsSchema.parse(terms),
    sellerSignature,
    projection: state === null ? undefined : parseState("deal", state),
    asOf: asOf ?? 0,
  };
}

function toProjected(row: DealRow): ProjectedDeal[] {
  const { projection, ...deal } = toKnown(row);
  if (projection === undefined || row.blockNumber === null) return [];
  return [{ ...deal, projection, blockNumber: row.blockNumber }];
}
