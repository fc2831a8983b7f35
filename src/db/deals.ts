import { sql, type Transaction } from "kysely";
import type { Hex } from "viem";
import { type Terms, termsSchema } from "../core/deal/terms.ts";
import { now } from "./clock.ts";
import type { Connection } from "./database.ts";
import { toJson } from "./json.ts";
import { type DealProjection, parseState } from "./projectionStates.ts";
import type { Row, Tables } from "./schema.ts";

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

const columns = [
  "deals.dealId",
  "deals.terms",
  "deals.sellerSignature",
  "projection.state",
  sql<number | null>`(select timestamp from blocks order by number desc limit 1)`.as("asOf"),
] as const;

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
  const row = await db
    .selectFrom("deals")
    .leftJoin("projections as projection", (join) =>
      join.on("projection.kind", "=", "deal").onRef("projection.key", "=", "deals.dealId"),
    )
    .select(columns)
    .where("deals.dealId", "=", id)
    .executeTakeFirst();
  return row && toKnown(row);
}

/** Funded deals, those that moved last first; `after` is where the page before ended. */
export async function listDeals(
  db: Connection,
  options: { party?: string; status?: string; after?: { blockNumber: number; id: Hex }; limit: number },
): Promise<ProjectedDeal[]> {
  const { party, status, after, limit } = options;
  let page = selectProjected(db);
  if (party !== undefined) page = page.where(sql<boolean>`parties @> array[${party.toLowerCase()}::text]`);
  if (status !== undefined) page = page.where("status", "=", status);
  if (after !== undefined) {
    page = page.where(sql<boolean>`(block_number, key) < (${after.blockNumber}::bigint, ${after.id}::text)`);
  }
  const rows = await withTerms(db, page.orderBy("blockNumber", "desc").orderBy("key", "desc").limit(limit))
    .orderBy("projection.blockNumber", "desc")
    .orderBy("projection.key", "desc")
    .execute();
  return rows.map(toProjected);
}

/** Deals that anyone may move at `time`, the longest waiting first. */
export async function readDueDeals(db: Connection, time: number, limit: number): Promise<ProjectedDeal[]> {
  const page = selectProjected(db).where("dueAt", "<=", time).orderBy("dueAt").limit(limit);
  const rows = await withTerms(db, page).orderBy("projection.dueAt").execute();
  return rows.map(toProjected);
}

function isOneOf(ids: readonly string[]) {
  return sql<boolean>`deal_id = any(array(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)))`;
}

function selectProjected(db: Connection) {
  return db.selectFrom("projections").select(["key", "state", "dueAt", "blockNumber"]).where("kind", "=", "deal");
}

/** Joins the terms to a page: not before, so that nothing is joined only to be sorted away. */
function withTerms(db: Connection, page: ReturnType<typeof selectProjected>) {
  return db
    .selectFrom(page.as("projection"))
    .innerJoin("deals", "deals.dealId", "projection.key")
    .select(columns)
    .select("projection.blockNumber");
}

type DealRow = Readonly<
  Pick<Row<"deals">, "dealId" | "terms" | "sellerSignature"> & { state: unknown; asOf: number | null }
>;

function toKnown({ state, ...row }: DealRow): KnownDeal {
  return { ...toDeal(row), projection: state === null ? undefined : parseState("deal", state) };
}

function toProjected({ state, blockNumber, ...row }: DealRow & Readonly<{ blockNumber: number }>): ProjectedDeal {
  return { ...toDeal(row), projection: parseState("deal", state), blockNumber };
}

function toDeal({ dealId, terms, sellerSignature, asOf }: Omit<DealRow, "state">) {
  return { id: dealId, terms: termsSchema.parse(terms), sellerSignature, asOf: asOf ?? 0 };
}
