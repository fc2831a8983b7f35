import { type Address, type Hex, zeroAddress } from "viem";
import type { Chain } from "../chain/client.ts";
import { type Contracts, protocolErrors } from "../chain/contracts.ts";
import { requireSigned } from "../chain/signature.ts";
import { simulate } from "../chain/transactions.ts";
import { type DealState, refusalOf } from "../core/deals.ts";
import { ProtocolError } from "../core/errors.ts";
import { dealIdOf, requireFundable, type Terms, termsSchema, termsToJson } from "../core/terms.ts";
import type { Database } from "../store/database.ts";
import { readDeal, saveDeal } from "../store/deals.ts";
import { type IntentRecord, readIntent, saveIntent } from "../store/intents.ts";
import { enqueue, reopen } from "../store/outbox.ts";
import { readProjection } from "../store/projections.ts";
import { type CarryPlan, planCarry } from "./carry.ts";
import { type BondProjection, bondKey, type DealProjection, termsOfDeal } from "./fold.ts";
import { type CarryRequest, dealOfRequest } from "./request.ts";
import { toCall } from "./sender.ts";

export type AcceptOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  /** Who will send it: calls are tried out in this name. */
  carrier: Address;
  /** Unix seconds, for what the chain has not told yet. */
  now: () => number;
}>;

export type DealRegistration = Readonly<{
  terms: Terms;
  /** The order document whose digest the terms carry, as the marketplace keeps it. */
  order?: unknown;
  sellerSignature?: Hex | undefined;
}>;

export type Acceptance = Readonly<{
  /**
   * Takes a request in, to be carried to the chain. The same request again gives the same record; one that was refused on
   * the way is tried again. Early refusals: `intent-expired`, `deal-unknown`, `action-refused`, `amounts-do-not-sum`,
   * `coverage-exceeds-bond`, `terms-unsafe`, `signature-invalid`, `call-reverted`.
   */
  accept: (request: CarryRequest) => Promise<IntentRecord>;
  /** Keeps terms before they are funded. Throws `terms-unsafe`, `coverage-exceeds-bond`, `signature-invalid`. */
  registerDeal: (registration: DealRegistration) => Promise<Readonly<{ dealId: Hex }>>;
  findTerms: (dealId: Hex) => Promise<Terms | undefined>;
}>;

export const createAcceptance = (options: AcceptOptions): Acceptance => {
  const { database, chain, contracts, carrier } = options;
  const { db } = database;
  const domain = { chainId: chain.chainId, escrow: contracts.escrow };

  const readProjectedDeal = async (dealId: Hex) =>
    (await readProjection(db, "deal", dealId))?.state as DealProjection | undefined;

  const findTerms = async (dealId: Hex): Promise<Terms | undefined> => {
    const registered = await readDeal(db, dealId);
    if (registered !== undefined) return termsSchema.parse(registered.terms);
    const projected = await readProjectedDeal(dealId);
    return projected && termsOfDeal(projected);
  };

  // The chain's clock decides; the wall's stands in only before the first block was seen.
  const readTime = async () => {
    const newest = await db.selectFrom("blocks").select("timestamp").orderBy("number", "desc").executeTakeFirst();
    return newest?.timestamp ?? options.now();
  };

  const requireCovered = async (terms: Terms) => {
    if (terms.coverage === 0n) return;
    const row = await readProjection(db, "bond", bondKey(terms.seller, terms.token));
    const bond = row?.state as BondProjection | undefined;
    const available = bond === undefined ? 0n : BigInt(bond.balance) - BigInt(bond.reserved);
    if (terms.coverage <= available) return;
    throw new ProtocolError("coverage-exceeds-bond", {
      coverage: terms.coverage.toString(),
      available: available.toString(),
    });
  };

  const requireTimely = async (plan: CarryPlan, terms: Terms | undefined, dealId: Hex | null) => {
    const now = await readTime();
    if (plan.deadline <= now) throw new ProtocolError("intent-expired", { deadline: plan.deadline, now });
    if (plan.action === null || terms === undefined || dealId === null) return;
    const projected = await readProjectedDeal(dealId);
    const state: DealState = projected
      ? { status: projected.status, held: BigInt(projected.held), until: projected.until }
      : { status: "none", held: 0n, until: 0 };
    const why = refusalOf(plan.action, state, { terms, now });
    if (why !== undefined) {
      throw new ProtocolError("action-refused", { action: plan.action, status: state.status, why });
    }
    if (plan.split !== null) requireSplit(plan.split, state.held);
    if (plan.action === "fund") {
      requireFundable(terms, now);
      await requireCovered(terms);
    }
  };

  const accept = async (request: CarryRequest): Promise<IntentRecord> => {
    const dealId = dealOfRequest(request) ?? null;
    const terms = dealId === null ? undefined : await findTerms(dealId);
    if (dealId !== null && terms === undefined) throw new ProtocolError("deal-unknown", { deal: dealId });
    const sellerSignature = dealId === null ? undefined : (await readDeal(db, dealId))?.sellerSignature;
    const plan = planCarry(request, {
      chainId: chain.chainId,
      contracts,
      terms,
      sellerSignature: sellerSignature ?? undefined,
    });
    const known = await readIntent(db, plan.id);
    if (known !== undefined && known.state !== "rejected") return known;

    await requireTimely(plan, terms, dealId);
    for (const signed of plan.signed) await requireSigned(chain, signed);
    if (plan.isTriedOut) await simulate(chain, carrier, toCall(plan.call), protocolErrors);

    await db.transaction().execute(async (tx) => {
      const { id: outboxId, isNew } = await enqueue(tx, {
        naturalKey: `intent:${plan.id}`,
        kind: "tx",
        payload: plan.call,
        orderKey: plan.orderKey,
      });
      if (!isNew) await reopen(tx, outboxId, plan.call);
      await saveIntent(tx, {
        id: plan.id,
        kind: request.kind,
        dealId,
        signer: plan.signer,
        payload: request,
        outboxId,
      });
    });
    return (await readIntent(db, plan.id))!;
  };

  const registerDeal = async ({ terms, order, sellerSignature }: DealRegistration) => {
    const dealId = dealIdOf(terms, domain);
    requireFundable(terms, await readTime());
    await requireCovered(terms);
    if (sellerSignature !== undefined) {
      await requireSigned(chain, { digest: dealId, signer: terms.seller, signature: sellerSignature });
    }
    await saveDeal(db, {
      dealId,
      terms: termsToJson(terms),
      order: order ?? null,
      sellerSignature: sellerSignature ?? null,
      buyer: terms.buyer,
      seller: terms.seller,
      marketplace: terms.marketplace ?? zeroAddress,
    });
    return { dealId };
  };

  return { accept, registerDeal, findTerms };
};

const requireSplit = (split: { toBuyer: bigint; toSeller: bigint }, held: bigint) => {
  const sum = split.toBuyer + split.toSeller;
  if (sum !== held) throw new ProtocolError("amounts-do-not-sum", { sum: sum.toString(), held: held.toString() });
};
