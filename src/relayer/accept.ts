import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, slice, zeroAddress } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";
import type { Chain } from "../chain/client.ts";
import { type Contracts, protocolErrors } from "../chain/contracts.ts";
import { requireSigned } from "../chain/signature.ts";
import { simulate } from "../chain/transactions.ts";
import {
  actorOf,
  type DealState,
  dealStatuses,
  placeOf,
  refusalOf,
  type SeenState,
  seenIn,
  undisputed,
} from "../core/deal/dealTable.ts";
import { dealOfIntent, type IntentFacts, type StatedIntent } from "../core/deal/intentFacts.ts";
import { type Moment, stepOf } from "../core/deal/payouts.ts";
import { dealIdOf, requireFundable, type Terms, termsDigest } from "../core/deal/terms.ts";
import { packTerms } from "../core/deal/termsCodec.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Database } from "../db/database.ts";
import { type KnownDeal, readDeal, saveDeal } from "../db/deals.ts";
import { readNewestTime } from "../db/events.ts";
import { type IntentRecord, readIntent, saveIntent } from "../db/intents.ts";
import { readProjection } from "../db/projections.ts";
import { enqueue, reopen } from "../db/queue.ts";
import type { RelayRequest } from "../wire/relayRequests.ts";
import { planCall } from "./plan/planCall.ts";
import type { PlanContext } from "./plan/planContext.ts";
import { planFacts } from "./plan/planFacts.ts";
import { bondKey } from "./project/bond.ts";
import { toCall } from "./sender.ts";

/** What requests are checked against, and where they are kept. */
export type AcceptOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  /** Who will send it: calls are tried out in this name. */
  relayer: Address;
  /** Unix seconds, for what the chain has not told yet. */
  now: () => number;
}>;

type DealRegistration = Readonly<{
  terms: Terms;
  /** The order document whose digest the terms carry, as the marketplace keeps it. */
  order?: unknown;
  sellerSignature?: Hex | undefined;
}>;

/** Takes requests and registrations in. */
export type Acceptance = Readonly<{
  /**
   * Takes a request in, to be submitted to the chain. The same request again gives the same record;
   * one that was refused on the way is tried again. Early refusals: `intent-expired`,
   * `deal-unknown`, `action-refused`, `answer-window-open`, `amounts-do-not-sum`,
   * `balance-differs`, `coverage-exceeds-bond`, `terms-unsafe`, `signature-invalid`,
   * `call-reverted`.
   */
  accept: (request: RelayRequest) => Promise<IntentRecord>;
  /**
   * Keeps terms before they are funded. Throws `terms-unsafe`, `coverage-exceeds-bond`,
   * `signature-invalid`.
   */
  registerDeal: (registration: DealRegistration) => Promise<Readonly<{ dealId: Hex }>>;
  /**
   * Why an intent would be refused now; `undefined` where nothing is known against it: signatures,
   * and for payments balance, allowance and nonce, are checked when it is submitted.
   */
  findRefusal: (intent: StatedIntent) => Promise<ProtocolError | undefined>;
}>;

/**
 * Checks requests as the chain would, and keeps what passes: intent and outbox row in one
 * transaction.
 */
