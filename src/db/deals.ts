import type { Transaction } from "kysely";
import type { Address, Hex } from "viem";
import type { Db } from "./database.ts";
import type { Tables } from "./schema.ts";

type Reader = Db | Transaction<Tables>;

export type RegisteredDeal = Readonly<{
  dealId: Hex;
  terms: Readonly<Record<string, unknown>>;
  order: unknown;
  sellerSignature: Hex | null;
}>;

export type NewDeal = RegisteredDeal & Readonly<Record<"buyer" | "seller" | "marketplace", Address>>;

/** Keeps terms under their id; the same terms again only add what was missing. */
export const saveDeal = async (db: Reader, deal: NewDeal): Promise<void> => {
  const order = deal.order === null || deal.order === undefined ? null : JSON.stringify(deal.order);
  await db
    .insertInto("deals")
    .values({
      dealId: deal.dealId,
      terms: JSON.stringify(deal.terms),
      buyer: deal.buyer,
      seller: deal.seller,
      marketplace: deal.marketplace,
      order,
      sellerSignature: deal.sellerSignature,
    })
    .onConflict((conflict) =>
      conflict.column("dealId").doUpdateSet((eb) => ({
        sellerSignature: eb.fn.coalesce("deals.sellerSignature", eb.ref("excluded.sellerSignature")),
        order: eb.fn.coalesce("deals.order", eb.ref("excluded.order")),
      })),
    )
    .execute();
};

export const readDeal = async (db: Reader, dealId: Hex): Promise<RegisteredDeal | undefined> =>
  db
    .selectFrom("deals")
    .select(["dealId", "terms", "order", "sellerSignature"])
    .where("dealId", "=", dealId)
    .executeTakeFirst() as Promise<RegisteredDeal | undefined>;