export function createAcceptance(options: AcceptOptions): Acceptance {
  const { database, chain, contracts, relayer } = options;
  const { db } = database;
  const domain = { chainId: chain.chainId, escrow: contracts.escrow };

  // The chain's clock decides; the wall's stands in only before the first block was seen.
  const readTime = async () => (await readNewestTime(db)) || options.now();

  const requireCovered = async (terms: Terms) => {
    if (terms.coverage === 0n) return;
    const bond = (await readProjection(db, "bond", bondKey(terms.seller, terms.token)))?.state;
    const projected = bond === undefined ? 0n : bond.balance - bond.reserved;
    if (terms.coverage <= projected) return;
    const live = await onChain(() => readFreeBond(chain, contracts, terms));
    if (live !== undefined && terms.coverage <= live) return;
    const available = (live ?? projected).toString();
    throw new ProtocolError("coverage-exceeds-bond", { coverage: terms.coverage.toString(), available });
  };

  const requireTribunal = async ({ tribunal }: Terms) => {
    const code = await chain.request({ method: "eth_getCode", params: [tribunal, "latest"] });
    if (code === "0x") throw new ProtocolError("terms-unsafe", { fact: "tribunal-without-code" });
  };

  // Only a tribunal that is known here is asked: what another one does with the question is not.
  const requireAccepted = async (terms: Terms) => {
    if (terms.tribunal !== contracts.panel) return;
    const isAccepted = await onChain(() => readAccepted(chain, contracts, terms));
    if (isAccepted === false) throw new ProtocolError("terms-unsafe", { fact: "tribunal-refuses" });
  };

  const requireSafe = async (terms: Terms, now: number) => {
    await requireTribunal(terms);
    requireFundable(terms, now, contracts.escrow);
    await requireAccepted(terms);
    await requireCovered(terms);
  };

  const requireTimely = async (facts: IntentFacts, deal: KnownDeal | undefined) => {
    const now = await readTime();
    if (facts.deadline <= now) throw new ProtocolError("intent-expired", { deadline: facts.deadline, now });
    if (facts.action === null || deal === undefined) return;
    const { id, terms, projection: state = unfunded } = deal;
    const refusal = refusalBy(facts, state, { terms, now });
    if (refusal !== undefined) {
      // The projection is behind the chain by the time of a look: before a no is said, the contract
      // is asked.
      const live = await onChain(() => readLiveDeal(chain, contracts, id));
      if (live === undefined || refusalBy(facts, live, { terms, now }) !== undefined) throw refusal;
    }
    if (facts.action === "fund") await requireSafe(terms, now);
  };

  const requireAnswered = async ({ answerWindow, disputedAt }: IntentFacts) => {
    const until = (disputedAt ?? 0) + answerWindow;
    if ((await readTime()) < until) throw new ProtocolError("answer-window-open", { until });
  };

  const findContext = async (intent: StatedIntent) => {
    const dealId = dealOfIntent(intent) ?? null;
    const deal = dealId === null ? undefined : await readDeal(db, dealId);
    if (dealId !== null && deal === undefined) throw new ProtocolError("deal-unknown", { deal: dealId });
    const sellerSignature = deal?.sellerSignature ?? undefined;
    return { dealId, deal, context: { chainId: chain.chainId, contracts, terms: deal?.terms, sellerSignature } };
  };

  const findRefusal = async (intent: StatedIntent) => {
    try {
      const { deal, context } = await findContext(intent);
      const facts = planFacts(intent, context);
      await requireTimely(facts, deal);
      if (facts.answerWindow > 0) await requireAnswered(facts);
      requireCoverSigned(facts, context);
      return undefined;
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  };

  const accept = async (request: RelayRequest): Promise<IntentRecord> => {
    const { dealId, deal, context } = await findContext(request);
    const plan = await planCall(request, context);
    const known = await readIntent(db, plan.id);
    if (known !== undefined && known.state !== "rejected") return known;

    await requireTimely(plan, deal);
    for (const signed of plan.signed) await requireSigned(chain, signed);
    if (plan.answerWindow > 0) await requireAnswered(plan);
    if (plan.needsSimulation) await simulate(chain, relayer, toCall(plan.call), protocolErrors);

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
    await requireSafe(terms, await readTime());
    if (sellerSignature !== undefined) {
      const digest = termsDigest(terms, domain);
      await requireSigned(chain, { digest, signer: terms.seller, signature: sellerSignature });
    }
    await saveDeal(db, { id: dealId, terms, order: order ?? null, sellerSignature: sellerSignature ?? null });
    return { dealId };
  };

  return { accept, registerDeal, findRefusal };
}

const unfunded = undisputed("none");

/** A covered deal cannot be funded without the seller's signature over its terms. */
const requireCoverSigned = ({ action }: IntentFacts, { terms, sellerSignature }: PlanContext): void => {
  if (action !== "fund" || terms === undefined || terms.coverage === 0n || sellerSignature !== undefined) return;
  throw new ProtocolError("signature-invalid", { signer: terms.seller });
};

const refusalBy = (
  { action, signers, split, balance, signedIn, disputedAt }: IntentFacts,
  state: DealState,
  moment: Moment,
): ProtocolError | undefined => {
  const isOthers =
    action === "dispute" &&
    actorOf(action, placeOf(state)) === "buyer" &&
    signers.every(({ role }) => role !== "buyer");
  const seen = seenIn(state);
  const isSeen =
    (signedIn === null || (Object.keys(seen) as (keyof SeenState)[]).every((name) => signedIn[name] === seen[name])) &&
    (disputedAt === null || disputedAt === state.disputedAt);
  const why =
    action === null
      ? undefined
      : ((isOthers ? "status" : refusalOf(action, state, moment)) ?? (isSeen ? undefined : "signed-in-other-state"));
  if (why !== undefined) return new ProtocolError("action-refused", { action, status: state.status, why });
  const due = moment.terms.price - moment.terms.deposit;
  if (balance !== null && balance !== due) {
    return new ProtocolError("balance-differs", { amount: balance.toString(), due: due.toString() });
  }
  if (split === null) return undefined;
  const sum = split.toBuyer + split.toSeller;
  if (sum !== state.held) {
    return new ProtocolError("amounts-do-not-sum", { sum: sum.toString(), held: state.held.toString() });
  }
  return action === "refund" ? refundRefusal(split.toBuyer, state, moment) : undefined;
};

/** Not every part can be given back everywhere: core's rules say which. */
const refundRefusal = (amount: bigint, state: DealState, moment: Moment): ProtocolError | undefined => {
  try {
    stepOf({ action: "refund", amount }, state, moment);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
};

/** What the chain says, or `undefined` while it says nothing. */
const onChain = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
};

const readLiveDeal = async (chain: Chain, contracts: Contracts, dealId: Hex): Promise<DealState> => {
  const call = { abi: escrowAbi, functionName: "dealOf", args: [dealId] } as const;
  const data = await readCall(chain, contracts.escrow, encodeFunctionData(call));
  const { status, disputedFrom, ...rest } = decodeFunctionResult({ ...call, data });
  return { ...rest, status: dealStatuses[status]!, disputedFrom: dealStatuses[disputedFrom]! };
};

const readFreeBond = async (chain: Chain, contracts: Contracts, terms: Terms): Promise<bigint> => {
  const call = { abi: escrowAbi, functionName: "bondOf", args: [terms.seller, terms.token] } as const;
  const data = await readCall(chain, contracts.escrow, encodeFunctionData(call));
  const { balance, reserved } = decodeFunctionResult({ ...call, data });
  return balance - reserved;
};

/** A tribunal answers the escrow that would hold the deal. */
const readAccepted = async (chain: Chain, { escrow }: Contracts, terms: Terms): Promise<boolean> => {
  const call = { abi: panelTribunalAbi, functionName: "accepts", args: [packTerms(terms)] } as const;
  const question = encodeFunctionData(call);
  const data = await readCall(chain, terms.tribunal, question, escrow);
  return decodeFunctionResult({ ...call, data }) === slice(question, 0, 4);
};

const readCall = (chain: Chain, to: Address, data: Hex, from: Address = zeroAddress) =>
  chain.request({ method: "eth_call", params: [{ from, to, data }, "latest"] });
